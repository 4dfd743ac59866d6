/** Numbers as people read them. */
import { describe, expect, test } from 'vitest';
import { formatAssessment, formatBytes, formatDuration, formatNumber, formatTable } from '../../main/cli/format.ts';
import { nodeProblem } from '../../main/cli/node-version.ts';

describe('format', () => {
  test('a measure shows interval, n and chance', () => {
    const measure = { value: 0.979, low: 0.961, high: 0.989, n: 436, chance: 0.05 };
    expect(formatAssessment(measure)).toBe('0.979 [0.961, 0.989] n 436, chance 0.05');
  });

  test('what was not measured shows its reason, never a number', () => {
    expect(formatAssessment({ value: null, n: 0, reason: 'no labels' })).toBe('not assessed: no labels');
  });

  test('an exact count has no interval', () => {
    expect(formatAssessment({ value: 185, low: 185, high: 185, n: 185 })).toBe('185 n 185');
  });

  test.each([
    [0.4, '0.4 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [7800, '2 h 10 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('sizes and numbers keep the digits that matter', () => {
    expect([0, 1023, 1024, 5_242_880].map(formatBytes)).toEqual(['0 bytes', '1023 bytes', '1.0 KiB', '5.0 MiB']);
    expect([0.1234, -12.345, 1234, 99999.9].map(formatNumber)).toEqual(['0.123', '-12.3', '1,234', '100,000']);
  });

  test('tables align, numbers to the right', () => {
    expect(
      formatTable(
        [
          ['a', '1'],
          ['bbb', '22'],
        ],
        [1],
      ),
    ).toBe('a     1\nbbb  22');
  });
});

describe('the Node that runs the program', () => {
  test('is refused below Node-API 10, with the way out', () => {
    expect(nodeProblem({ ...process.versions, napi: '9', node: '20.20.2' })).toMatch(
      /needs Node 24.*20\.20\.2.*npm run/,
    );
    expect(nodeProblem({ ...process.versions, napi: '10' })).toBeUndefined();
  });
});
