/** What is known of one image of a project. */
import type { ImageFacts } from '../../preload/contract/index.ts';
import { predictedClass } from '../engine/metrics/outcome.ts';
import { StoreError } from '../store/index.ts';
import type { ProjectReader, RunRecord } from '../store/index.ts';
import { currentModel } from './project-access.ts';
import { spokenWords } from './spoken-words.ts';
import { presentWords } from './word-groups.ts';
import { nameOf } from './words.ts';

/** Words listed of an image: those that count as its evidence in every measure. */
const WORDS_LISTED = 10;

/**
 * Reads the facts; predictions as they were stored, without anything being computed.
 * @param run whose words; undefined for none
 * @throws StoreError 'not-found' for an image the project does not have, or does not use
 */
export function readImageFacts(read: ProjectReader, run: RunRecord | undefined, imageId: number): ImageFacts {
  const image = read.images.get(imageId);
  const { sha256, width, height } = image;
  if (sha256 === null || width === null || height === null) {
    throw new StoreError(
      'not-found',
      `The image ${JSON.stringify(image.path)} is not used: ${image.reason ?? 'it could not be read'}.`,
      { table: 'images', row: String(imageId) },
    );
  }
  const model = run ? read.models.get(run.modelId) : currentModel(read);
  const [base] = read.models.outputs(model.modelId, [imageId]);
  const [scores] = run ? read.activations.scores(run.runId, [imageId]) : [];
  const words = run && scores ? spokenWords(presentWords(read, run), scores.wordScores, imageId) : [];
  return {
    imageId,
    path: image.path,
    sha256,
    widthPx: width,
    heightPx: height,
    split: image.split,
    label: image.labelIndex === null ? null : nameOf(model, image.labelIndex),
    basePrediction: base ? nameOf(model, predictedClass(base.logits)) : null,
    wordPrediction: scores ? nameOf(model, predictedClass(scores.logits)) : null,
    words: words.slice(0, WORDS_LISTED).map(({ index, name, score }) => ({ index, name, score })),
  };
}
