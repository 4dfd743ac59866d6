/** Which keys name, save, cancel and judge. */
import { expect, test } from 'vitest';
import { beginsName, fieldAction, tidyName } from '../../../renderer/state/words/keys.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test.each(['a', 'Q', 'é', 'ж', '耳', 'ب'])('the letter %s begins a name with itself', (letter) => {
  expect(beginsName(press(letter))).toBe(letter);
});

test.each(['1', '/', ' ', 'Enter', 'F2', 'ArrowDown', '[', '?'])('%s begins no name', (key) => {
  expect(beginsName(press(key))).toBeNull();
});

test('a letter with a modifier belongs to a shortcut', () => {
  expect(beginsName(press('a', { ctrlKey: true }))).toBeNull();
  expect(beginsName(press('a', { metaKey: true }))).toBeNull();
});

test('an input method opens the field and goes on there', () => {
  expect(beginsName(press('Process'))).toBe('');
  expect(fieldAction({ ...press('Enter'), isComposing: true }, 'みみ')).toBeNull();
});

test('Enter saves and goes on, Shift+Enter back, Escape cancels', () => {
  expect(fieldAction(press('Enter'), 'eye')).toEqual({ kind: 'save', by: 1 });
  expect(fieldAction(press('Enter', { shiftKey: true }), 'eye')).toEqual({ kind: 'save', by: -1 });
  expect(fieldAction(press('Escape'), 'eye')).toEqual({ kind: 'cancel' });
});

test('digits judge while nothing is typed and belong to the text afterwards', () => {
  expect(fieldAction(press('3'), '')).toEqual({ kind: 'status', rank: 2 });
  expect(fieldAction(press('3'), 'wheel ')).toBeNull();
  expect(fieldAction(press('3', { altKey: true }), 'wheel')).toEqual({ kind: 'status', rank: 2 });
  expect(fieldAction(press('5'), '')).toBeNull();
});

test('a name is kept without spaces around it and in one form', () => {
  expect(tidyName('  wheel \t rim ')).toBe('wheel rim');
  expect(tidyName('   ')).toBeNull();
  expect(tidyName('e\u0301')).toBe('\u00e9');
});
