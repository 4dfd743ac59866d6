/** Writes the explanation of one image as one self-contained HTML file. */
import type { Explanation } from '../../preload/contract/index.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import type { ImageReference } from '../jobs/index.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { EXPLAINED_IMAGE, picturesOfExplanation, renderExplanation } from '../report/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { drawPictures } from './pictures.ts';

/**
 * Draws the pictures and writes the page in one step; it needs no other file.
 * @param imageOf file and hash of a project image, for the patches the words were pushed to
 * @throws FileError 'disk-full' | 'read-only' | 'no-permission' | 'missing'; EngineError 'cancelled'; JobError
 */
export async function writeExplanationPage(
  context: Pick<ServiceContext, 'jobs' | 'log'>,
  explanation: Explanation,
  preprocessing: Preprocessing,
  imageOf: (imageId: number) => ImageReference,
  htmlPath: string,
  hooks: Hooks = {},
): Promise<void> {
  const wanted = picturesOfExplanation(explanation);
  const images = [
    { key: EXPLAINED_IMAGE, path: explanation.imagePath, sha256: explanation.sha256 },
    ...[...wanted.imageIds].map(([key, imageId]) => {
      const { path, sha256 } = imageOf(imageId);
      return { key, path, sha256 };
    }),
  ];
  const addresses = new Map<string, string>();
  await drawPictures(context, wanted, images, preprocessing, hooks, ({ key, format, bytes }) => {
    addresses.set(key, `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`);
  });
  writeFileAtomic(htmlPath, renderExplanation(explanation, addresses));
}
