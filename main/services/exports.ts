/** Exports a run as one ONNX file: image in, logits, word scores and activation maps out. */
import { resolve } from 'node:path';
import type { ExportModelOutput } from '../jobs/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { chosenRun, currentModel, modelReference, withProject, wordModelOf } from './project-access.ts';
import type { RunChoice } from './services.ts';

/** Words listed at most; more than any run has. */
const ALL_WORDS = 100_000;

/** Writes the file and journals it with its hash. */
export function exportOnnx(
  context: ServiceContext,
  path: string,
  outputPath: string,
  { runId }: RunChoice,
  hooks: Hooks,
): Promise<ExportModelOutput> {
  return withProject(context, path, async ({ read, write }) => {
    const run = chosenRun(read, runId);
    const model = currentModel(read);
    const { words } = read.words.page({ runId: run.runId, limit: ALL_WORDS, patchesPerKind: 0 });
    const output = await context.jobs.run(
      'exportModel',
      {
        model: modelReference(model),
        cut: model.cutPoint,
        wordModel: wordModelOf(read, run),
        outputPath: resolve(outputPath),
        metadata: {
          classes: JSON.stringify(model.classLabels),
          words: JSON.stringify(words.map(({ wordIndex, name }) => name ?? `word ${wordIndex}`)),
          vislexRun: String(run.runId),
        },
      },
      hooks,
    );
    write.journal.record(context.actor, 'export.onnx', {
      runId: run.runId,
      path: resolve(outputPath),
      sha256: output.sha256,
    });
    return output;
  });
}
