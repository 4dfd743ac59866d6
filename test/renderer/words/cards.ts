/** Words for tests: everything neutral but what a test is about. */
import type { WordCard } from '../../../preload/contract/index.ts';

const BOX = { left: 0, top: 0, width: 8, height: 8 };

/** A patch of an image. */
export const patchOf = (imageId: number): WordCard['pushed'] => ({
  kind: 'pushed',
  imageId,
  imagePath: `images/${imageId}.jpg`,
  label: null,
  predicted: 'kite',
  row: 0,
  column: 0,
  similarity: 1,
  receptiveBox: BOX,
  activationCrop: BOX,
  map: { width: 1, height: 1, low: 0, high: 1, values: Uint8Array.of(255) },
});

/** A word of this index. */
export const wordOf = (index: number, changes: Partial<WordCard> = {}): WordCard => ({
  index,
  name: null,
  status: 'unknown',
  note: '',
  tags: [],
  isExcluded: false,
  mergedInto: null,
  members: [],
  splitFrom: null,
  isSplit: false,
  frequency: 0.1,
  importance: 1,
  sharedness: 0.5,
  useSharedness: 0.5,
  attentionFidelity: { value: 0.5, low: 0.4, high: 0.6, n: 10 },
  pushesUp: [],
  pushesDown: [],
  pushed: patchOf(index),
  top: [],
  histogram: { low: 0, high: 1, counts: [1, 0, 1] },
  ...changes,
});

/** Pushing a class up. */
export const pushing = (className: string) => [{ classIndex: 0, className, weight: 1, share: 1 }];
