/** Image columns for tests. */
import type { ImageColumns } from '../../../preload/contract/index.ts';

/** One image, as a test says it. */
export interface TestImage {
  readonly name: string;
  readonly label?: number;
  readonly base?: number;
  readonly word?: number;
  readonly confidence?: number;
  readonly split?: number;
}

/** Columns of some images; ids are 100, 101, ... */
export function columnsOf(images: readonly TestImage[], classes = ['cat', 'dog', 'ant']): ImageColumns {
  return {
    count: images.length,
    classes,
    ids: Int32Array.from(images, (_, row) => 100 + row),
    splits: Uint8Array.from(images, ({ split }) => split ?? 255),
    labels: Int16Array.from(images, ({ label }) => label ?? -1),
    basePredictions: Int16Array.from(images, ({ base }) => base ?? -1),
    baseConfidences: Float32Array.from(images, ({ confidence }) => confidence ?? NaN),
    wordPredictions: Int16Array.from(images, ({ word }) => word ?? -1),
    names: images.map(({ name }) => name).join('\n'),
  };
}
