/** Stored patches as evidence: image, label, prediction, boxes and the word's map, as stored. */
import { resolve } from 'node:path';
import type { WordCard } from '../../preload/contract/index.ts';
import { predictedClass } from '../engine/metrics/outcome.ts';
import { StoreError } from '../store/index.ts';
import type { CompactActivationRecord, ModelRecord, PatchRecord, ProjectReader, RunRecord } from '../store/index.ts';
import { nameOf } from './class-names.ts';
import { imageFolder } from './project-access.ts';

/** A patch as the contract's schemas infer it. */
export type Evidence = WordCard['pushed'];

/** What is said of an image beside a patch. */
export interface ImageFactsOfPatch {
  readonly imagePath: string;
  readonly label: string | null;
  readonly predicted: string;
}

/** Reads what is said of an image beside a patch. */
export function readImageFacts(
  read: ProjectReader,
  run: RunRecord,
  model: ModelRecord,
  imageId: number,
): ImageFactsOfPatch {
  const image = read.images.get(imageId);
  const [output] = read.models.outputs(model.modelId, [imageId]);
  if (!output) throw missing(`the outputs of image ${imageId}`, run.runId);
  return {
    imagePath: resolve(imageFolder(read), image.path),
    label: image.labelIndex === null ? null : nameOf(model, image.labelIndex),
    predicted: nameOf(model, predictedClass(output.logits)),
  };
}

/**
 * Turns stored patches into evidence; every image is read once.
 * @returns a function of a patch, and of the learned word whose map it shows when that is not the patch's own
 */
export function evidenceReader(
  read: ProjectReader,
  run: RunRecord,
  model: ModelRecord,
): (patch: PatchRecord, mapOfWord?: number) => Evidence {
  const known = new Map<number, { readonly facts: ImageFactsOfPatch; readonly maps: CompactActivationRecord }>();
  const readImage = (imageId: number) => {
    const maps = read.activations.compact(run.runId, imageId);
    if (!maps) throw missing(`the maps of image ${imageId}`, run.runId);
    return { facts: readImageFacts(read, run, model, imageId), maps };
  };
  return ({ kind, wordIndex, imageId, row, column, score, receptiveBox, activationCrop }, mapOfWord = wordIndex) => {
    const image = known.get(imageId) ?? readImage(imageId);
    known.set(imageId, image);
    const map = compactMapOf(image.maps, mapOfWord);
    if (!map) throw missing(`the map of word ${mapOfWord} in image ${imageId}`, run.runId);
    return { kind, imageId, ...image.facts, row, column, similarity: score, receptiveBox, activationCrop, map };
  };
}

/** A word's stored map in an image; undefined when it was not kept. */
export function compactMapOf(maps: CompactActivationRecord, wordIndex: number): Evidence['map'] | undefined {
  const { wordIndices, height, width, minima, maxima, levels } = maps;
  const place = wordIndices.indexOf(wordIndex);
  if (place < 0) return undefined;
  const size = height * width;
  return {
    width,
    height,
    low: minima[place]!,
    high: maxima[place]!,
    // A copy: the levels of all words of an image must not be kept alive by one of them.
    values: Uint8Array.from(levels.subarray(place * size, (place + 1) * size)),
  };
}

/** Something that a finished run always has. */
export function missing(what: string, runId: number): StoreError {
  return new StoreError('not-found', `The project lacks ${what} in run ${runId}. Learn the words again.`, {
    table: 'activation_maps',
    row: String(runId),
  });
}
