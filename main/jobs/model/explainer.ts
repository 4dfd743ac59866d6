/** Both models and Grad-CAM, open and ready for one image after the other. */
import { EngineError } from '../../engine/errors.ts';
import { createGradCam } from '../../engine/explain/grad-cam.ts';
import type { GradCam } from '../../engine/explain/grad-cam.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { Pixels } from '../../engine/image/resize.ts';
import type { OutputKind } from '../../engine/metrics/outcome.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import type { OpenWordModel } from '../../engine/words/open-word-model.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { sha256 } from '../../platform/hash.ts';
import { readImageFile } from '../images/read-file.ts';
import type { ImageFile } from '../images/read-file.ts';
import type { DeviceChoice, TaskContext } from '../task.ts';
import { openBaseModel } from './base-model.ts';
import type { BaseModel } from './base-model.ts';
import { readModel } from './read-model.ts';
import type { ModelReference } from './read-model.ts';

/** What to open. */
export interface ExplainerInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point, as `extract` returned it. */
  readonly cut: string;
  readonly wordModel: WordModel;
  /** Names the word model by its content. With it, and the model's hash, everything stays open for the next image. */
  readonly wordModelSha256?: string;
  /** Default 'cpu'. */
  readonly device?: DeviceChoice;
}

/** An image to look at. */
export interface ExplainedImage {
  /** Any image file; it need not belong to the project. With `imageBytes` only a name for messages. */
  readonly imagePath: string;
  /** The image itself, when it is in memory; nothing is read then. */
  readonly imageBytes?: Uint8Array;
  /** What the file was when it was imported: another content, or none, is refused. Absent for an image from outside. */
  readonly imageSha256?: string;
}

/** Everything that explaining takes. */
export interface Explainer {
  readonly base: BaseModel;
  readonly words: OpenWordModel<'activationMaps' | 'scores' | 'logits'>;
  readonly gradCam: GradCam;
  readonly outputs: OutputKind;
  /** Classes that may be asked for: two for a single logit. */
  readonly classCount: number;
  dispose(): Promise<void>;
}

/**
 * Does something with an open explainer, which is kept when everything it is made of is named by content.
 * @throws EngineError as `readModel`, `openBaseModel` and `createGradCam` do
 */
export async function withExplainer<Result>(
  input: ExplainerInput,
  context: Pick<TaskContext, 'createRunner' | 'memo'>,
  action: (explainer: Explainer) => Promise<Result>,
): Promise<Result> {
  const { modelSha256, imageSize } = input.model;
  if (modelSha256 !== undefined && input.wordModelSha256 !== undefined) {
    const { width, height } = input.model.preprocessing;
    const parts = [modelSha256, input.cut, input.wordModelSha256, input.device ?? 'cpu', imageSize, width, height];
    const key = `explainer ${JSON.stringify(parts)}`;
    return action(await context.memo(key, () => open(input, context)));
  }
  const explainer = await open(input, context);
  try {
    return await action(explainer);
  } finally {
    await explainer.dispose();
  }
}

/**
 * The pixels of an image, upright, and the hash of its file.
 * @throws EngineError 'image-unreadable', 'image-refused'
 */
export async function readExplained(
  image: ExplainedImage,
): Promise<{ readonly pixels: Pixels; readonly sha256: string }> {
  const { imagePath, imageBytes } = image;
  const file = imageBytes ? { bytes: imageBytes, sha256: sha256(imageBytes) } : await readFromDisk(image);
  return { pixels: await decodeImage(file.bytes, imagePath), sha256: file.sha256 };
}

/** What to do about an image of a project that is not as it was. */
const PUT_BACK =
  'Put it, or the folder it was imported from, back there; or drop the image here to explain it as it is now.';

async function readFromDisk({ imagePath, imageSha256 }: ExplainedImage): Promise<ImageFile> {
  const details = { file: imagePath };
  let file: ImageFile;
  try {
    file = await readImageFile(imagePath);
  } catch (error) {
    if (imageSha256 === undefined || !(error instanceof EngineError) || error.code !== 'image-unreadable') throw error;
    throw new EngineError('image-unreadable', `${error.message} ${PUT_BACK}`, details, { cause: error });
  }
  if (imageSha256 === undefined || file.sha256 === imageSha256) return file;
  const message = `The image ${JSON.stringify(imagePath)} has changed since it was imported. ${PUT_BACK}`;
  throw new EngineError('image-unreadable', message, details);
}

async function open(input: ExplainerInput, context: Pick<TaskContext, 'createRunner'>): Promise<Explainer> {
  const model = readModel(input.model);
  const runner = await context.createRunner(input.device ?? 'cpu');
  const opened: { dispose(): Promise<void> }[] = [];
  const dispose = async (): Promise<void> => {
    for (const item of opened.splice(0)) await item.dispose();
  };
  try {
    const base = await openBaseModel({ model, preprocessing: input.model.preprocessing, runner, cut: input.cut });
    opened.push(base);
    const { cutPoint, head, headGraph } = base.cut;
    const { channels, height, width } = cutPoint;
    const wanted = ['activationMaps', 'scores', 'logits'] as const;
    const words = await openWordModel(runner, input.wordModel, { batch: 1, channels, height, width }, wanted);
    opened.push(words);
    const gradCam = await createGradCam({ head, headGraph, runner });
    opened.push(gradCam);
    const { kind, classCount } = model.inspection.output;
    return { base, words, gradCam, outputs: kind === 'sigmoid' ? 'sigmoid' : 'softmax', classCount, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
