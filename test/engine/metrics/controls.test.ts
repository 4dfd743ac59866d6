/** Controls that need no learning: each is what its name says. */
import { describe, expect, it } from 'vitest';
import {
  centredDirections,
  centreMap,
  classEvidence,
  derangement,
  featureNorm,
} from '../../../main/engine/metrics/controls.ts';
import { parameterHash } from '../../../main/engine/metrics/parameter-hash.ts';
import { partness } from '../../../main/engine/metrics/partness.ts';
import { createTopPartBits, createTopPartScratch, topParts } from '../../../main/engine/metrics/top-part.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';

describe('derangement', () => {
  it('gives every image another one and uses each once', () => {
    const random = createRandom(1);
    for (const count of [2, 3, 10, 64]) {
      const partners = derangement(count, random);
      expect(partners.every((partner, index) => partner !== index)).toBe(true);
      expect(new Set(partners).size).toBe(count);
    }
  });

  it('does not exist for one image', () => expect(derangement(1, createRandom(1))).toEqual([]));

  it('pairs each image with every other one about equally often', () => {
    const random = createRandom(2);
    const counts = [0, 0, 0, 0];
    for (let trial = 0; trial < 3000; trial++) counts[derangement(4, random)[0]!]!++;
    expect(counts[0]).toBe(0);
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(3000 * (2 / 9)));
  });
});

describe('maps without words', () => {
  it('the centre map’s strongest quarter is a disc of a quarter of the area', () => {
    const side = 224;
    const { bits } = topParts(
      centreMap(side),
      [75],
      createTopPartBits(side * side, 1),
      createTopPartScratch(side * side),
    );
    const radius = side / Math.sqrt(4 * Math.PI);
    let wrong = 0;
    for (let pixel = 0; pixel < side * side; pixel++) {
      const isInside = ((bits[pixel >>> 5]! >>> (pixel & 31)) & 1) === 1;
      const distance = Math.hypot((pixel % side) - 111.5, Math.floor(pixel / side) - 111.5);
      if (Math.abs(distance - radius) > 1 && isInside !== distance < radius) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it('the feature norm is the length of the feature vector at each position', () => {
    expect(Array.from(featureNorm(Float32Array.of(3, 1, 4, 0), 2))).toEqual([5, 1]);
  });

  it('class evidence is the largest product with a class direction', () => {
    // Two channels, two positions; directions (1, 0) and (0, 2).
    const evidence = classEvidence(Float32Array.of(3, 1, 1, 4), float32([1, 0, 0, 2], [2, 2]), 2);
    expect(Array.from(evidence)).toEqual([3, 8]);
  });

  it('centred directions sum to zero over classes; a single direction stays', () => {
    expect(Array.from(centredDirections(float32([1, 4, 3, 0], [2, 2])).data)).toEqual([-1, 2, 1, -2]);
    expect(Array.from(centredDirections(float32([1, 4], [1, 2])).data)).toEqual([1, 4]);
  });
});

describe('partness', () => {
  const part = (map: number[]): ReturnType<typeof topParts> =>
    topParts(Float32Array.from(map), [50, 75, 90], createTopPartBits(map.length, 3), createTopPartScratch(map.length));
  const ramp = Array.from({ length: 100 }, (_, pixel) => pixel);

  it('is 1 when the strongest words look at one place and 0 when at different ones', () => {
    expect(partness([part(ramp), part(ramp), part(ramp)])).toBe(1);
    expect(partness([part(ramp), part(ramp.toReversed())])).toBe(0);
  });

  it('averages over all pairs of the five strongest and leaves flat maps out', () => {
    const flat = part(new Array<number>(100).fill(0));
    const same = part(ramp);
    expect(partness([same, same, part(ramp.toReversed()), flat])).toBeCloseTo(1 / 3, 12);
    expect(partness([same, same, same, same, same, part(ramp.toReversed())])).toBe(1);
    expect(partness([same, flat])).toBeNaN();
  });
});

describe('parameter hash', () => {
  const model = (): WordModel => ({
    addOn: [{ weights: float32([1, 2], [2, 1]), bias: float32([0, 0]), activation: 'relu' }],
    similarity: { kind: 'cosinePower', exponent: 3 },
    pooling: 'mean',
    words: float32([1, 2, 3, 4], [2, 2]),
    lastLayer: float32([1, 0, 0, 1], [2, 2]),
    bias: float32([0, 0]),
  });

  it('is equal for equal models and 16 digits long', () => {
    expect(parameterHash(model())).toBe(parameterHash(model()));
    expect(parameterHash(model())).toMatch(/^[0-9a-f]{16}$/);
  });

  it('notices any single parameter and any setting', () => {
    const hashes = new Set([parameterHash(model())]);
    const fresh = model();
    const parameters = [...fresh.addOn.flatMap((l) => [l.weights, l.bias]), fresh.words, fresh.lastLayer, fresh.bias];
    let changes = 0;
    for (const { data } of parameters) {
      data.forEach((value, index) => {
        data[index] = value + 2 ** -20;
        hashes.add(parameterHash(fresh));
        data[index] = value;
        changes++;
      });
    }
    hashes.add(parameterHash({ ...fresh, pooling: 'max' }));
    hashes.add(parameterHash({ ...fresh, similarity: { kind: 'cosinePower', exponent: 2 } }));
    expect(hashes.size).toBe(1 + changes + 2);
  });

  it('notices two parameters that changed places', () => {
    expect(parameterHash({ ...model(), words: float32([2, 1, 3, 4], [2, 2]) })).not.toBe(parameterHash(model()));
  });

  it('reads a view on a larger buffer as its own values only', () => {
    const buffer = Float32Array.of(9, 1, 2, 3, 4, 9);
    expect(parameterHash({ ...model(), words: float32(buffer.subarray(1, 5), [2, 2]) })).toBe(parameterHash(model()));
  });
});
