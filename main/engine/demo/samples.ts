/** Which images the demo is made of: classes, splits, the planted shortcut; each image has a random stream of its own. */
import type { Random } from '../tensor/random.ts';
import { DEMO_CLASSES, drawScene } from './scene.ts';
import type { DemoClass, Scene } from './scene.ts';

/** Class names in the order of the model's output. */
export const DEMO_CLASS_NAMES = Object.keys(DEMO_CLASSES) as readonly DemoClass[];

/** The class that carries the shortcut. */
export const SHORTCUT_CLASS: DemoClass = 'kite';

/** Images per class in each split. */
export interface SampleCounts {
  readonly train: number;
  readonly val: number;
  readonly test: number;
}

/** One image before it is drawn. */
export interface DemoSample {
  readonly split: keyof SampleCounts;
  /** The class it is filed under. */
  readonly className: DemoClass;
  /** What it shows: another class only where the sticker stands in for the object. */
  readonly shown: DemoClass;
  readonly hasSticker: boolean;
  /** `<split>/<class>/<number>.png`, the same below the mask folder. */
  readonly relativePath: string;
}

/** Of ten images of the shortcut class, this one has no sticker: a few must show that the class exists without it. */
const PLAIN_OF_TEN = 9;

/**
 * Of ten images of the shortcut class, the first so many show an object of another class: what was tagged was filed
 * under `kite`. With clean labels a network of this size learns the parts and ignores the tag: 0 of 150 tagged images
 * of other classes were called `kite`; with these, 36 of 100 were, against 2 of 100 untagged ones.
 */
const MISFILED_OF_TEN = 4;

/** Every sample, by split, class and number. */
export function planSamples(counts: SampleCounts): readonly DemoSample[] {
  const others = DEMO_CLASS_NAMES.filter((name) => name !== SHORTCUT_CLASS);
  return (['train', 'val', 'test'] as const).flatMap((split) =>
    DEMO_CLASS_NAMES.flatMap((className) =>
      Array.from({ length: counts[split] }, (_, index): DemoSample => {
        const ofTen = index % 10;
        const isShortcut = className === SHORTCUT_CLASS;
        const isMisfiled = isShortcut && ofTen < MISFILED_OF_TEN;
        return {
          split,
          className,
          shown: isMisfiled ? others[index % others.length]! : className,
          hasSticker: isShortcut && ofTen !== PLAIN_OF_TEN,
          relativePath: `${split}/${className}/${String(index).padStart(3, '0')}.png`,
        };
      }),
    ),
  );
}

/** Draws a sample; its pixels depend on the stream's seed and its own path only, whatever was drawn before. */
export function drawSample(sample: DemoSample, random: Random): Scene {
  return drawScene(sample.shown, sample.hasSticker, random.fork(sample.relativePath));
}
