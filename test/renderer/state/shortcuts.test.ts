/** Shortcuts: what is pressed, what is meant, what is shown. */
import { describe, expect, test } from 'vitest';
import {
  ariaShortcut,
  matches,
  parseShortcut,
  SEQUENCE_MS,
  ShortcutReader,
  shownKeys,
  type Press,
} from '../../../renderer/state/shortcuts.ts';

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const command = (shortcut: string) => ({ name: shortcut, chords: parseShortcut(shortcut) });

describe('one press', () => {
  const is = (shortcut: string, pressed: Press, isMac = false) => matches(parseShortcut(shortcut)[0]!, pressed, isMac);

  test('Mod is Control, and Command on a Mac', () => {
    expect(is('Mod+K', press('k', { ctrlKey: true }))).toBe(true);
    expect(is('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(is('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(is('Mod+K', press('k'))).toBe(false);
  });

  test('a letter alone is not the letter with a modifier', () => {
    expect(is('Z', press('z'))).toBe(true);
    expect(is('Z', press('z', { ctrlKey: true }))).toBe(false);
    expect(is('Z', press('Z', { shiftKey: true }))).toBe(false);
    expect(is('Shift+Z', press('Z', { shiftKey: true }))).toBe(true);
  });

  test('capitals by Caps Lock still count', () => expect(is('Z', press('Z'))).toBe(true));

  test('a question mark counts on every keyboard, with or without Shift', () => {
    expect(is('?', press('?', { shiftKey: true }))).toBe(true);
    expect(is('?', press('?'))).toBe(true);
    expect(is('?', press('?', { ctrlKey: true }))).toBe(false);
  });

  test('a bracket typed with AltGr counts', () => expect(is('[', press('[', { altKey: true }))).toBe(true));

  test('space has a name', () => expect(is('Space', press(' '))).toBe(true));

  test('text that is no shortcut is refused', () => {
    expect(() => parseShortcut('Hyper+K')).toThrow('is no shortcut');
    expect(() => parseShortcut('Mod+')).toThrow('is no shortcut');
  });
});

describe('a sequence', () => {
  const commands = [command('G W'), command('G I'), command('W')];

  test('is read press by press', () => {
    const reader = new ShortcutReader(false);
    expect(reader.read(press('g'), 0, commands)).toBe('begun');
    expect(reader.read(press('w'), 100, commands)).toBe(commands[0]);
  });

  test('is forgotten after a pause, so the second key means itself', () => {
    const reader = new ShortcutReader(false);
    reader.read(press('g'), 0, commands);
    expect(reader.read(press('w'), SEQUENCE_MS + 1, commands)).toBe(commands[2]);
  });

  test('broken by another key lets that key begin anew', () => {
    const reader = new ShortcutReader(false);
    reader.read(press('g'), 0, commands);
    expect(reader.read(press('g'), 50, commands)).toBe('begun');
    expect(reader.read(press('i'), 100, commands)).toBe(commands[1]);
    expect(reader.read(press('x'), 150, commands)).toBe(null);
  });

  test('is not broken by holding Shift', () => {
    const reader = new ShortcutReader(false);
    reader.read(press('g'), 0, commands);
    expect(reader.read(press('Shift', { shiftKey: true }), 20, commands)).toBe(null);
    expect(reader.read(press('i'), 40, commands)).toBe(commands[1]);
  });

  test('gives the right of way to the first of two that fit', () => {
    const page = command('Z');
    expect(new ShortcutReader(false).read(press('z'), 0, [page, command('Z')])).toBe(page);
  });
});

test('keys are drawn as they stand on the keyboard', () => {
  expect(shownKeys('Mod+Shift+Z', false)).toEqual([['Ctrl', 'Shift', 'Z']]);
  expect(shownKeys('Mod+Shift+Z', true)).toEqual([['⌘', '⇧', 'Z']]);
  expect(shownKeys('G W', false)).toEqual([['G'], ['W']]);
  expect(shownKeys('ArrowLeft', false)).toEqual([['←']]);
});

test('screen readers hear single presses, and nothing wrong about sequences', () => {
  expect(ariaShortcut('Mod+K', false)).toBe('Control+K');
  expect(ariaShortcut('G W', false)).toBe('');
});
