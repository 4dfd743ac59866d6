/** The images that the arrow keys walk through on the Explain page, and where among them one stands. */
import { agreementOf, EVERY_IMAGE, filterImages, outcomeOf } from '../images/image-filter.ts';
import type { WordScores } from '../images/image-filter.ts';
import type { ImageView } from '../images/filter-query.ts';
import { sortImages } from '../images/image-sort.ts';
import type { ImageTable } from '../images/image-table.ts';

/** Orders to walk in: 'wrong' and 'disagree' put those images first; 'view' is what the Images page showed. */
export const WALKS = ['wrong', 'disagree', 'listed', 'view'] as const;
export type Walk = (typeof WALKS)[number];

/** Images in walking order. */
export interface Sequence {
  /** Rows of the columns. */
  readonly rows: Int32Array;
  /** How many of them, at the beginning, are those the order is named after; all for 'listed' and 'view'. */
  readonly leading: number;
}

/** Where one image stands. */
export interface SequencePosition {
  /** 1-based within its part; 0 when the image is not in the sequence. */
  readonly place: number;
  /** Images of its part. */
  readonly of: number;
  /** True in the part that the order is named after. */
  readonly isLeading: boolean;
  /** Row of the next and the previous image; null at the ends. */
  readonly next: number | null;
  readonly previous: number | null;
}

/**
 * The sequence of a walk. Within 'wrong' and 'disagree' the most confident of the named images come first: a confident
 * mistake is the one to understand.
 * @param view for the walk 'view'
 */
export function createSequence(table: ImageTable, walk: Walk, view: ImageView, wordScores?: WordScores): Sequence {
  if (walk === 'view') {
    const rows = sortImages(table, filterImages(table, view.filter, wordScores), view.sort, wordScores);
    return { rows, leading: rows.length };
  }
  const all = filterImages(table, EVERY_IMAGE);
  if (walk === 'listed') return { rows: all, leading: all.length };
  const { labels, basePredictions, wordPredictions } = table.columns;
  const leads = (row: number): boolean =>
    walk === 'wrong'
      ? outcomeOf(labels[row]!, basePredictions[row]!) === 'wrong'
      : agreementOf(basePredictions[row]!, wordPredictions[row]!) === 'disagree';
  const named = all.filter(leads);
  const byConfidence = sortImages(table, named, { by: 'confidence', isDescending: true });
  const others = all.filter((row) => !leads(row));
  const rows = new Int32Array(all.length);
  rows.set(byConfidence);
  rows.set(others, named.length);
  return { rows, leading: named.length };
}

/** Finds an image in a sequence. @param row row of the columns; undefined for an image that is not of the project */
export function positionIn({ rows, leading }: Sequence, row: number | undefined): SequencePosition {
  const index = row === undefined ? -1 : rows.indexOf(row);
  if (index < 0) return { place: 0, of: leading, isLeading: true, next: rows[0] ?? null, previous: null };
  const isLeading = index < leading;
  return {
    place: isLeading ? index + 1 : index - leading + 1,
    of: isLeading ? leading : rows.length - leading,
    isLeading,
    next: rows[index + 1] ?? null,
    previous: index === 0 ? null : rows[index - 1]!,
  };
}
