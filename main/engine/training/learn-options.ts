/** Checks what a caller asks of learning and fills in the defaults. */
import { EngineError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LearnOptions, LearnTarget } from './learn-types.ts';
import { defaultWordCount } from './preset.ts';
import { checkPreset } from './preset-check.ts';
import { targetRows } from './targets.ts';

/** Options that have been checked, with nothing left open. */
export interface LearnJob extends LearnOptions {
  readonly wordCount: number;
  readonly target: LearnTarget;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Target rows of images, [n, classes]. */
  readonly targets: (indices: readonly number[], logits: Tensor<'float32'>) => Tensor<'float32'>;
  /** Sentences about what was left out. */
  readonly notes: readonly string[];
  /** Equal for equal options; ties checkpoints to their run. */
  readonly fingerprint: string;
}

/** @throws EngineError 'configuration' or 'too-few-images' */
export function prepareJob(options: LearnOptions): LearnJob {
  checkPreset(options.preset);
  const { preset, source, splits, labels, target = 'base' } = options;
  if (!Number.isSafeInteger(options.seed)) throw configuration(`The seed is ${options.seed}; give a whole number.`);
  const wordCount = options.wordCount ?? defaultWordCount(preset, source.classCount);
  if (!Number.isInteger(wordCount) || wordCount < 2) {
    throw configuration(`The number of words is ${wordCount}; give a whole number from 2 up.`);
  }
  if (source.classCount < 2) {
    throw configuration('The model has one class only; there is no decision that words could explain.');
  }
  checkSplits(options);
  checkDirections(options);

  const notes: string[] = [];
  const labelled = (indices: readonly number[], split: string): readonly number[] => {
    if (target !== 'labels') return indices;
    const known = indices.filter((index) => typeof labels?.[index] === 'number');
    if (known.length < indices.length)
      notes.push(`${indices.length - known.length} ${split} images without a label were left out.`);
    return known;
  };
  if (target === 'labels' && !labels) {
    throw configuration('Target "labels" needs labels, and none are known; choose target "base" or "top".');
  }
  const train = labelled(splits.train, 'training');
  const validation = labelled(splits.validation, 'validation');
  if (train.length < 2) {
    throw new EngineError(
      'too-few-images',
      `${train.length} training images are too few to learn from; give at least 2.`,
      {
        found: String(train.length),
      },
    );
  }
  if (validation.length === 0) {
    notes.push('There were no validation images: nothing was selected, the strongest L2 and the last epoch were kept.');
  }
  return {
    ...options,
    wordCount,
    target,
    train,
    validation,
    notes,
    targets: (indices, logits) =>
      targetRows(
        target,
        logits,
        indices.map((index) => labels?.[index]),
      ),
    fingerprint: fingerprintOf(options, wordCount, target, train, validation),
  };
}

function checkSplits({ splits, source }: LearnOptions): void {
  const train = new Set(splits.train);
  for (const index of [...splits.train, ...splits.validation]) {
    if (!Number.isInteger(index) || index < 0 || index >= source.count) {
      throw configuration(`Image index ${index} is outside the ${source.count} images of the source.`);
    }
  }
  const shared = splits.validation.filter((index) => train.has(index)).length;
  if (shared > 0) {
    throw configuration(`${shared} images are in both the training and the validation split; each may be in one only.`);
  }
}

function checkDirections({ classDirections, source, preset }: LearnOptions): void {
  if (classDirections === undefined) {
    if (preset.addOn.kind === 'structured' && preset.addOn.evidenceScale > 0) {
      throw configuration(
        `Preset "${preset.name}" starts from the directions of the classes, which were not given; choose another preset.`,
      );
    }
    return;
  }
  const [classes, channels] = classDirections.shape;
  if (classes !== source.classCount || channels !== source.channels || classDirections.shape.length !== 2) {
    throw configuration(
      `Class directions have shape [${classDirections.shape.join(', ')}], the features need ` +
        `[${source.classCount}, ${source.channels}].`,
    );
  }
}

/** FNV-1a over everything that decides the result apart from the images' content. */
function fingerprintOf(
  options: LearnOptions,
  wordCount: number,
  target: LearnTarget,
  train: readonly number[],
  validation: readonly number[],
): string {
  const { preset, seed, source, labels, classDirections } = options;
  const { channels, height, width, classCount } = source;
  const sizes = [source.count, channels, height, width, classCount];
  const used = target === 'labels' ? [...train, ...validation].map((index) => labels?.[index]) : [];
  const text = JSON.stringify([preset, seed, wordCount, target, sizes, train, validation, used]);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  const bytes = classDirections
    ? new Uint8Array(classDirections.data.buffer, classDirections.data.byteOffset, classDirections.data.byteLength)
    : [];
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${preset.name}-${seed}-${wordCount}-${target}-${(hash >>> 0).toString(16)}`;
}

function configuration(message: string): EngineError {
  return new EngineError('configuration', message);
}
