/** What folders mean: splits, classes, and the stable split by content. */
import { describe, expect, test } from 'vitest';
import { assignSplits, isMask, maskNames, placesOf } from '../../main/services/image-layout.ts';

/** A hash whose first 32 bits are `place` of the whole range. */
function hashAt(place: number): string {
  return Math.floor(place * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
    .padEnd(64, '0');
}

describe('folders', () => {
  test('train, val and test above the classes are splits', () => {
    expect(placesOf(['train/cat/1.jpg', 'val/cat/2.jpg', 'test_clean/dog/3.jpg'])).toEqual([
      { split: 'train', classFolder: 'cat' },
      { split: 'validation', classFolder: 'cat' },
      { split: 'test', classFolder: 'dog' },
    ]);
  });

  test('a class that happens to be called "test" does not make a split when other folders are none', () => {
    expect(placesOf(['test/1.jpg', 'cat/2.jpg'])).toEqual([
      { split: null, classFolder: 'test' },
      { split: null, classFolder: 'cat' },
    ]);
  });

  test('a flat folder has neither split nor class', () => {
    expect(placesOf(['1.jpg', '2.jpg'])).toEqual([
      { split: null, classFolder: null },
      { split: null, classFolder: null },
    ]);
  });

  test('deeper folders belong to the class above them', () => {
    expect(placesOf(['cat/site a/1.jpg'])).toEqual([{ split: null, classFolder: 'cat' }]);
  });

  test('a mask has its image path with .png, below "masks"', () => {
    expect(isMask('masks/train/cat/1.png')).toBe(true);
    expect(isMask('train/masks/1.png')).toBe(false);
    expect(maskNames('train/cat/1.x.jpg')).toEqual(['train/cat/1.x.png', 'train/cat/1.x.jpg']);
  });
});

describe('splits', () => {
  test('without split folders the content hash decides: 60, 20 and 20 %', () => {
    const images = [0, 0.59, 0.61, 0.79, 0.81, 0.999].map((place) => ({ sha256: hashAt(place), split: null }));
    expect(assignSplits(images).splits).toEqual(['train', 'train', 'validation', 'validation', 'test', 'test']);
  });

  test('given splits are kept as they are, without a note', () => {
    const images = (['train', 'validation', 'test'] as const).map((split) => ({ sha256: hashAt(0), split }));
    expect(assignSplits(images)).toEqual({ splits: ['train', 'validation', 'test'], notes: [] });
  });

  test('a missing validation part is lent by train, never by test, and is said', () => {
    const images = [
      { sha256: hashAt(0.1), split: 'train' as const },
      { sha256: hashAt(0.5), split: 'train' as const },
      { sha256: hashAt(0.1), split: 'test' as const },
    ];
    const { splits, notes } = assignSplits(images);
    expect(splits).toEqual(['validation', 'train', 'test']);
    expect(notes).toEqual([
      'There is no validation folder: a fifth of train, chosen by content hash, is used as validation.',
    ]);
  });
});
