/** Task: pictures for people: what the model sees of an image, parts of it enlarged, and maps to lay over it. */
import { EngineError } from '../../engine/errors.ts';
import { fitToModel, placeImage } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { createMapResizer } from '../../engine/image/resize-map.ts';
import { resizePixels } from '../../engine/image/resize.ts';
import type { Pixels } from '../../engine/image/resize.ts';
import { decodeImage, readImageHeader } from '../../engine/runtime/decode-image.ts';
import { encodeImage, encodeOverlay } from '../../engine/runtime/encode-image.ts';
import type { Box, CompactMap } from '../../../preload/contract/index.ts';
import { overlayTable } from '../images/colour-ramp.ts';
import type { RampName } from '../images/colour-ramp.ts';
import type { ImageReference, SkippedImage } from '../images/image-reference.ts';
import { mapInOrder } from '../images/ordered-pool.ts';
import { readImageFile } from '../images/read-file.ts';
import type { Task } from '../task.ts';

/** What to draw. Keys are the caller's; each emitted picture carries the key of its request. */
export interface RenderViewsInput {
  readonly preprocessing: Preprocessing;
  /** Images the crops and views are of; each is decoded once. With `bytes` nothing is read and `path` only names them. */
  readonly images: readonly (ImageReference & { readonly key: string; readonly bytes?: Uint8Array })[];
  /** The model's view of an image, whole. */
  readonly views: readonly {
    readonly key: string;
    readonly imageKey: string;
    /** Pixels per pixel of the model's input, fewer where the image does not have them. Default 1. */
    readonly scale?: ViewScale;
  }[];
  /** Parts of the model's view. */
  readonly crops: readonly {
    readonly key: string;
    readonly imageKey: string;
    /** px of the model's input view; what lies outside is cut off. */
    readonly box: Box;
    /** Longer side of the picture, px. */
    readonly sizePx: number;
  }[];
  /** Maps as overlays: the stronger the place, the less transparent. */
  readonly maps: readonly { readonly key: string; readonly map: CompactMap; readonly ramp: RampName }[];
  /** JPEG quality of views and crops, 1..100. Default 80. */
  readonly quality?: number;
}

/** How much finer than the model's input a view is. */
type ViewScale = (typeof SCALES)[number];

/** Ascending. */
const SCALES = [1, 2, 4] as const;

/** One finished picture. */
export interface RenderedPicture {
  readonly key: string;
  readonly format: 'jpeg' | 'png';
  readonly bytes: Uint8Array;
}

/** What could not be drawn. */
export interface RenderViewsOutput {
  /** Images that are gone, unreadable, or not the file they were; their pictures are not emitted. */
  readonly skipped: readonly (SkippedImage & { readonly key: string })[];
}

/** Usual JPEG quality: a hundred words with their patches stay below 12 MB. */
const QUALITY = 80;

/** Images with more pixels are decoded one at a time: a dozen of the largest would take gigabytes. */
const LARGE_PIXELS = 24_000_000;

/** Longer side of an overlay, px; the browser smooths the rest. */
const OVERLAY_PX = 112;

/** Crops are cut from a view this much finer, so that they are sharp where the file has more detail than the model sees. */
const CROP_SCALE = 2;

/** Images in work at a time: as many as the thread pool of node takes. */
const CONCURRENCY = 4;

/** Maps drawn between two looks at the signal. */
const MAPS_PER_CHUNK = 16;

/** Emits arrays of RenderedPicture. A file that cannot be used is listed, never a failure of the task. */
export const renderViews: Task<RenderViewsInput, RenderViewsOutput, readonly RenderedPicture[]> = async (
  input,
  context,
) => {
  const skipped: (SkippedImage & { readonly key: string })[] = [];
  const views = Map.groupBy(input.views, (view) => view.imageKey);
  const crops = Map.groupBy(input.crops, (crop) => crop.imageKey);
  const oneAtATime = createQueue();

  async function drawImage(image: RenderViewsInput['images'][number]): Promise<RenderedPicture[]> {
    context.signal.throwIfAborted();
    const wanted = { views: views.get(image.key) ?? [], crops: crops.get(image.key) ?? [] };
    if (wanted.views.length + wanted.crops.length === 0) return [];
    try {
      const bytes = image.bytes ?? (await readUnchanged(image));
      const { width, height } = await readImageHeader(bytes, image.path);
      const draw = async () => drawPictures(input, await decodeImage(bytes, image.path), wanted);
      return await (width * height > LARGE_PIXELS ? oneAtATime(draw) : draw());
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { key, path, sha256 } = image;
      skipped.push({ key, path, sha256, reason: error.message });
      return [];
    }
  }

  let done = 0;
  const total = input.images.length;
  context.progress({ phase: 'draw', done, total, unit: 'images' });
  for await (const pictures of mapInOrder(input.images, CONCURRENCY, drawImage)) {
    context.signal.throwIfAborted();
    if (pictures.length > 0) await context.emit(pictures);
    context.progress({ phase: 'draw', done: ++done, total, unit: 'images' });
  }
  for (let from = 0; from < input.maps.length; from += MAPS_PER_CHUNK) {
    context.signal.throwIfAborted();
    await context.emit(await Promise.all(input.maps.slice(from, from + MAPS_PER_CHUNK).map(drawMap)));
  }
  return { skipped };
};

/** @throws EngineError 'image-unreadable' when the file is gone or not the one that was imported */
async function readUnchanged({ path, sha256 }: ImageReference): Promise<Uint8Array> {
  const file = await readImageFile(path);
  if (file.sha256 === sha256) return file.bytes;
  throw new EngineError('image-unreadable', 'The file has changed since it was imported.', { file: path });
}

/** Runs actions one after the other, whatever becomes of those before. */
function createQueue(): <Result>(action: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next;
    return next;
  };
}

async function drawPictures(
  { preprocessing: settings, quality = QUALITY }: RenderViewsInput,
  pixels: Pixels,
  wanted: Pick<RenderViewsInput, 'views' | 'crops'>,
): Promise<RenderedPicture[]> {
  const sizes = new Map<number, Pixels>();
  const viewAt = (scale: number): Pixels => {
    const view = sizes.get(scale) ?? fitToModel(enlarged(settings, scale), pixels);
    sizes.set(scale, view);
    return view;
  };
  const jpeg = async (key: string, picture: Pixels): Promise<RenderedPicture> => ({
    key,
    format: 'jpeg',
    bytes: await encodeImage(picture, 'jpeg', quality),
  });
  const pictures: RenderedPicture[] = [];
  for (const { key, scale } of wanted.views)
    pictures.push(await jpeg(key, viewAt(usefulScale(settings, pixels, scale ?? 1))));
  for (const { key, box, sizePx } of wanted.crops) {
    const part = cut(viewAt(CROP_SCALE), box, CROP_SCALE);
    const factor = sizePx / Math.max(part.width, part.height);
    const width = Math.max(1, Math.round(part.width * factor));
    const height = Math.max(1, Math.round(part.height * factor));
    pictures.push(await jpeg(key, resizePixels(part, width, height, 'bicubic')));
  }
  return pictures;
}

/** The smallest scale that loses none of the image's pixels, at most the wanted one. */
function usefulScale(settings: Preprocessing, { width, height }: Pixels, wanted: ViewScale): ViewScale {
  const { scaledWidth, scaledHeight } = placeImage(settings, width, height);
  const available = Math.max(width / scaledWidth, height / scaledHeight);
  return SCALES.find((scale) => scale === wanted || scale >= available) ?? wanted;
}

/** The same framing at more pixels. */
function enlarged(settings: Preprocessing, scale: number): Preprocessing {
  const { resize } = settings;
  return {
    ...settings,
    width: settings.width * scale,
    height: settings.height * scale,
    resize: resize.mode === 'shorter-side' ? { ...resize, size: resize.size * scale } : resize,
  };
}

/** The pixels of a box, at least one. */
function cut(view: Pixels, box: Box, scale: number): Pixels {
  const left = clamp(Math.floor(box.left * scale), 0, view.width - 1);
  const top = clamp(Math.floor(box.top * scale), 0, view.height - 1);
  const width = clamp(Math.ceil((box.left + box.width) * scale), left + 1, view.width) - left;
  const height = clamp(Math.ceil((box.top + box.height) * scale), top + 1, view.height) - top;
  const { channels } = view;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * view.width + left) * channels;
    data.set(view.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

async function drawMap({ key, map, ramp }: RenderViewsInput['maps'][number]): Promise<RenderedPicture> {
  const factor = OVERLAY_PX / Math.max(map.width, map.height);
  const width = Math.max(1, Math.round(map.width * factor));
  const height = Math.max(1, Math.round(map.height * factor));
  const resize = createMapResizer({
    method: 'bilinear',
    height: map.height,
    width: map.width,
    outputHeight: height,
    outputWidth: width,
  });
  const levels = resize(Float32Array.from(map.values), new Float32Array(width * height));
  const table = overlayTable(ramp);
  const data = new Uint8Array(levels.length * 4);
  levels.forEach((level, index) => {
    const at = Math.round(level) * 4;
    data.set(table.subarray(at, at + 4), index * 4);
  });
  return { key, format: 'png', bytes: await encodeOverlay(data, width, height) };
}
