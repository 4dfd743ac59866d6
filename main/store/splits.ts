/** Which image is in which split, as the journal keeps it: ranges of identifiers per split, exact and short. */
import type { Database } from './database.ts';
import { entries } from './journal.ts';
import type { Json, JsonObject, Split } from './records.ts';
import { sql } from './sql.ts';

/** Assignment of one image; null for none. */
export interface SplitAssignment {
  readonly imageId: number;
  readonly split: Split | null;
}

/** First and last identifier, both included. */
type Range = [first: number, last: number];

/** `{ train: [[1, 40], [52, 52]], test: [[41, 51]] }`; images without a split are left out. */
export function splitRanges(assignments: readonly SplitAssignment[]): Readonly<Record<string, Range[]>> {
  const ranges: Record<string, Range[]> = {};
  for (const { imageId, split } of assignments.toSorted((a, b) => a.imageId - b.imageId)) {
    if (split === null) continue;
    const list = (ranges[split] ??= []);
    const newest = list.at(-1);
    if (newest?.[1] === imageId - 1) newest[1] = imageId;
    else list.push([imageId, imageId]);
  }
  return ranges;
}

/** Replays the ranges of one entry onto what is known so far. */
function replay(known: Map<number, string>, splits: Json | undefined): void {
  // Written by splitRanges; the chain guards it.
  for (const [split, ranges] of Object.entries((splits ?? {}) as JsonObject)) {
    for (const [first, last] of ranges as unknown as readonly Range[]) {
      for (let imageId = first; imageId <= last; imageId++) known.set(imageId, split);
    }
  }
}

/** Compares every image's split with what the journal says. */
export function checkSplits(database: Database): { readonly checked: number; readonly broken: string | null } {
  const known = new Map<number, string>();
  for (const { action, payload } of entries(database)) {
    if (action === 'images.add' || action === 'images.split') replay(known, payload['splits']);
  }
  let checked = 0;
  const rows = database.iterate<SplitAssignment>(sql`SELECT image_id AS imageId, split FROM images ORDER BY image_id`);
  for (const { imageId, split } of rows) {
    checked += 1;
    const expected = known.get(imageId) ?? null;
    if (split === expected) continue;
    const broken = `image ${imageId} is in split ${JSON.stringify(split)}; the journal says ${JSON.stringify(expected)}`;
    return { checked, broken };
  }
  return { checked, broken: null };
}
