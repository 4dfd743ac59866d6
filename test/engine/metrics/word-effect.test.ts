/** Excluding and merging words on matrices small enough to work out by hand. */
import { describe, expect, it } from 'vitest';
import { ArrangementReader } from '../../../main/engine/metrics/word-arrangement.ts';
import type { WordArrangement } from '../../../main/engine/metrics/word-arrangement.ts';
import { EffectMeter } from '../../../main/engine/metrics/word-effect.ts';
import { strongestWords } from '../../../main/engine/metrics/alignment.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

/** Every word alone, none left out. */
function plain(wordCount: number, more: Partial<WordArrangement> = {}): WordArrangement {
  return {
    leaders: Int32Array.from({ length: wordCount }, (_, word) => word),
    isExcluded: new Uint8Array(wordCount),
    divisions: [],
    ...more,
  };
}

/**
 * Three words, two classes, three images of 2 x 2 positions. Weights: word 0 speaks for class 0 (2), word 1 for class 1
 * (1), word 2 for class 0 (1). Maps peak in a corner of their own: word 0 at 0, word 1 at 3, word 2 at 1.
 */
const SCORES = [
  [2, 1, 0], // logits 4, 1
  [1, 3, 2], // logits 4, 3
  [0, 2, 1], // logits 1, 2
];
const WEIGHTS = float32(Float32Array.of(2, 0, 1, 0, 1, 0), [2, 3]);
const CORNERS = [0, 3, 1];

function meter(attentionCorner: number): EffectMeter {
  const maps = SCORES.flatMap((scores) =>
    scores.flatMap((score, word) => [0, 1, 2, 3].map((place) => (place === CORNERS[word] ? score : 0))),
  );
  const attention = SCORES.flatMap(() => [0, 1, 2, 3].map((place) => Number(place === attentionCorner)));
  return new EffectMeter({
    images: {
      count: 3,
      height: 2,
      width: 2,
      scores: Float32Array.from(SCORES.flat()),
      maps: Float32Array.from(maps),
      attention: Float32Array.from(attention),
      baseLogits: Float32Array.of(1, 0, 1, 0, 0, 1),
      wordLogits: Float32Array.of(4, 1, 4, 3, 1, 2),
    },
    lastLayer: WEIGHTS,
    outputs: 'softmax',
    random: createRandom(5),
  });
}

describe('effect of excluding', () => {
  it('takes score x weight off the logits: word 0 left out turns image 1 from class 0 to class 1', () => {
    const { before, after, flips, meanLogitChange } = meter(0).measure(
      plain(3),
      plain(3, { isExcluded: Uint8Array.of(1, 0, 0) }),
    );
    // Logits after: (0, 1), (2, 3), (1, 2): images 0 and 1 turn to class 1.
    expect(flips).toEqual([
      { image: 0, before: 0, after: 1 },
      { image: 1, before: 0, after: 1 },
    ]);
    expect(before.predictionFidelity.value).toBe(1);
    expect(after.predictionFidelity.value).toBeCloseTo(1 / 3, 12);
    // -4, -2 and 0 on the classes predicted before.
    expect(meanLogitChange.value).toBeCloseTo(-2, 12);
  });

  it('takes the word out of the word map: where only it looked at the attended corner, the overlap falls', () => {
    const { before, after } = meter(0).measure(plain(3), plain(3, { isExcluded: Uint8Array.of(1, 0, 0) }));
    expect(after.attentionFidelity['90'].value!).toBeLessThan(before.attentionFidelity['90'].value!);
  });

  it('leaves a flat map and no prediction but the bias when every word is left out', () => {
    const { after } = meter(0).measure(plain(3), plain(3, { isExcluded: Uint8Array.of(1, 1, 1) }));
    // All logits 0: the first of equals, which is right in two of three images.
    expect(after.predictionFidelity.value).toBeCloseTo(2 / 3, 12);
    expect(after.attentionFidelity['50'].value).toBe(0);
  });
});

describe('effect of merging', () => {
  it('changes no prediction, however the words are put together', () => {
    const { before, after, flips, meanLogitChange } = meter(0).measure(
      plain(3),
      plain(3, { leaders: Int32Array.of(0, 0, 0) }),
    );
    expect(flips).toEqual([]);
    expect(after.predictionFidelity).toEqual(before.predictionFidelity);
    expect(meanLogitChange.value).toBe(0);
  });

  it('counts a group as one word with its largest score, so that the eleventh word moves up', () => {
    const scores = Float32Array.from({ length: 12 }, (_, word) => 12 - word);
    const reader = new ArrangementReader(
      plain(12, { leaders: Int32Array.from({ length: 12 }, (_, word) => (word === 9 ? 8 : word)) }),
      12,
    );
    expect(reader.strongestGroups(0, scores, 10).map(({ words }) => words)).toEqual([
      [0],
      [1],
      [2],
      [3],
      [4],
      [5],
      [6],
      [7],
      [8, 9],
      [10],
    ]);
  });
});

describe('arrangement of words', () => {
  it('gives the strongest words in the order of the evaluation when every word stands alone, ties included', () => {
    const random = createRandom(3);
    const scores = Float32Array.from({ length: 60 }, () => Math.floor(random.next() * 12));
    const groups = new ArrangementReader(plain(60), 60).strongestGroups(0, scores, 10);
    expect(groups.map(({ words }) => words[0])).toEqual(strongestWords(scores, 10));
  });

  it('lets the child that an image belongs to speak in its place, and changes no figure', () => {
    // Word 0 is divided into words 3 and 4: images 0 and 2 belong to the first, image 1 to the second.
    const divided = plain(5, { divisions: [{ word: 0, speakers: Int32Array.of(3, 4, 3) }] });
    const figures = meter(0).measure(plain(5), divided);
    expect(figures.after).toEqual(figures.before);
    expect(figures.flips).toEqual([]);
    // Leaving out one child touches its images alone.
    const without = meter(0).measure(divided, { ...divided, isExcluded: Uint8Array.of(0, 0, 0, 0, 1) });
    expect(without.flips).toEqual([{ image: 1, before: 0, after: 1 }]);
  });
});
