/** A stream that is played again must not be told from one that is drawn. */
import { expect, it } from 'vitest';
import { measureMean } from '../../../main/engine/metrics/interval.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { createReplayedRandom } from '../../../main/engine/tensor/replayed-random.ts';

it('gives a bootstrap the interval of the plain stream, the first time and every other', () => {
  const values = Float64Array.from({ length: 50 }, (_, index) => Math.sin(index));
  const replayed = createReplayedRandom(11);
  const expected = measureMean(values, createRandom(11).fork('a').fork('b'));
  for (let time = 0; time < 3; time++) expect(measureMean(values, replayed.fork('a').fork('b'))).toEqual(expected);
  expect(measureMean(values, replayed.fork('a'))).toEqual(measureMean(values, createRandom(11).fork('a')));
});

it('refuses to mix limits, which would not be the same numbers', () => {
  const fork = createReplayedRandom(1).fork('x');
  fork.integer(10);
  expect(() => fork.integer(11)).toThrow(/one limit/);
});
