/** The contact sheet: every word of a run on one static page. */
import type { WordSheet } from '../../preload/contract/index.ts';
import type { Pictures } from './pictures.ts';

export function renderContactSheet(sheet: WordSheet, pictures: Pictures): string {
  return `${sheet.projectName}${pictures.size}`;
}
