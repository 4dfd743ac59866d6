/** Procedures of images and explanations. */
import { basename } from 'node:path';
import type { ImageChoice, ProjectKey } from '../../../preload/contract/index.ts';
import type { ProjectReader } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { explainCurves, explainImage } from '../explaining.ts';
import type { ExplainedImage } from '../explaining.ts';
import { createImageColumns } from '../image-columns.ts';
import { readImageFacts } from '../image-facts.ts';
import { chosenRun, imageFolder, imageReference } from '../project-access.ts';
import type { Uploads } from '../uploads.ts';
import type { HandlersOf } from './handler.ts';

/** @param uploads dropped images, which assets show as well */
export function createImagesHandlers(context: ServiceContext, uploads: Uploads): HandlersOf<'images' | 'explain'> {
  const { projects, interactive } = context;
  const columns = createImageColumns(context);

  /** The file or the bytes behind a choice. */
  function imageOf(project: ProjectKey, read: ProjectReader, choice: ImageChoice): ExplainedImage {
    if ('uploadId' in choice) return uploads.get(project, choice.uploadId);
    const image = read.images.get(choice.imageId);
    // Not used, hence without a hash: the job says what is wrong with the file.
    return image.sha256 === null ? { path: image.path } : imageReference(imageFolder(read), image);
  }

  return {
    'images.columns': ({ project, runId }) => columns.columns(project, runId ?? null),
    'images.wordScores': ({ project, runId, index }) => columns.wordScores(project, runId ?? null, index),
    'images.get': ({ project, runId, imageId }) => {
      const { read } = projects.get(project).reader;
      const run = typeof runId === 'number' ? chosenRun(read, runId) : read.runs.latestDone();
      return readImageFacts(read, run, imageId);
    },
    'images.upload': async ({ project, name, bytes }) => {
      projects.get(project);
      const shown = nameToShow(name);
      const { widthPx, heightPx, sha256 } = await interactive.run('inspectUpload', { name: shown, bytes });
      const { uploadId } = uploads.add({ project, name: shown, bytes, sha256 });
      return { uploadId, widthPx, heightPx };
    },
    'explain.image': ({ project, runId, image, classIndex }, { signal }) => {
      const { read } = projects.get(project).reader;
      const run = chosenRun(read, runId ?? undefined);
      const hooks = signal ? { signal } : {};
      return explainImage(context, read, run, imageOf(project, read, image), classIndex, hooks);
    },
    'explain.curves': ({ project, runId, image, classIndex }, { signal, onProgress }) => {
      const { read } = projects.get(project).reader;
      const run = chosenRun(read, runId ?? undefined);
      const hooks = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
      const imageId = 'imageId' in image ? image.imageId : null;
      return explainCurves(context, read, run, imageOf(project, read, image), imageId, classIndex, hooks);
    },
  };
}

/** A dropped file's name for titles and messages: one line, no folders. */
function nameToShow(name: string): string {
  // eslint-disable-next-line no-control-regex -- exactly these are to go
  const shown = basename(name.replaceAll('\\', '/').replaceAll(/[\u0000-\u001f\u007f]/g, ' ')).trim();
  return shown === '' ? 'dropped image' : shown;
}
