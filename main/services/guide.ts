/** The guide as chapters: Markdown files in the order of their index, titled by their first heading. */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GuideChapter } from '../../preload/contract/index.ts';
import { guidePictureUrl } from '../../preload/contract/index.ts';
import { fileError, systemCode } from '../platform/files.ts';

/** The chapter that lists the others; it is not one itself. */
const INDEX = 'index.md';

/** Folder of the guide's pictures below the guide. */
const PICTURES = 'images';

/**
 * Reads the chapters that the index links to, in its order; links into folders (the decisions) are none.
 * @throws FileError when a chapter cannot be read
 */
export async function readGuide(resourcesFolder: string): Promise<GuideChapter[]> {
  const folder = join(resourcesFolder, 'guide');
  const index = await read(join(folder, INDEX));
  const slugs = [...index.matchAll(/\]\(([a-z0-9-]+)\.md\)/g)].map(([, slug]) => slug!);
  return Promise.all([...new Set(slugs)].map(async (slug) => toChapter(slug, await read(join(folder, `${slug}.md`)))));
}

/** The picture behind a file name, or undefined; the name is untrusted, a path leads nowhere. */
export async function readGuidePicture(resourcesFolder: string, file: string): Promise<Uint8Array | undefined> {
  const folder = join(resourcesFolder, 'guide', PICTURES);
  try {
    const real = await realpath(join(folder, file));
    if (dirname(real) !== (await realpath(folder))) return undefined;
    return await readFile(real);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Title from the first heading, which the page shows itself; pictures by the address of their asset. */
function toChapter(slug: string, text: string): GuideChapter {
  const title = /^# (.+)$/m.exec(text)?.[1]?.trim() ?? slug;
  const markdown = text
    .replace(
      /(!\[[^\]]*\]\()images\/([^)\s/]+)(\))/g,
      (_, before: string, file: string, after: string) => before + guidePictureUrl(file) + after,
    )
    .trim();
  return { slug, title, markdown };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(error, path);
  }
}
