/** The palette finds what is meant. */
import { expect, test } from 'vitest';
import { findCommands } from '../../../renderer/state/find-commands.ts';

const commands = [
  { id: 'a', title: 'Go to Words', group: 'Go to' },
  { id: 'b', title: 'Undo', group: 'Project' },
  { id: 'c', title: 'Dark theme', group: 'View', keywords: ['night'] },
  { id: 'd', title: 'Exclude the word' },
];
const found = (text: string) =>
  findCommands(commands, text, 'This page').flatMap(({ members }) => members.map(({ id }) => id));

test('without a text everything is there, in order and under its heading', () => {
  expect(found('')).toEqual(['a', 'b', 'c', 'd']);
  expect(findCommands(commands, '', 'This page').map(({ group }) => group)).toEqual([
    'Go to',
    'Project',
    'View',
    'This page',
  ]);
});

test('beginnings of words, initials and keywords are found', () => {
  expect(found('und')[0]).toBe('b');
  expect(found('gtw')).toContain('a');
  expect(found('night')).toEqual(['c']);
});

test('what fits nothing finds nothing', () => expect(found('qqq')).toEqual([]));
