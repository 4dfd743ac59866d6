/** Energy of maps inside masks against closed forms. */
import { describe, expect, it } from 'vitest';
import { energyInMask, maskShare, pointing } from '../../../main/engine/metrics/mask-energy.ts';
import { createTopPartBits, createTopPartScratch, topParts } from '../../../main/engine/metrics/top-part.ts';
import type { TopParts } from '../../../main/engine/metrics/top-part.ts';

const ramp = Float32Array.from({ length: 100 }, (_, pixel) => pixel);
const upperHalf = Uint8Array.from({ length: 100 }, (_, pixel) => (pixel >= 50 ? 255 : 0));

function partsOf(map: Float32Array): TopParts {
  return topParts(map, [50, 75, 90], createTopPartBits(map.length, 3), createTopPartScratch(map.length));
}

describe('a map and a mask', () => {
  it('share the closed-form energy: a ramp holds three quarters in its upper half', () => {
    // Mean of 50..99 over twice the mean of 0..99.
    expect(energyInMask(ramp, upperHalf)).toBeCloseTo((50 + 99) / 2 / 99, 6);
    expect(maskShare(upperHalf)).toBe(0.5);
  });

  it('do not count a constant offset of the map as energy', () => {
    const raised = ramp.map((value) => value + 1024);
    expect(energyInMask(raised, upperHalf)).toBe(energyInMask(ramp, upperHalf));
  });

  it('point inside by the share of the top tenth that the mask holds', () => {
    expect(pointing(partsOf(ramp), upperHalf)).toBe(1);
    // The ten strongest pixels are 90..99; a mask from 95 on holds five of them.
    expect(
      pointing(
        partsOf(ramp),
        upperHalf.map((_, pixel) => Number(pixel >= 95)),
      ),
    ).toBe(0.5);
  });

  it('have no figures for a flat map', () => {
    const flat = new Float32Array(100).fill(3);
    expect(energyInMask(flat, upperHalf)).toBeNaN();
    expect(pointing(partsOf(flat), upperHalf)).toBeNaN();
  });
});
