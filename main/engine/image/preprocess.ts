/** How a model wants its pixels: the settings, and the way from a decoded image to the model's input. */
import { InvariantError } from '../errors.ts';
import { resizePixels } from './resize.ts';
import type { Interpolation, Pixels, Window } from './resize.ts';

/** How the image is brought to the model's size. */
export type ResizeRule =
  /**
   * Scales so that the shorter side is `size` px (the longer one follows, rounded down) and takes the centre,
   * as torchvision's Resize and CenterCrop do. `size` is at least the model's longer side.
   */
  | { readonly mode: 'shorter-side'; readonly size: number }
  /** Scales both sides to the model's size and ignores the aspect ratio. */
  | { readonly mode: 'stretch' }
  /** Scales so that the whole image fits, centred; the border is grey of value `fill`, 0..255. */
  | { readonly mode: 'fit'; readonly fill: number };

/** Everything between a decoded image and the model's input; plain JSON. */
export interface Preprocessing {
  /** Size the model sees, px. */
  readonly width: number;
  readonly height: number;
  readonly resize: ResizeRule;
  /** Resampling filter, antialiased when shrinking, as in Pillow. */
  readonly interpolation: Interpolation;
  /** 'grey' is one channel, ITU-R 601 luma taken before resizing. */
  readonly channelOrder: 'RGB' | 'BGR' | 'grey';
  /** value = (pixel * scale - mean[c]) / std[c], pixel 0..255; c counts in the model's channel order. */
  readonly scale: number;
  /** One number per channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Axis order of the model's input. */
  readonly layout: 'NCHW' | 'NHWC';
}

/** Where an image lands: its scaled size, the part of it that is used, and where that part is put. */
export interface Placement {
  /** Size of the whole image after scaling, px. */
  readonly scaledWidth: number;
  readonly scaledHeight: number;
  /** The part of the scaled image that the model sees. */
  readonly window: Window;
  /** Place of that part in the model's input, px; not 0 only for 'fit'. */
  readonly left: number;
  readonly top: number;
}

/**
 * Says where an image of a size lands in the model's input.
 * @param width of the upright image, px
 * @param height px
 */
export function placeImage(settings: Preprocessing, width: number, height: number): Placement {
  const model = { width: settings.width, height: settings.height };
  switch (settings.resize.mode) {
    case 'stretch':
      return placement(model.width, model.height, { left: 0, top: 0, ...model });
    case 'shorter-side': {
      const { size } = settings.resize;
      const scaledWidth = width <= height ? size : Math.floor((size * width) / height);
      const scaledHeight = width <= height ? Math.floor((size * height) / width) : size;
      const left = roundHalfEven((scaledWidth - model.width) / 2);
      const top = roundHalfEven((scaledHeight - model.height) / 2);
      return placement(scaledWidth, scaledHeight, { left, top, ...model });
    }
    case 'fit': {
      const scale = Math.min(model.width / width, model.height / height);
      const scaledWidth = Math.min(model.width, Math.max(1, Math.round(width * scale)));
      const scaledHeight = Math.min(model.height, Math.max(1, Math.round(height * scale)));
      return {
        ...placement(scaledWidth, scaledHeight, { left: 0, top: 0, width: scaledWidth, height: scaledHeight }),
        left: Math.floor((model.width - scaledWidth) / 2),
        top: Math.floor((model.height - scaledHeight) / 2),
      };
    }
  }
}

function placement(scaledWidth: number, scaledHeight: number, window: Window): Placement {
  return { scaledWidth, scaledHeight, window, left: 0, top: 0 };
}

/** Python's `round`, which torchvision's CenterCrop uses: 0.5 -> 0, 1.5 -> 2. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(value);
}

/**
 * Brings an image to the size the model sees.
 * @param image sRGB, upright
 * @returns settings.height x settings.width pixels, 8 bits, RGB or grey: what the model sees, before normalisation
 */
export function fitToModel(settings: Preprocessing, image: Pixels): Pixels {
  const source = settings.channelOrder === 'grey' ? toGrey(image) : image;
  const place = placeImage(settings, image.width, image.height);
  const part = resizePixels(source, place.scaledWidth, place.scaledHeight, settings.interpolation, place.window);
  if (settings.resize.mode !== 'fit') return part;
  const { width, height } = settings;
  const { channels } = part;
  const data = new Uint8Array(width * height * channels).fill(settings.resize.fill);
  for (let y = 0; y < part.height; y++) {
    const line = part.data.subarray(y * part.width * channels, (y + 1) * part.width * channels);
    data.set(line, ((place.top + y) * width + place.left) * channels);
  }
  return { width, height, channels, data };
}

/** Luma in 16-bit fixed point, Pillow's `convert('L')`. */
function toGrey(image: Pixels): Pixels {
  if (image.channels === 1) return image;
  const data = new Uint8Array(image.width * image.height);
  for (let index = 0, at = 0; index < data.length; index++, at += 3) {
    data[index] = (image.data[at]! * 19595 + image.data[at + 1]! * 38470 + image.data[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width: image.width, height: image.height, channels: 1, data };
}

/**
 * Writes one image as the model's input values.
 * @param pixels as `fitToModel` returns them
 * @param target holds at least channels * height * width values from `offset` on
 * @param offset first element of this image in `target`
 */
export function normalizePixels(settings: Preprocessing, pixels: Pixels, target: Float32Array, offset = 0): void {
  const channels = channelCount(settings);
  if (pixels.channels !== channels) {
    throw new InvariantError(`${pixels.channels} channels of pixels for ${channels} of the model`);
  }
  const { data } = pixels;
  const count = pixels.width * pixels.height;
  for (let channel = 0; channel < channels; channel++) {
    // A table of the 256 possible values is exact and faster than the arithmetic.
    const values = normalizationTable(settings, channel);
    const step = settings.layout === 'NCHW' ? 1 : channels;
    let to = offset + (settings.layout === 'NCHW' ? channel * count : channel);
    let from = settings.channelOrder === 'BGR' ? channels - 1 - channel : channel;
    for (let index = 0; index < count; index++, to += step, from += channels) target[to] = values[data[from]!]!;
  }
}

/** Model values of pixel values 0..255 in one channel. */
function normalizationTable(settings: Preprocessing, channel: number): Float32Array {
  const mean = settings.mean[channel]!;
  const std = settings.std[channel]!;
  return Float32Array.from({ length: 256 }, (_, pixel) => (pixel * settings.scale - mean) / std);
}

/** Channels the model takes: 1 or 3. */
export function channelCount(settings: Preprocessing): 1 | 3 {
  return settings.channelOrder === 'grey' ? 1 : 3;
}

/** Values of one image in the model's input. */
export function inputLength(settings: Preprocessing): number {
  return channelCount(settings) * settings.height * settings.width;
}

/** Shape of a batch in the settings' layout: [batch, channels, height, width] or [batch, height, width, channels]. */
export function inputShape(settings: Preprocessing, batch: number): number[] {
  const { width, height, layout } = settings;
  const channels = channelCount(settings);
  return layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
}
