/** How a model wants its pixels: the settings, their presets, and the conversion to a tensor. */

/** How the image is brought to the model's size. */
export type ResizeRule =
  /** Scales so that the shorter side is `size` px; the longer one follows (rounded down, as torchvision does). */
  | { readonly mode: 'shorter-side'; readonly size: number }
  /** Scales both sides to the model's size and ignores the aspect ratio. */
  | { readonly mode: 'stretch' }
  /** Scales so that the whole image fits, and fills the border with `fill` (0..255, grey). */
  | { readonly mode: 'fit'; readonly fill: number };

/** Everything between a decoded image and the model's input; serialises to JSON. */
export interface Preprocessing {
  /** Size the model sees, px. */
  readonly width: number;
  readonly height: number;
  readonly resize: ResizeRule;
  /** Resampling filter, antialiased when shrinking as in PIL. */
  readonly interpolation: 'bilinear' | 'bicubic' | 'nearest';
  /** 'grey' is one channel, ITU-R 601 luma. */
  readonly channelOrder: 'RGB' | 'BGR' | 'grey';
  /** value = (pixel * scale - mean[c]) / std[c], pixel 0..255; c counts in the model's channel order. */
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Axis order of the model's input. */
  readonly layout: 'NCHW' | 'NHWC';
}
