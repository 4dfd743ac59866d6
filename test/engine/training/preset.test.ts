/** Presets: those the product promises, and what is refused in one. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePreset } from '../../../main/engine/training/preset-check.ts';
import { defaultWordCount } from '../../../main/engine/training/preset.ts';
import { rateAt } from '../../../main/engine/training/schedule.ts';

const FOLDER = new URL('../../../resources/presets/', import.meta.url);
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Record<string, unknown>;
const names = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

describe('the presets', () => {
  it('are the five the product promises', () => {
    expect(names.sort()).toEqual(['balanced', 'evidence', 'kmeans', 'parts', 'random', 'reference']);
  });

  it.each(names)('%s reads without complaint and is called after its file', (name) => {
    expect(parsePreset(read(name)).name).toBe(name);
  });

  it.each(['evidence', 'balanced', 'parts', 'kmeans', 'random'])(
    '%s starts neutral and does not count classes',
    (name) => {
      const preset = parsePreset(read(name));
      expect(preset.lastLayer.start).toBe('neutral');
      expect(defaultWordCount(preset, 24)).toBe(defaultWordCount(preset, 1000));
    },
  );

  it('reference follows the published numbers', () => {
    const preset = parsePreset(read('reference'));
    expect(preset.addOn).toMatchObject({ layers: [{ size: 128, activation: 'relu' }, { size: 128, activation: 'sigmoid' }] }); // prettier-ignore
    expect(defaultWordCount(preset, 37)).toBe(185);
    expect(preset).toMatchObject({ batchSize: 80, similarity: { kind: 'log' }, pooling: 'max', wordStart: 'uniform' });
    const [warmUp, first] = preset.phases;
    expect(warmUp).toMatchObject({
      phase: 'warmUp',
      epochs: 10,
      lossWeights: { attentionAlignment: 0, clusterCost: 0.8 },
    });
    expect(first).toMatchObject({
      phase: 'joint',
      lossWeights: { crossEntropy: 1, clusterCost: 0.8, l1: 1e-4, attentionAlignment: 10 },
    });
    const joint = preset.phases.filter(({ phase }) => phase === 'joint');
    // Epochs 10 to 30, pushed at 10, 20 and 30, each push followed by 20 last-layer epochs at 1e-4.
    expect(joint.map(({ epochs, pushAfter }) => [epochs, pushAfter])).toEqual([[1, true], [10, true], [10, true]]); // prettier-ignore
    const rates = joint.flatMap((phase) =>
      Array.from({ length: phase.epochs }, (_, epoch) => rateAt(phase, 'words', epoch)),
    );
    rates.forEach((rate, epoch) => expect(rate / (3e-3 * 0.1 ** Math.floor(epoch / 5))).toBeCloseTo(1, 9));
    const last = preset.phases.filter(({ phase }) => phase === 'lastLayer');
    expect(last.map(({ epochs, rates: { lastLayer } }) => [epochs, lastLayer.rate])).toEqual([[20, 1e-4], [20, 1e-4], [20, 1e-4]]); // prettier-ignore
  });

  it.each(['kmeans', 'random'])('%s, a control, is not trained', (name) => {
    expect(parsePreset(read(name)).phases).toEqual([]);
  });
});

describe('parsePreset', () => {
  /** JSON of any kind, to be damaged. */
  type Damaged = Record<string, unknown> & {
    phases: { lossWeights: Record<string, unknown>; rates: unknown }[];
    addOn: object;
    similarity: Record<string, unknown>;
    lastLayer: Record<string, unknown>;
  };
  const refusals: [string, (preset: Damaged) => void, string][] = [
    ['a missing field', (p) => delete p['pooling'], 'preset.pooling must be a value, but is missing.'],
    ['a wrong choice', (p) => (p['pooling'] = 'sum'), 'preset.pooling must be one of max, mean, but is "sum".'],
    ['a typing error', (p) => (p['wordcount'] = 3), 'preset.wordcount is not a known field'],
    [
      'a negative weight',
      (p) => (p.phases[0]!.lossWeights['softIou'] = -1),
      'preset.phases[0].lossWeights.softIou must be a number at least 0',
    ],
    [
      'a fractional exponent',
      (p) => (p.similarity['exponent'] = 1.5),
      'preset.similarity.exponent must be a whole number',
    ],
    ['a phase that trains nothing', (p) => (p.phases[0]!.rates = {}), 'phase 1 trains nothing'],
    ['no loss', (p) => (p.phases[0]!.lossWeights = {}), 'phase 1 has no loss term'],
    [
      'distances of a cosine',
      (p) => (p.phases[0]!.lossWeights['clusterCost'] = 1),
      'need similarity "log" or "linear"',
    ],
    [
      'an add-on layer of nothing',
      (p) => Object.assign(p.addOn, { evidenceScale: 0, principalScale: 0 }),
      'neither class directions nor principal',
    ],
    ['no strength of L2', (p) => (p.lastLayer['l2'] = []), 'at least one L2 strength'],
    ['a list instead of an object', (p) => (p.addOn = []), 'preset.addOn must be an object, but is [].'],
  ];

  it.each(refusals)('refuses %s by name', (_, damage, message) => {
    const preset = read('evidence') as Damaged;
    damage(preset);
    expect(() => parsePreset(preset)).toThrow(message);
  });
});
