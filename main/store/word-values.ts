/** What a word's name, note and tags may hold. Text stays text: every reader shows it escaped. */
import { NAME_LENGTH, NOTE_LENGTH, TAG_LENGTH, TAGS_PER_WORD } from '../../preload/contract/limits.ts';
import { StoreError } from './errors.ts';
import type { WordEdit } from './project.ts';
import type { Json } from './records.ts';

/** Control characters, and those that reverse the direction of text: a name must look like what it is. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

/** The same without line breaks and tabs, which notes may hold. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_IN_NOTE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

/**
 * The given fields in the spelling that is stored: NFC, trimmed, tags sorted without repetition.
 * @throws StoreError 'value-refused' naming the column
 */
export function checkedEdit(edit: WordEdit, file: string, row: string): Readonly<Record<string, Json>> {
  const refuse = (column: string, value: string, rule: string): StoreError =>
    new StoreError('value-refused', `${JSON.stringify(value)} cannot be the ${column} of a word: ${rule}.`, {
      file,
      table: 'words',
      column,
      row,
    });
  const clean = (column: string, value: string, limit: number, forbidden: RegExp): string => {
    const text = value.toWellFormed().normalize('NFC').trim();
    if (text.length > limit) throw refuse(column, text.slice(0, limit) + '...', `at most ${limit} characters`);
    if (forbidden.test(text)) throw refuse(column, text, 'no control characters');
    return text;
  };
  const checked: Record<string, Json> = {};
  if (edit.name !== undefined) {
    // A name of spaces alone is no name.
    checked['name'] = edit.name === null ? null : clean('name', edit.name, NAME_LENGTH, CONTROL) || null;
  }
  if (edit.status !== undefined) checked['status'] = edit.status;
  if (edit.note !== undefined) checked['note'] = clean('note', edit.note, NOTE_LENGTH, CONTROL_IN_NOTE);
  if (edit.tags !== undefined) {
    const tags = new Set(edit.tags.map((tag) => clean('tag', tag, TAG_LENGTH, CONTROL)).filter((tag) => tag !== ''));
    if (tags.size > TAGS_PER_WORD) throw refuse('tags', [...tags].join(', '), `at most ${TAGS_PER_WORD} tags`);
    checked['tags'] = [...tags].sort();
  }
  if (edit.isExcluded !== undefined) checked['isExcluded'] = edit.isExcluded;
  return checked;
}
