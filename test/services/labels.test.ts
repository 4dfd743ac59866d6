/** Label files and how folder names find their class. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labelMatcher, readLabels } from '../../main/services/labels.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vislex-labels-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('label file', () => {
  test('has one name a line; a byte order mark, carriage returns and empty last lines do not matter', () => {
    expect(readLabels(file('l.txt', '\uFEFFcat\r\nguinea pig\r\n\r\n'), 'm.onnx', 2)).toEqual(['cat', 'guinea pig']);
  });

  test('beside the model is found by itself', () => {
    file('m.labels.txt', 'a\nb\n');
    expect(readLabels(undefined, join(folder, 'm.onnx'), 2)).toEqual(['a', 'b']);
  });

  test('is not needed: classes are then numbered', () => {
    expect(readLabels(undefined, join(folder, 'none.onnx'), 2)).toEqual(['class 0', 'class 1']);
  });

  test('with another number of lines is refused with both numbers', () => {
    expect(() => readLabels(file('l.txt', 'cat\n'), 'm.onnx', 2)).toThrow(
      /holds 1 class names, the model has 2 classes/,
    );
  });

  test('with an empty line in the middle is refused with its number', () => {
    expect(() => readLabels(file('l.txt', 'cat\n\ndog\n'), 'm.onnx', 3)).toThrow(/Line 2 of .* is empty/);
  });

  test('that is not there is refused by its path', () => {
    expect(() => readLabels(join(folder, 'gone.txt'), 'm.onnx', 2)).toThrow(/gone\.txt/);
  });
});

describe('folder names', () => {
  const labelOf = labelMatcher(['tench, Tinca tinca', 'car_side', 'Crane', 'crane, machine']);

  test('match whatever the case, underscores and hyphens', () => {
    expect(labelOf('Car-Side')).toBe(1);
  });

  test('match a synonym', () => {
    expect(labelOf('tinca tinca')).toBe(0);
  });

  test('match a whole label before another label’s synonym', () => {
    expect(labelOf('crane')).toBe(2);
  });

  test('that are no class match nothing', () => {
    expect(labelOf('unicorn')).toBeNull();
  });
});
