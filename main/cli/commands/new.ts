/** vislex new: makes a project from a model and a folder of images. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { projectText } from '../text/project.ts';
import { pathFrom, presetOrPathFrom } from '../values.ts';

interface Options extends CommonOptions {
  readonly model: string;
  readonly labels?: string;
  readonly images: string;
  readonly masks?: string;
  readonly preprocess?: string;
  readonly cut?: string;
}

/** Adds `new`. */
export const addNew: AddCommand = (program, session) => {
  const path = pathFrom(session.world.folder);
  const command = program
    .command('new')
    .summary('make a project from a model and a folder of images')
    .description('Makes a project: reads the model, checks the preprocessing on samples, imports the images.')
    .argument('<project>', 'file to make, *.vislex', path)
    .requiredOption('--model <file>', 'ONNX classifier', path)
    .requiredOption('--images <folder>', 'images, a folder per class, with or without train/val/test above', path)
    .option('--labels <file>', 'class names, one a line (default: MODEL.labels.txt, else "class 0", ...)', path)
    .option('--masks <folder>', 'PNG masks under the same relative paths as the images', path)
    .option(
      '--preprocess <name>',
      'preset or JSON file (default: the best preset on samples)',
      presetOrPathFrom(session.world.folder),
    )
    .option('--cut <tensor>', 'tensor to cut at (default: the last spatial feature map)');
  session.addCommonOptions(command).action((project: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const summary = await services.createProject(
        project,
        {
          modelPath: options.model,
          imagesFolder: options.images,
          ...given({
            labelsPath: options.labels,
            masksFolder: options.masks,
            preprocess: options.preprocess,
            cut: options.cut,
          }),
        },
        hooks,
      );
      return { json: summary, text: () => projectText(summary, session.world.output) };
    }),
  );
};
