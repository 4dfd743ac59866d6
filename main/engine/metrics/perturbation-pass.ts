/** Insertion and deletion over a random sample of the images, beside random pixels in the same smooth form. */
import type { Random } from '../tensor/random.ts';
import { MAP_WORDS, maximumMap, strongestWords } from './alignment.ts';
import { randomMap } from './controls.ts';
import { insertionDeletion, pixelImportance } from './insertion-deletion.ts';
import type { BaseModelRunner } from './insertion-deletion.ts';
import { meanOf, measureMean } from './interval.ts';
import { notAssessed, withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import type { ImageOutcome } from './outcome.ts';

/** Settings of a perturbation pass. */
export interface PerturbationPassOptions {
  /** Rows of the feature map. */
  readonly height: number;
  /** Columns of the feature map. */
  readonly width: number;
  readonly runner: BaseModelRunner | undefined;
  /** Images to perturb: the first ones added, which come in random order. */
  readonly imageCount: number;
  /** Draws the random maps. */
  readonly random: Random;
}

/** Areas under the curves; `chance` is the mean area of a random map on the same images. */
export interface PerturbationFigures {
  readonly insertion: Assessment;
  readonly deletion: Assessment;
}

/** Collects the areas of the sampled images. */
export class PerturbationPass {
  readonly #options: PerturbationPassOptions;
  readonly #areas = { insertion: [] as number[], deletion: [] as number[] };
  readonly #chance = { insertion: [] as number[], deletion: [] as number[] };

  constructor(options: PerturbationPassOptions) {
    this.#options = options;
  }

  /** Perturbs one image for the base model's class, unless enough were perturbed. */
  async add({ imageIndex, maps, scores, baseClass }: ImageOutcome): Promise<void> {
    const { runner, height, width, imageCount, random } = this.#options;
    if (!runner || this.#areas.insertion.length >= imageCount) return;
    const image = await runner.read(imageIndex);
    const positions = height * width;
    const wordMap = maximumMap(maps, strongestWords(scores, MAP_WORDS), positions);
    for (const [map, areas] of [
      [wordMap, this.#areas],
      [randomMap(positions, random), this.#chance],
    ] as const) {
      const { insertion, deletion } = await insertionDeletion({
        image,
        map: pixelImportance(map, height, width, image),
        classIndex: baseClass,
        probabilities: (images) => runner.probabilities(images),
      });
      areas.insertion.push(insertion);
      areas.deletion.push(deletion);
    }
  }

  /** Means and intervals over the sampled images. */
  result(random: Random): PerturbationFigures {
    const measure = (name: keyof PerturbationFigures): Assessment =>
      this.#options.runner === undefined
        ? notAssessed('the base model was not run on changed images')
        : withChance(measureMean(this.#areas[name], random.fork(name)), meanOf(Float64Array.from(this.#chance[name])));
    return { insertion: measure('insertion'), deletion: measure('deletion') };
  }
}
