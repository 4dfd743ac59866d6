/** Base models: the file by path and hash, and its logits per image. */
import type { Clock } from '../platform/clock.ts';
import { bytesOf, checksum, float32Of, parseJson } from './blobs.ts';
import { digestOf } from './canonical-json.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import { appendEntry } from './journal.ts';
import type { ModelsReader, ModelsWriter } from './project.ts';
import type { ExternalDataFile, JsonObject, ModelRecord, NewModel } from './records.ts';
import { listOf, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Columns that are stored as they are. */
interface PlainColumns extends Omit<ModelRecord, 'preprocessing' | 'classLabels' | 'externalData' | 'details'> {
  readonly preprocessing: string;
  readonly classLabels: string;
  readonly externalData: string;
  readonly details: string;
}

const COLUMNS = sql`model_id AS modelId, added_at AS addedAt, path, sha256, size_bytes AS sizeBytes, opset,
  input_name AS inputName, input_layout AS inputLayout, input_height AS inputHeight, input_width AS inputWidth,
  output_name AS outputName, output_kind AS outputKind, preprocessing, class_labels AS classLabels, cut_point AS cutPoint,
  head_kind AS headKind, attention_source AS attentionSource, external_data AS externalData, details`;

function modelOf(row: PlainColumns, file: string): ModelRecord {
  const what = `model ${row.modelId}`;
  return {
    ...row,
    preprocessing: parseJson<JsonObject>(row.preprocessing, file, what),
    classLabels: parseJson<readonly string[]>(row.classLabels, file, what),
    externalData: parseJson<readonly (ExternalDataFile & JsonObject)[]>(row.externalData, file, what),
    details: parseJson<JsonObject>(row.details, file, what),
  };
}

/** Digest of everything a model's row says; journalled at import and recomputed by `verify`. */
export function modelDigest(database: Database, modelId: number): string {
  const model = readModel(database, modelId);
  return digestOf({ ...model, externalData: model.externalData.map((data) => ({ ...data })) });
}

function readModel(database: Database, modelId: number): ModelRecord {
  const row = database.get<PlainColumns>(sql`SELECT ${COLUMNS} FROM models WHERE model_id = ${modelId}`);
  if (!row) {
    throw new StoreError('not-found', `There is no model ${modelId} in ${quoted(database.file)}.`, {
      file: database.file,
      table: 'models',
      row: String(modelId),
    });
  }
  return modelOf(row, database.file);
}

function insertion(model: NewModel, addedAt: string): Sql {
  return sql`INSERT INTO models (added_at, path, sha256, size_bytes, opset, input_name, input_layout, input_height, input_width,
      output_name, output_kind, preprocessing, class_labels, cut_point, head_kind, attention_source, external_data, details)
    VALUES (${addedAt}, ${model.path}, ${model.sha256}, ${model.sizeBytes}, ${model.opset}, ${model.inputName},
      ${model.inputLayout}, ${model.inputHeight}, ${model.inputWidth}, ${model.outputName}, ${model.outputKind},
      ${JSON.stringify(model.preprocessing)}, ${JSON.stringify(model.classLabels)}, ${model.cutPoint}, ${model.headKind},
      ${model.attentionSource}, ${JSON.stringify(model.externalData)}, ${JSON.stringify(model.details)})`;
}

/** Reading half. */
export function createModelsReader(database: Database): ModelsReader {
  const { file } = database;
  return {
    current: () => {
      const row = database.get<PlainColumns>(sql`SELECT ${COLUMNS} FROM models ORDER BY model_id DESC LIMIT 1`);
      return row && modelOf(row, file);
    },
    get: (modelId) => readModel(database, modelId),
    outputs: (modelId, imageIds) => {
      const rows = database.all<{ readonly imageId: number; readonly logits: Uint8Array }>(
        sql`SELECT image_id AS imageId, logits FROM base_outputs
          WHERE model_id = ${modelId} AND image_id IN (SELECT value FROM json_each(${listOf(imageIds)}))`,
      );
      const found = new Map(
        rows.map(({ imageId, logits }) => [
          imageId,
          { imageId, logits: float32Of(logits, file, `the base model's output of image ${imageId}`) },
        ]),
      );
      return imageIds.map((imageId) => found.get(imageId));
    },
    outputCount: (modelId) =>
      database.get<{ readonly count: number }>(
        sql`SELECT count(*) AS count FROM base_outputs WHERE model_id = ${modelId}`,
      )?.count ?? 0,
  };
}

/** Writing half. */
export function createModelsWriter(database: Database, clock: Clock): ModelsWriter {
  return {
    add: (actor, model) =>
      database.transaction(() => {
        const { insertedId: modelId } = database.run(insertion(model, clock.now().toISOString()));
        const payload = { modelId, path: model.path, sha256: model.sha256, digest: modelDigest(database, modelId) };
        appendEntry(database, clock, { actor, action: 'model.add', kind: 'record', target: null, payload });
        return modelId;
      }),
    saveOutputs: (modelId, outputs) =>
      database.transaction(() => {
        for (const { imageId, logits } of outputs) {
          const bytes = bytesOf(logits);
          database.run(sql`INSERT INTO base_outputs (model_id, image_id, logits, checksum)
            VALUES (${modelId}, ${imageId}, ${bytes}, ${checksum(bytes)})
            ON CONFLICT (model_id, image_id) DO UPDATE SET logits = excluded.logits, checksum = excluded.checksum`);
        }
      }),
  };
}
