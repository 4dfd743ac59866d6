/** A whole project on tiny material: a convolutional classifier of colours written node by node, and small noisy images. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeModel, GraphBuilder, int, ints } from '../../main/engine/onnx/index.ts';
import { encodeImage } from '../../main/engine/runtime/encode-image.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { JobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { silentLog } from '../../main/platform/log.ts';
import { createServices } from '../../main/services/index.ts';
import type { LearnRequest, NewProjectOptions, Services } from '../../main/services/index.ts';

/** The classes of the tiny model; its input favours the channel of the same place. */
export const TINY_CLASSES = ['red', 'green', 'blue'] as const;

/** Side of the tiny model's input and of most images, px. */
export const TINY_SIZE_PX = 32;

/** Values of a pixel with a class's colour: bright in its channel, dim in the others. */
const BRIGHT = 200;
const DIM = 70;
const NOISE = 50;

/** Colour channels, then channels of random stripes and blobs, so that words have something to tell apart. */
const CHANNELS = 8;

/**
 * Bytes of a classifier of three colours, x [1, 3, 32, 32] -> logits [1, 3]: convolution 4 x 4 with stride 4 and ReLU
 * [1, 8, 8, 8], mean over places, linear layer.
 */
export function tinyModel(): Uint8Array {
  const random = createRandom(1);
  const kernels = new Float32Array(CHANNELS * 3 * 16);
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let color = 0; color < 3; color++) {
      for (let place = 0; place < 16; place++) {
        const value = channel < 3 ? Number(channel === color) / 16 : random.normal() / 12;
        kernels[(channel * 3 + color) * 16 + place] = value;
      }
    }
  }
  const weights = new Float32Array(3 * CHANNELS);
  for (let label = 0; label < 3; label++) weights[label * CHANNELS + label] = 4;
  const builder = new GraphBuilder({ name: 'tiny' });
  const image = builder.input('image', 'float32', [1, 3, TINY_SIZE_PX, TINY_SIZE_PX]);
  const kernel = builder.constant(float32(kernels, [CHANNELS, 3, 4, 4]), 'kernel');
  const map = builder.op('Relu', [builder.op('Conv', [image, kernel], { strides: ints([4, 4]) })], {}, 'map');
  const pooled = builder.op('Flatten', [builder.op('GlobalAveragePool', [map])], { axis: int(1) });
  const linear = builder.constant(float32(weights, [3, CHANNELS]), 'linear');
  const bias = builder.constant(float32(new Float32Array(3), [3]), 'bias');
  builder.output(builder.op('Gemm', [pooled, linear, bias], { transB: int(1) }), 'logits');
  return encodeModel(builder.build());
}

/** A PNG in a class's colour under noise; another `seed` is another image. */
export async function tinyImage(label: number, seed: number): Promise<Uint8Array> {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: TINY_SIZE_PX * TINY_SIZE_PX * 3 }, (_, index) => {
    const level = index % 3 === label ? BRIGHT : DIM;
    return level + Math.round((random.next() - 0.5) * 2 * NOISE);
  });
  return encodeImage({ width: TINY_SIZE_PX, height: TINY_SIZE_PX, channels: 3, data });
}

/** Writes a file and the folders it lies in. */
export function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** The split an image's number falls into: three fifths train, a fifth validation, a fifth test. */
function splitOf(index: number): string {
  return ['test', 'validation'][index % 5] ?? 'train';
}

/** Writes `perClass` images a class into split/class folders. */
export async function putTinyImages(
  folder: string,
  perClass: number,
  labels: readonly number[] = [0, 1, 2],
): Promise<void> {
  for (const label of labels) {
    for (let index = 0; index < perClass; index++) {
      const bytes = await tinyImage(label, 1000 * (label + 1) + index);
      put(join(folder, splitOf(index), TINY_CLASSES[label]!, `${index}.png`), bytes);
    }
  }
}

/** A preset that learns for a few epochs of milliseconds, with a checkpoint after each of them. */
export const TINY_PRESET = 'tiny';

/** What to learn in tests that look at interruptions: several epochs, so that there is something to resume. */
export const TINY_LEARN: LearnRequest = { preset: TINY_PRESET, wordCount: 6, seed: 3, device: 'cpu' };

/** The presets of the application and TINY_PRESET. */
function putResources(folder: string): void {
  const presets = join(import.meta.dirname, '../../resources/presets');
  cpSync(presets, join(folder, 'presets'), { recursive: true });
  const evidence = JSON.parse(readFileSync(join(presets, 'evidence.json'), 'utf8')) as {
    readonly addOn: object;
    readonly phases: readonly object[];
  };
  const tiny = {
    ...evidence,
    name: TINY_PRESET,
    addOn: { ...evidence.addOn, principalCount: 4 },
    batchSize: 8,
    phases: evidence.phases.map(({ patience: _patience, ...phase }: { patience?: number }) => ({
      ...phase,
      epochs: 20,
    })),
  };
  writeFileSync(join(folder, 'presets', `${TINY_PRESET}.json`), JSON.stringify(tiny));
}

/** The application over a resources folder. */
export function tinyServices(folder: string, jobs: JobQueue = createJobQueue()): Services {
  return createServices({
    jobs,
    clock: systemClock,
    log: silentLog,
    actor: 'tester',
    appVersion: '0.0.0',
    resourcesFolder: join(folder, 'resources'),
    dataFolder: folder,
  });
}

/** A folder with model, labels, images and resources, and the application over it. */
export interface TinyWorld {
  readonly folder: string;
  readonly modelPath: string;
  readonly imagesFolder: string;
  readonly services: Services;
  /** Path inside the folder. */
  readonly at: (...parts: readonly string[]) => string;
  /** Makes a project, by default with the model and the images of this world. */
  readonly make: (name: string, options?: Partial<NewProjectOptions>) => ReturnType<Services['createProject']>;
  /** Ends the compute process and removes the folder. */
  readonly close: () => Promise<void>;
}

/** Sets the scene; every test file has its own. @param perClass images a class */
export async function openTinyWorld(perClass = 10): Promise<TinyWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-tiny-'));
  const at = (...parts: readonly string[]) => join(folder, ...parts);
  const modelPath = at('tiny.onnx');
  const imagesFolder = at('images');
  put(modelPath, tinyModel());
  put(at('tiny.labels.txt'), `${TINY_CLASSES.join('\n')}\n`);
  await putTinyImages(imagesFolder, perClass);
  putResources(at('resources'));
  const services = tinyServices(folder);
  return {
    folder,
    modelPath,
    imagesFolder,
    services,
    at,
    make: (name, options = {}) =>
      services.createProject(at(name), { modelPath, imagesFolder, preprocess: 'unit', ...options }),
    close: async () => {
      await services.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How an action was refused. */
export interface Refusal {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** The error of an action that must fail, as its carriers see it. */
export async function refusalOf(action: Promise<unknown>): Promise<Refusal> {
  try {
    await action;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { name: error.name, code: String(error.code), message: error.message };
  }
  throw new Error('was not refused');
}

/** Names of the files in a world's folder that belong to a project, temporary ones included. */
export function traces({ folder }: TinyWorld, name: string): string[] {
  return readdirSync(folder).filter((file) => file.startsWith(name));
}
