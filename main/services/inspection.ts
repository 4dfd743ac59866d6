/** Looks at a model and a folder of images before a project is made of them. */
import { basename, resolve } from 'node:path';
import type {
  Assessment,
  FolderInspection,
  ModelInspection,
  PreprocessingProof,
} from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import { measureRate } from '../engine/metrics/interval.ts';
import { notAssessed } from '../engine/metrics/measure.ts';
import type { InspectModelOutput, PreprocessingTrial, SamplePrediction, TaskEvent } from '../jobs/index.ts';
import { portablePath } from '../platform/paths.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { listFolder } from './datasets.ts';
import type { ImageFolder } from './datasets.ts';
import { expectedSplits } from './image-layout.ts';
import { labelMatcher, labelsBeside, readLabels } from './labels.ts';
import { provePreprocessing } from './preprocessing.ts';
import type { Answer } from './procedures/handler.ts';

/** px; how large images are taken to be for a look at a model that takes any size. */
const ASSUMED_SIZE = { width: 224, height: 224 };

/** Samples shown with their predictions. */
const SHOWN_SAMPLES = 24;

/** Which files a project would be made of. */
export interface Ingredients {
  readonly modelPath: string;
  readonly labelsPath?: string | undefined;
}

/** What an ONNX file turned out to be. @throws EngineError as the task 'inspectModel' does */
export async function inspectModel(
  context: ServiceContext,
  given: Ingredients,
  hooks: Hooks,
): Promise<ModelInspection> {
  const modelPath = resolve(given.modelPath);
  const labelsPath = given.labelsPath ?? labelsBeside(modelPath) ?? null;
  const found = await readModel(context, modelPath, hooks);
  const { input, output } = found.inspection;
  const { description } = found;
  const classes = readLabels(given.labelsPath, modelPath, output.classCount);
  const isOpenSize = input.height === undefined || input.width === undefined;
  return {
    path: modelPath,
    fileName: basename(modelPath),
    sha256: found.sha256,
    sizeBytes: found.parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    opset: found.info.opset,
    producer: `${found.info.producerName} ${found.info.producerVersion}`.trim(),
    nodeCount: description?.nodeCount ?? 0,
    parameterCount: description?.parameterCount ?? 0,
    input: {
      name: input.name,
      heightPx: input.height ?? null,
      widthPx: input.width ?? null,
      channels: input.channels,
      layout: input.layout,
    },
    output: { name: output.name, kind: output.kind, classCount: output.classCount },
    classes,
    labelsPath,
    cutPoint: found.cutPoint.tensor,
    cutPoints: (description?.cutPoints ?? []).map(({ tensor, channels, height, width, headDescription, headKind }) => ({
      tensor,
      channels,
      height,
      width,
      headDescription,
      attentionSource: headKind === 'gap-linear' ? ('closedForm' as const) : ('differentiated' as const),
    })),
    stages: (description?.stages ?? []).map(({ name, operators, shape, cutTensor }) => ({
      name,
      operators: operators.map((operator) => ({ ...operator })),
      shape: shape === null ? null : [...shape],
      cutTensor,
    })),
    warnings: [
      ...(labelsPath === null ? ['No class names were found beside the model; its classes are numbered.'] : []),
      ...(isOpenSize
        ? [
            'The model takes images of any size. Export it with the size in px that it was trained with; a project needs it.',
          ]
        : []),
    ],
  };
}

async function readModel(context: ServiceContext, modelPath: string, hooks: Hooks): Promise<InspectModelOutput> {
  const model = { modelPath, allowExternalData: true, isDescribed: true };
  // Whatever the size, a model of a fixed size ignores it.
  return context.interactive.run('inspectModel', { ...model, imageSize: ASSUMED_SIZE }, hooks);
}

/** What lies in a folder of images, without opening any. @throws EngineError 'too-few-images'; FileError */
export async function inspectFolder(
  context: ServiceContext,
  given: Ingredients & { readonly imagesFolder: string },
  hooks: Hooks,
): Promise<FolderInspection> {
  const { labels, labelOf } = await readClasses(context, given, hooks);
  const images = await listFolder(given.imagesFolder, undefined);
  const counts = new Map<string, number>();
  for (const { classFolder } of images.places) {
    if (classFolder !== null) counts.set(classFolder, (counts.get(classFolder) ?? 0) + 1);
  }
  const classes = [...counts].map(([name, count]) => ({ name, classIndex: labelOf(name), count }));
  return {
    folder: images.folder,
    imageCount: images.paths.length,
    classes,
    hasSplits: images.places.some(({ split }) => split !== null),
    splits: expectedSplits(images.places.map(({ split }) => split)),
    maskCount: images.masks.size,
    warnings: folderWarnings(images, classes, labels.length),
  };
}

function folderWarnings(
  { paths, places, skipped }: ImageFolder,
  classes: FolderInspection['classes'],
  classCount: number,
): string[] {
  const warnings: string[] = [];
  const strangers = classes.filter(({ classIndex }) => classIndex === null).map(({ name }) => JSON.stringify(name));
  if (strangers.length > 0) {
    warnings.push(
      `${strangers.length} folders are no classes of the model: ${shortList(strangers)}. Their images count as unlabelled.`,
    );
  }
  const loose = places.filter(({ classFolder }) => classFolder === null).length;
  if (loose > 0) warnings.push(`${loose} of ${paths.length} images lie in no class folder and count as unlabelled.`);
  const known = new Set(classes.flatMap(({ classIndex }) => (classIndex === null ? [] : [classIndex])));
  if (known.size > 0 && known.size < classCount) {
    warnings.push(`The folder holds ${known.size} of the model's ${classCount} classes.`);
  }
  if (skipped.length > 0) {
    const named = skipped.map(({ path, reason }) => `${path} (${reason})`);
    warnings.push(`${skipped.length} files cannot be used: ${shortList(named)}.`);
  }
  return warnings;
}

/** Names in a sentence before it says "and more". */
const NAMED = 3;

function shortList(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return names.slice(0, NAMED).join(', ') + more;
}

/** The model's classes and how folders find theirs. */
async function readClasses(context: ServiceContext, { modelPath, labelsPath }: Ingredients, hooks: Hooks) {
  const path = resolve(modelPath);
  const model = { modelPath: path, allowExternalData: true, imageSize: ASSUMED_SIZE };
  const { inspection } = await context.interactive.run('inspectModel', model, hooks);
  const labels = readLabels(labelsPath, path, inspection.output.classCount);
  return { inspection, labels, labelOf: labelMatcher(labels), model: { modelPath: path, allowExternalData: true } };
}

/** Runs the real model on samples with every preset, or with the one that is given. */
export async function proveOnSamples(
  context: ServiceContext,
  given: Ingredients & { readonly imagesFolder: string; readonly preprocess?: string | undefined },
  hooks: Hooks,
): Promise<Answer<PreprocessingProof>> {
  const { inspection, labels, labelOf, model } = await readClasses(context, given, hooks);
  const { height, width, channels, layout, name: inputName } = inspection.input;
  if (height === undefined || width === undefined) {
    throw new EngineError(
      'model-unsupported',
      `${JSON.stringify(model.modelPath)} takes images of any size. Export it with the size in px that it was trained with.`,
      { file: model.modelPath, tensor: inputName },
    );
  }
  const images = await listFolder(given.imagesFolder, undefined);
  const facts = { width, height, channels, layout };
  const short = { ...context, jobs: context.interactive };
  const proven = await provePreprocessing(short, model, facts, images, labelOf, given.preprocess, hooks);
  const shown = spread(proven.trial?.predictions ?? [], SHOWN_SAMPLES);
  const pictures = await drawViews(context, shown, proven.sampleHashes, proven.preprocessing, hooks);
  return {
    chosen: given.preprocess ?? proven.trial?.name ?? proven.name,
    reason: reasonOf(proven.trials),
    trials: proven.trials.map((trial) => ({
      name: trial.name === 'given' ? (given.preprocess ?? trial.name) : trial.name,
      description: describePreprocessing(trial.preprocessing),
      accuracy: accuracyOf(trial, labels.length),
      confidence: trial.confidence,
    })),
    samples: shown.flatMap(({ path, classIndex, top, probability }) => {
      const picture = pictures.get(path);
      if (picture === undefined) return [];
      return [
        {
          path: portablePath(images.folder, path),
          label: classIndex === undefined ? null : labels[classIndex]!,
          predicted: labels[top] ?? `class ${top}`,
          probability,
          isRight: classIndex === undefined ? null : classIndex === top,
          picture,
        },
      ];
    }),
    isNearChance: proven.isNearChance,
    warnings: [...proven.notes],
  };
}

/** `count` of the items, evenly spread: samples are sorted by class. */
function spread<T>(items: readonly T[], count: number): T[] {
  const shown = Math.min(count, items.length);
  return Array.from({ length: shown }, (_, place) => items[Math.floor(((place + 0.5) * items.length) / shown)]!);
}

/** What the model sees of the samples, by path. */
async function drawViews(
  context: ServiceContext,
  samples: readonly SamplePrediction[],
  hashes: ReadonlyMap<string, string>,
  preprocessing: Preprocessing,
  hooks: Hooks,
): Promise<Map<string, Uint8Array>> {
  const drawn = new Map<string, Uint8Array>();
  const images = samples.map(({ path }) => ({ key: path, path, sha256: hashes.get(path)! }));
  const views = samples.map(({ path }) => ({ key: path, imageKey: path, scale: 1 as const }));
  const onEvent = (pictures: TaskEvent<'renderViews'>): void => {
    for (const { key, bytes } of pictures) drawn.set(key, bytes);
  };
  const input = { preprocessing, images, views, crops: [], maps: [] };
  const { skipped } = await context.interactive.run('renderViews', input, { ...hooks, onEvent });
  for (const { path, reason } of skipped) context.log.warn('sample left out', { path, reason });
  return drawn;
}

function accuracyOf({ accuracy, labelledCount }: PreprocessingTrial, classCount: number): Assessment {
  if (accuracy === undefined) return notAssessed('no sample image is labelled with a class of the model');
  const measured = measureRate(Math.round(accuracy * labelledCount), labelledCount);
  return measured.value === null ? measured : { ...measured, chance: 1 / classCount };
}

/** How sure the choice is. */
function reasonOf([best, next]: readonly PreprocessingTrial[]): string {
  if (best === undefined || best.imageCount === 0) return 'None of the sample images could be read.';
  const found = resultOf(best);
  if (next === undefined) return `With it the model ${found}.`;
  const isTie = best.accuracy !== undefined && best.accuracy === next.accuracy;
  const surer = isTie ? `, but is less sure (${next.confidence.toFixed(2)} against ${best.confidence.toFixed(2)})` : '';
  return `With it the model ${found}; with the next best, ${next.name}, it ${resultOf(next)}${surer}.`;
}

function resultOf({ accuracy, labelledCount, confidence, imageCount }: PreprocessingTrial): string {
  if (accuracy === undefined)
    return `is sure of its answers by ${confidence.toFixed(2)} on average over ${imageCount} images`;
  return `is right on ${Math.round(accuracy * labelledCount)} of ${labelledCount} labelled samples`;
}

/** Settings in a line. */
function describePreprocessing({ channelOrder, scale, mean, std, resize, width, height }: Preprocessing): string {
  const range = Math.abs(scale - 1) < 1e-9 ? '0 to 255' : `times ${scale.toPrecision(3)}`;
  const numbers = (values: readonly number[]) => values.map((value) => Number(value.toFixed(3))).join(', ');
  const shape =
    resize.mode === 'stretch'
      ? `stretched to ${width} x ${height} px`
      : resize.mode === 'shorter-side'
        ? `shorter side to ${resize.size} px, centre ${width} x ${height} px`
        : `brought to ${width} x ${height} px`;
  return `${channelOrder}, pixels ${range}, less ${numbers(mean)}, over ${numbers(std)}; ${shape}`;
}
