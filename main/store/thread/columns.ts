/** Reads all images of a project as columns, in one pass over each table. */
import type { Database } from '../database.ts';
import { corrupt } from '../failures.ts';
import { sql } from '../sql.ts';
import type { Sql } from '../sql.ts';
import type { ProjectColumns } from './messages.ts';

/** Codes of the splits in the columns. */
const SPLIT_CODES: Readonly<Record<string, number>> = { train: 0, validation: 1, test: 2 };
const NO_SPLIT = 255;

interface ImageRow {
  readonly imageId: number;
  readonly split: string | null;
  readonly labelIndex: number | null;
  readonly path: string;
}

interface LogitsRow {
  readonly imageId: number;
  readonly logits: Uint8Array;
}

/** @param runId whose word predictions; undefined for none */
export function readColumns(database: Database, runId: number | undefined): ProjectColumns {
  return database.snapshot(() => {
    const rows = database.all<ImageRow>(
      sql`SELECT image_id AS imageId, split, label_index AS labelIndex, path FROM images WHERE status = 'ok' ORDER BY image_id`,
    );
    const ids = Int32Array.from(rows, ({ imageId }) => imageId);
    const base = predictions(
      database,
      ids,
      sql`SELECT image_id AS imageId, logits FROM base_outputs
        WHERE model_id = (SELECT max(model_id) FROM models) ORDER BY image_id`,
    );
    // A run that does not exist has no rows.
    const words = predictions(
      database,
      ids,
      sql`SELECT image_id AS imageId, logits FROM scores WHERE run_id = ${runId ?? -1} ORDER BY image_id`,
    );
    return {
      ids,
      splits: Uint8Array.from(rows, ({ split }) => (split === null ? NO_SPLIT : SPLIT_CODES[split]!)),
      labels: Int16Array.from(rows, ({ labelIndex }) => labelIndex ?? -1),
      basePredictions: base.classes,
      baseConfidences: base.confidences,
      wordPredictions: words.classes,
      // A line break in a file name would shift all names after it.
      names: rows.map(({ path }) => path.replaceAll('\n', ' ')).join('\n'),
    };
  });
}

/** Top classes and their probabilities, beside `ids`; both ascend, so one walk joins them. */
function predictions(database: Database, ids: Int32Array, query: Sql) {
  const classes = new Int16Array(ids.length).fill(-1);
  const confidences = new Float32Array(ids.length).fill(NaN);
  let position = 0;
  for (const { imageId, logits } of database.iterate<LogitsRow>(query)) {
    while (position < ids.length && ids[position]! < imageId) position++;
    if (ids[position] !== imageId) continue;
    const count = logits.byteLength / 4;
    if (!Number.isInteger(count)) throw corrupt(database.file, `the logits of image ${imageId} are no float32 numbers`);
    const view = new DataView(logits.buffer, logits.byteOffset, logits.byteLength);
    const { top, probability } = topOf(view, count);
    classes[position] = top;
    confidences[position] = probability;
  }
  return { classes, confidences };
}

/** The first of the largest logits, and its softmax; a single logit is a yes or no: its sigmoid, class 0 for no. */
function topOf(logits: DataView, count: number): { readonly top: number; readonly probability: number } {
  const at = (index: number) => logits.getFloat32(4 * index, true);
  if (count === 1) {
    const yes = 1 / (1 + Math.exp(-at(0)));
    return yes > 0.5 ? { top: 1, probability: yes } : { top: 0, probability: 1 - yes };
  }
  let top = 0;
  for (let index = 1; index < count; index++) if (at(index) > at(top)) top = index;
  let sum = 0;
  for (let index = 0; index < count; index++) sum += Math.exp(at(index) - at(top));
  return { top, probability: 1 / sum };
}
