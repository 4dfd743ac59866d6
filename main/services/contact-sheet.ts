/** Writes the contact sheet of a run: one page and a folder of pictures that belongs to it. */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WordSheet } from '../../preload/contract/index.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import { fileError, temporaryPathFor, writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/hash.ts';
import { picturesOfSheet, renderContactSheet } from '../report/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { drawPictures } from './pictures.ts';

/** Name of the folder beside the page. */
const PICTURES = 'pictures';

/** Files the sheet made itself: named by their content. */
const OWN_NAME = /^[0-9a-f]{20}\.(?:jpg|png)$/;

/**
 * Writes `folder/index.html` and `folder/pictures`. Pictures are named by content and the page is put in place last,
 * so an older page in the folder stays whole until the new one stands; pictures it alone used are then removed.
 * @param imageSha SHA-256 an image had when it was imported; a file that is gone or changed becomes a placeholder
 * @returns path of the page
 * @throws FileError 'disk-full' | 'read-only' | 'no-permission'; EngineError 'cancelled'; JobError
 */
export async function writeContactSheet(
  context: Pick<ServiceContext, 'jobs' | 'log'>,
  sheet: WordSheet,
  preprocessing: Preprocessing,
  imageSha: (imageId: number) => string,
  folder: string,
  hooks: Hooks = {},
): Promise<string> {
  const wanted = picturesOfSheet(sheet);
  const paths = new Map(sheet.words.flatMap(({ patches }) => patches.map((patch) => [patch.imageId, patch.imagePath])));
  const images = [...wanted.imageIds].map(([key, imageId]) => {
    return { key, path: paths.get(imageId)!, sha256: imageSha(imageId) };
  });
  const picturesFolder = join(folder, PICTURES);
  const names = new Map<string, string>();
  try {
    mkdirSync(picturesFolder, { recursive: true });
    await drawPictures(context, wanted, images, preprocessing, hooks, ({ key, format, bytes }) => {
      const name = `${sha256(bytes).slice(0, 20)}.${format === 'jpeg' ? 'jpg' : 'png'}`;
      names.set(key, name);
      placePicture(join(picturesFolder, name), bytes);
    });
    const path = join(folder, 'index.html');
    const addresses = new Map([...names].map(([key, name]) => [key, `${PICTURES}/${name}`]));
    writeFileAtomic(path, renderContactSheet(sheet, addresses));
    removeOthers(picturesFolder, new Set(names.values()));
    return path;
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** Whole or not at all; not forced to the disk one by one, because a lost picture can be drawn again. */
function placePicture(path: string, bytes: Uint8Array): void {
  const temporaryPath = temporaryPathFor(path);
  try {
    writeFileSync(temporaryPath, bytes);
    renameSync(temporaryPath, path);
  } catch (error) {
    rmSync(temporaryPath, { force: true });
    throw error;
  }
}

function removeOthers(folder: string, keep: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    if (OWN_NAME.test(name) && !keep.has(name)) rmSync(join(folder, name));
  }
}
