/** Filter and order of images in the address, and back; what is not said is not filtered. */
import type { RouteQuery } from '../../router.svelte.ts';
import { EVERY_IMAGE, SPLITS } from './image-filter.ts';
import type { ImageFilter } from './image-filter.ts';
import { AS_LISTED, IMAGE_SORTS } from './image-sort.ts';
import type { ImageSort } from './image-sort.ts';

/** Parameters of the address; null takes one away. */
export type QueryChanges = Readonly<Record<string, string | null>>;

/** A filter and an order, as they are shared by address. */
export interface ImageView {
  readonly filter: ImageFilter;
  readonly sort: ImageSort;
}

/** Reads a view; anything that cannot be read is as if it were absent. */
export function viewFromQuery(query: RouteQuery): ImageView {
  const from = share(query['from'], 0);
  const to = share(query['to'], 1);
  return {
    filter: {
      classIndex: whole(query['class']),
      basePrediction: whole(query['predicted']),
      wordPrediction: whole(query['word-predicted']),
      outcome: oneOf(query['outcome'], ['right', 'wrong']),
      agreement: oneOf(query['agreement'], ['agree', 'disagree']),
      split: oneOf(query['split'], SPLITS),
      word: whole(query['word']),
      confidenceLow: Math.min(from, to),
      confidenceHigh: Math.max(from, to),
      search: query['search'] ?? '',
    },
    sort: sortFromQuery(query['sort']),
  };
}

/** The parameters of a view, every one named: null for those at rest. */
export function viewToQuery({ filter, sort }: ImageView): QueryChanges {
  return {
    class: written(filter.classIndex),
    predicted: written(filter.basePrediction),
    'word-predicted': written(filter.wordPrediction),
    outcome: filter.outcome,
    agreement: filter.agreement,
    split: filter.split,
    word: written(filter.word),
    from: filter.confidenceLow > 0 ? String(filter.confidenceLow) : null,
    to: filter.confidenceHigh < 1 ? String(filter.confidenceHigh) : null,
    search: filter.search === '' ? null : filter.search,
    sort:
      sort.by === AS_LISTED.by && sort.isDescending === AS_LISTED.isDescending
        ? null
        : `${sort.isDescending ? '-' : ''}${sort.by}`,
  };
}

/** The view as one parameter's value, for pages that walk through its images. */
export function packView(view: ImageView): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(viewToQuery(view))) if (value !== null) parameters.set(key, value);
  return parameters.toString();
}

/** The view that `packView` wrote. */
export function unpackView(packed: string | null): ImageView {
  return packed === null
    ? { filter: EVERY_IMAGE, sort: AS_LISTED }
    : viewFromQuery(Object.fromEntries(new URLSearchParams(packed)));
}

function sortFromQuery(text: string | undefined): ImageSort {
  if (text === undefined) return AS_LISTED;
  const isDescending = text.startsWith('-');
  const by = oneOf(isDescending ? text.slice(1) : text, IMAGE_SORTS);
  return by === null ? AS_LISTED : { by, isDescending };
}

function written(value: number | null): string | null {
  return value === null ? null : String(value);
}

/** A whole number from 0 up; null for any other text. */
function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** A number 0..1. */
function share(text: string | undefined, otherwise: number): number {
  const value = text === undefined || text === '' ? NaN : Number(text);
  return value >= 0 && value <= 1 ? value : otherwise;
}

function oneOf<const Value extends string>(text: string | undefined, values: readonly Value[]): Value | null {
  return values.find((value) => value === text) ?? null;
}
