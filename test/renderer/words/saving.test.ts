/** Edits on their way: shown at once, never lost. */
import { expect, test } from 'vitest';
import {
  beginSaving,
  discard,
  editsOf,
  endSaving,
  failSaving,
  NO_SAVES,
  withEdits,
} from '../../../renderer/state/words/saving.ts';
import { wordOf } from './cards.ts';

const words = [wordOf(0, { name: 'old' }), wordOf(1)];
const naming = [{ index: 0, name: 'new' }];

test('an edit is shown before it is kept', () => {
  const saves = beginSaving(NO_SAVES, naming);
  expect(withEdits(words, saves)[0]!.name).toBe('new');
  expect(saves.get(0)!.kind).toBe('saving');
});

test('taking a name away is an edit too', () => {
  expect(withEdits(words, beginSaving(NO_SAVES, [{ index: 0, name: null }]))[0]!.name).toBeNull();
});

test('a failed edit keeps its text, says why, and goes along with the next edit of the word', () => {
  const begun = beginSaving(NO_SAVES, naming);
  const failed = failSaving(begun, editsOf(begun, [0]), 'The disk is full.');
  expect(failed.get(0)).toMatchObject({ kind: 'failed', message: 'The disk is full.' });
  expect(withEdits(words, failed)[0]!.name).toBe('new');
  const again = beginSaving(failed, [{ index: 0, status: 'mixed' }]);
  expect(editsOf(again, [0])).toEqual([{ index: 0, name: 'new', status: 'mixed' }]);
});

test('an answer to an older edit does not end a newer one', () => {
  const first = beginSaving(NO_SAVES, naming);
  const sent = editsOf(first, [0]);
  const second = beginSaving(first, [{ index: 0, name: 'newer' }]);
  expect(endSaving(second, sent).get(0)!.kind).toBe('saving');
  expect(withEdits(words, endSaving(second, sent))[0]!.name).toBe('newer');
});

test('"saved" is said of the last action only', () => {
  const first = beginSaving(NO_SAVES, naming);
  const kept = endSaving(first, editsOf(first, [0]));
  expect(kept.get(0)!.kind).toBe('saved');
  expect(beginSaving(kept, [{ index: 1, name: 'x' }]).has(0)).toBe(false);
});

test('what failed can be given up', () => {
  const begun = beginSaving(NO_SAVES, naming);
  const failed = failSaving(begun, editsOf(begun, [0]), 'no');
  expect(withEdits(words, discard(failed, 0))).toBe(words);
});
