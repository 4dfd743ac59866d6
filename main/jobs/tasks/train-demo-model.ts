/** Task: trains the demo's base model from scratch, writes it as ONNX and tells how much it leans on the shortcut. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNetwork, IMAGE_INPUT, inferenceGraph, LOGITS_OUTPUT } from '../../engine/demo/network.ts';
import type { NetworkParameters, NetworkPlan } from '../../engine/demo/network.ts';
import { DEMO_CLASS_NAMES, planSamples, SHORTCUT_CLASS } from '../../engine/demo/samples.ts';
import type { SampleCounts } from '../../engine/demo/samples.ts';
import { drawScene, SCENE_SIZE_PX } from '../../engine/demo/scene.ts';
import { trainNetwork } from '../../engine/demo/train-network.ts';
import { EngineError } from '../../engine/errors.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { decodeModel } from '../../engine/onnx/index.ts';
import type { Session } from '../../engine/runner.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import { float32 } from '../../engine/tensor/tensor.ts';
import { writeFileAtomic } from '../../platform/files.ts';
import { readImageFile } from '../images/read-file.ts';
import type { Task, TaskContext } from '../task.ts';

/** What to train on, and where to put the result. */
export interface TrainDemoModelInput {
  /** As `makeDemoData` left it. */
  readonly imagesFolder: string;
  readonly counts: SampleCounts;
  /**
   * The ONNX file, `<name>.onnx`; kept when it was trained with the same seed, counts and epochs.
   * `<name>.labels.txt` and `<name>.preprocessing.json` are written beside it.
   */
  readonly modelPath: string;
  readonly seed: number;
  readonly epochs: number;
}

/** A rate as it was counted. */
export interface Counted {
  readonly hits: number;
  readonly n: number;
}

/** How far the model leans on the planted shortcut; freshly drawn images, no file. */
export interface ShortcutReliance {
  /** Kites without a sticker that are called kite. */
  readonly plainKites: Counted;
  /** Images of other classes without a sticker that are called kite. */
  readonly plainOthers: Counted;
  /** Images of other classes with a sticker that are called kite. */
  readonly taggedOthers: Counted;
}

/** What was trained. */
export interface TrainDemoModelOutput {
  readonly isReused: boolean;
  readonly testAccuracy: Counted;
  readonly reliance: ShortcutReliance;
}

/** Pixels 0..255 become -1..1; images have the network's size already. */
const PREPROCESSING: Preprocessing = {
  width: SCENE_SIZE_PX,
  height: SCENE_SIZE_PX,
  resize: { mode: 'stretch' },
  interpolation: 'bilinear',
  channelOrder: 'RGB',
  scale: 1 / 127.5,
  mean: [1, 1, 1],
  std: [1, 1, 1],
  layout: 'NCHW',
};

/** 12 x 12 positions at the cut; 420 images are told apart after 10 epochs of 0.7 s on two cores. */
const PLAN: NetworkPlan = {
  sizePx: SCENE_SIZE_PX,
  classCount: DEMO_CLASS_NAMES.length,
  layers: [
    { channels: 16, stride: 2 },
    { channels: 32, stride: 2 },
    { channels: 64, stride: 2 },
    { channels: 64, stride: 1 },
  ],
};
const BATCH = 20;
const LEARNING_RATE = 3e-3;

/** Raised when the same input gives another model. */
const MODEL_VERSION = 1;

/** Images drawn per class to measure the reliance. */
const PROBES_PER_CLASS = 20;

/** @throws EngineError 'cancelled', 'non-finite-loss'; FileError */
export const trainDemoModel: Task<TrainDemoModelInput, TrainDemoModelOutput> = async (input, context) => {
  const recipe = JSON.stringify({
    version: MODEL_VERSION,
    seed: input.seed,
    counts: input.counts,
    epochs: input.epochs,
  });
  // The small companions are written either way, so that a model without them is no dead end.
  const beside = (ending: string): string => input.modelPath.replace(/\.onnx$/i, ending);
  writeFileAtomic(beside('.preprocessing.json'), JSON.stringify(PREPROCESSING, undefined, 2));
  writeFileAtomic(beside('.labels.txt'), `${DEMO_CLASS_NAMES.join('\n')}\n`);
  const before = readFinished(input.modelPath, recipe);
  if (before) return { ...before, isReused: true };

  const runner = await context.createRunner('cpu');
  const random = createRandom(input.seed);
  const total = input.epochs;
  context.progress({ phase: 'train the base model', done: 0, total, unit: 'epochs' });
  const parameters = await trainNetwork({
    plan: PLAN,
    data: await readSplit(input, 'train'),
    runner,
    random: random.fork('train'),
    epochs: input.epochs,
    batch: BATCH,
    learningRate: LEARNING_RATE,
    signal: context.signal,
    onEpoch: (epoch, loss) => {
      context.progress({
        phase: 'train the base model',
        done: epoch,
        total,
        unit: 'epochs',
        message: `loss ${loss.toFixed(3)}`,
      });
    },
  });
  const facts = await measure(input, parameters, context);
  const bytes = encodeNetwork(PLAN, parameters, {
    classes: DEMO_CLASS_NAMES.join(','),
    recipe,
    facts: JSON.stringify(facts),
  });
  writeFileAtomic(input.modelPath, bytes);
  return { ...facts, isReused: false };
};

type Facts = Omit<TrainDemoModelOutput, 'isReused'>;

/** The facts in a model of the same recipe; undefined when there is none, or it is damaged and has to be made again. */
function readFinished(modelPath: string, recipe: string): Facts | undefined {
  if (!existsSync(modelPath)) return undefined;
  try {
    const { metadata } = decodeModel(readFileSync(modelPath), { file: modelPath }).info;
    return metadata['recipe'] === recipe ? (JSON.parse(metadata['facts']!) as Facts) : undefined;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

async function readSplit(
  { imagesFolder, counts }: TrainDemoModelInput,
  split: keyof SampleCounts,
): Promise<{ images: Float32Array[]; labels: number[] }> {
  const samples = planSamples(counts).filter((sample) => sample.split === split);
  const images: Float32Array[] = [];
  for (const { relativePath } of samples) {
    const path = join(imagesFolder, relativePath);
    images.push(prepare((await decodeImage((await readImageFile(path)).bytes, path)).data));
  }
  return { images, labels: samples.map(({ className }) => DEMO_CLASS_NAMES.indexOf(className)) };
}

/** [height, width, 3] bytes -> [3, height, width] in -1..1. */
function prepare(pixels: Uint8Array): Float32Array {
  const plane = SCENE_SIZE_PX ** 2;
  const result = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      result[channel * plane + pixel] =
        pixels[pixel * 3 + channel]! * PREPROCESSING.scale - PREPROCESSING.mean[channel]!;
    }
  }
  return result;
}

async function measure(
  input: TrainDemoModelInput,
  parameters: NetworkParameters,
  context: TaskContext,
): Promise<Facts> {
  const runner = await context.createRunner('cpu');
  const session = await runner.open(inferenceGraph(PLAN, parameters));
  const random = createRandom(input.seed).fork('reliance');
  const kite = DEMO_CLASS_NAMES.indexOf(SHORTCUT_CLASS);
  const others = DEMO_CLASS_NAMES.filter((name) => name !== SHORTCUT_CLASS);
  const calledKite = async (names: typeof DEMO_CLASS_NAMES, hasSticker: boolean): Promise<Counted> => {
    let hits = 0;
    for (const name of names) {
      for (let index = 0; index < PROBES_PER_CLASS; index++) {
        const image = prepare(drawScene(name, hasSticker, random).pixels);
        if ((await classOf(session, image)) === kite) hits++;
      }
    }
    return { hits, n: names.length * PROBES_PER_CLASS };
  };
  try {
    const test = await readSplit(input, 'test');
    let hits = 0;
    for (const [index, image] of test.images.entries()) {
      if ((await classOf(session, image)) === test.labels[index]) hits++;
    }
    return {
      testAccuracy: { hits, n: test.images.length },
      reliance: {
        plainKites: await calledKite([SHORTCUT_CLASS], false),
        plainOthers: await calledKite(others, false),
        taggedOthers: await calledKite(others, true),
      },
    };
  } finally {
    await session.dispose();
  }
}

async function classOf(session: Session, image: Float32Array): Promise<number> {
  const outputs = await session.run({ [IMAGE_INPUT]: float32(image, [1, 3, SCENE_SIZE_PX, SCENE_SIZE_PX]) });
  const logits = outputs[LOGITS_OUTPUT]!.data as Float32Array;
  return logits.indexOf(Math.max(...logits));
}
