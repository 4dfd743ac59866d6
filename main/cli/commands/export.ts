/** vislex export: the word model as one ONNX file. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { formatBytes } from '../format.ts';
import { pathFrom, wholeNumber } from '../values.ts';

interface Options extends CommonOptions {
  readonly onnx: string;
  readonly run?: number;
}

/** Adds `export`. */
export const addExport: AddCommand = (program, session) => {
  const path = pathFrom(session.world.folder);
  const command = program
    .command('export')
    .summary('write the word model as one ONNX file')
    .description('Writes one ONNX file that runs anywhere: image in; logits, word scores and activation maps out.')
    .argument('<project>', 'project file', path)
    .requiredOption('--onnx <file>', 'file to write', path)
    .option('--run <id>', 'run to export (default: the newest that is done)', wholeNumber(1));
  session.addCommonOptions(command).action((project: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const result = await services.exportOnnx(project, options.onnx, given({ runId: options.run }), hooks);
      return {
        json: { path: options.onnx, ...result },
        text: () =>
          `${options.onnx}: ${formatBytes(result.sizeBytes)}, input "${result.inputName}", SHA-256 ${result.sha256}`,
      };
    }),
  );
};
