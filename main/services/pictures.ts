/** Draws the pictures a page asks for in the compute process. */
import type { Preprocessing } from '../engine/image/preprocess.ts';
import type { TaskEvent, TaskInput } from '../jobs/index.ts';
import type { WantedPictures } from '../report/index.ts';
import type { Hooks, ServiceContext } from './context.ts';

/** A picture as it comes: its key, its format, its bytes. */
type Picture = TaskEvent<'renderViews'>[number];

/**
 * Hands over every picture once; images that are gone or changed are left out and logged.
 * @param images file and hash of every image the pictures are made from
 */
export async function drawPictures(
  context: Pick<ServiceContext, 'jobs' | 'log'>,
  { views, crops, maps }: WantedPictures,
  images: TaskInput<'renderViews'>['images'],
  preprocessing: Preprocessing,
  hooks: Hooks,
  keep: (picture: Picture) => void,
): Promise<void> {
  const onEvent = (pictures: TaskEvent<'renderViews'>): void => pictures.forEach(keep);
  const { skipped } = await context.jobs.run(
    'renderViews',
    { preprocessing, images, views, crops, maps },
    { ...hooks, onEvent },
  );
  for (const { path, reason } of skipped) context.log.warn('picture left out', { path, reason });
}
