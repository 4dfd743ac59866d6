/** Task: one ONNX file from image to logits, word scores and activation maps, that runs anywhere. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { cutModel, encodeModel, GraphBuilder } from '../../engine/onnx/index.ts';
import { constantWordModel, emitActivationMaps, emitWordModel } from '../../engine/words/emit-word-model.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { writeFileAtomic } from '../../platform/files.ts';
import { sha256 } from '../../platform/hash.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { Task } from '../task.ts';

/** What to export. */
export interface ExportModelInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point, as `extract` returned it. */
  readonly cut: string;
  readonly wordModel: WordModel;
  /** Where the file is written; replaced whole or not at all. */
  readonly outputPath: string;
  /** Images per run of the exported model, >= 1. Default 1, or the base model's own fixed number. */
  readonly batchSize?: number;
  /** Facts stored in the file, such as names of classes and words. The preprocessing is stored always. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What was written. */
export interface ExportModelOutput {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Name of the image input; the outputs are 'logits', 'wordScores' and 'activationMaps'. */
  readonly inputName: string;
}

/**
 * Outputs: logits [batch, classes] of the word model, wordScores [batch, words], activationMaps
 * [batch, words, height, width].
 * @throws EngineError as `readModel` and `cutModel` do; FileError when the file cannot be written
 */
export const exportModel: Task<ExportModelInput, ExportModelOutput> = (input) => {
  const { preprocessing } = input.model;
  const model = readModel(input.model);
  const { width, height } = preprocessing;
  const cut = cutModel(model.graph, model.inspection, {
    tensor: input.cut,
    width,
    height,
    ...(input.batchSize === undefined ? {} : { batch: input.batchSize }),
  });
  const builder = new GraphBuilder({ name: 'vislex', base: cut.featureGraph });
  const { tensor, height: rows, width: columns } = cut.cutPoint;
  const emitted = emitWordModel(builder, tensor, constantWordModel(builder, input.wordModel));
  const maps = emitActivationMaps(builder, emitted.closeness, input.wordModel.similarity, rows, columns);
  builder.output(emitted.logits, 'logits');
  builder.output(emitted.scores, 'wordScores');
  builder.output(maps, 'activationMaps');
  const bytes = encodeModel(builder.build(), {
    metadata: { ...input.metadata, preprocessing: JSON.stringify(preprocessing), baseModelSha256: model.sha256 },
  });
  writeFileAtomic(input.outputPath, bytes);
  return Promise.resolve({
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
    inputName: model.inspection.input.name,
  });
};
