/** Where preprocessing settings come from: named presets, and JSON that is checked field by field. */
import { EngineError } from '../errors.ts';
import type { Preprocessing, ResizeRule } from './preprocess.ts';

/** What the model's input fixes; the rest is convention. */
export interface InputFacts {
  /** px */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly layout: 'NCHW' | 'NHWC';
}

/** A convention of a training framework. */
interface Preset {
  readonly channelOrder: 'RGB' | 'BGR';
  readonly scale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** 'crop': shorter side to 256 / 224 of the model's size, then the centre. */
  readonly resize: 'crop' | 'stretch';
}

const BYTE = 1 / 255;

/** Named conventions. Means and deviations are in the units of pixel * scale. */
const PRESETS = {
  /** torchvision's reference transforms; mean and deviation of the ImageNet training set in 0..1. */
  imagenet: {
    channelOrder: 'RGB',
    scale: BYTE,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    resize: 'crop',
  },
  /** TensorFlow's inception preprocessing: pixels in -1..1. */
  tf: { channelOrder: 'RGB', scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1], resize: 'crop' },
  /** Mean and deviation of the CIFAR-10 training set; the image is stretched, CIFAR images are square. */
  cifar: {
    channelOrder: 'RGB',
    scale: BYTE,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.2023, 0.1994, 0.201],
    resize: 'stretch',
  },
  /** Pixels in 0..1 and nothing else. */
  unit: { channelOrder: 'RGB', scale: BYTE, mean: [0, 0, 0], std: [1, 1, 1], resize: 'crop' },
  /** Caffe's ImageNet models: BGR in 0..255 less the mean. */
  caffe: { channelOrder: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1], resize: 'crop' },
} as const satisfies Record<string, Preset>;

/** A preset's name. */
export type PresetName = keyof typeof PRESETS;

/** All preset names, the likeliest first. */
export const PRESET_NAMES: readonly PresetName[] = Object.keys(PRESETS) as PresetName[];

/** True when `name` is a preset's name. */
export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}

/**
 * The settings of a preset for a model. A grey model takes the mean over the preset's three channels.
 * @param name one of PRESET_NAMES
 */
export function presetPreprocessing(name: PresetName, input: InputFacts): Preprocessing {
  const preset: Preset = PRESETS[name];
  const isGrey = input.channels === 1;
  const perChannel = (values: readonly number[]) =>
    isGrey ? [values.reduce((sum, value) => sum + value, 0) / values.length] : [...values];
  // 256 / 224, the ratio of the ImageNet papers, at any size.
  const size = Math.round((Math.max(input.width, input.height) * 256) / 224);
  return {
    width: input.width,
    height: input.height,
    resize: preset.resize === 'crop' ? { mode: 'shorter-side', size } : { mode: 'stretch' },
    interpolation: 'bilinear',
    channelOrder: isGrey ? 'grey' : preset.channelOrder,
    scale: preset.scale,
    mean: perChannel(preset.mean),
    std: perChannel(preset.std),
    layout: input.layout,
  };
}

/** Sizes beyond this are a slip of the keyboard. px */
const MAXIMUM_SIZE_PX = 4096;

type Check<T> = (value: unknown, field: string) => T;

/**
 * Reads settings from JSON: an object with the fields of Preprocessing. With `"preset": "imagenet"` the fields that
 * are missing are the preset's; without it they are `imagenet`'s only for width, height and layout, which the model
 * itself fixes.
 * @param json as parsed
 * @param input what the model's input fixes
 * @param file named in messages
 * @throws EngineError 'preprocessing' naming the field, the value found and what is expected
 */
export function parsePreprocessing(json: unknown, input: InputFacts, file = 'The preprocessing'): Preprocessing {
  const refuse = (field: string, expected: string, found: unknown): never => {
    throw new EngineError(
      'preprocessing',
      `${file}: "${field}" should be ${expected}, but is ${JSON.stringify(found) ?? 'missing'}.`,
      { expected, found: String(JSON.stringify(found)) },
    );
  };
  const given = checkObject(json, 'the file', refuse);
  const preset = given['preset'];
  if (preset !== undefined && !(typeof preset === 'string' && isPresetName(preset))) {
    return refuse('preset', `one of ${PRESET_NAMES.join(', ')}`, preset);
  }
  const base = preset === undefined ? undefined : presetPreprocessing(preset, input);
  const known = [
    'preset',
    'width',
    'height',
    'resize',
    'interpolation',
    'channelOrder',
    'scale',
    'mean',
    'std',
    'layout',
  ];
  for (const field of Object.keys(given)) {
    if (!known.includes(field)) refuse(field, `one of the known fields (${known.join(', ')})`, given[field]);
  }

  const number =
    (minimum: number, maximum: number, what: string): Check<number> =>
    (value, field) =>
      typeof value === 'number' && value >= minimum && value <= maximum ? value : refuse(field, what, value);
  const size: Check<number> = (value, field) =>
    Number.isInteger(value)
      ? number(1, MAXIMUM_SIZE_PX, `a whole number of px from 1 to ${MAXIMUM_SIZE_PX}`)(value, field)
      : refuse(field, `a whole number of px from 1 to ${MAXIMUM_SIZE_PX}`, value);
  const choice =
    <T extends string>(...values: readonly T[]): Check<T> =>
    (value, field) =>
      values.find((item) => item === value) ?? refuse(field, `one of ${values.join(', ')}`, value);
  const list =
    (isValid: (value: number) => boolean, what: string): Check<readonly number[]> =>
    (value, field) =>
      Array.isArray(value) &&
      value.length === input.channels &&
      value.every((item) => typeof item === 'number' && Number.isFinite(item) && isValid(item))
        ? (value as readonly number[])
        : refuse(field, `a list of ${input.channels} ${what}, one per channel`, value);
  const rule: Check<ResizeRule> = (value, field) => {
    const fields = checkObject(value, field, refuse);
    const mode = choice('shorter-side', 'stretch', 'fit')(fields['mode'], `${field}.mode`);
    if (mode === 'stretch') return { mode };
    if (mode === 'fit')
      return { mode, fill: number(0, 255, 'a number from 0 to 255')(fields['fill'], `${field}.fill`) };
    return { mode, size: size(fields['size'], `${field}.size`) };
  };
  function take<Key extends keyof Preprocessing>(
    field: Key,
    check: Check<Preprocessing[Key]>,
    fallback = base?.[field],
  ): Preprocessing[Key] {
    const value = given[field];
    return value === undefined && fallback !== undefined ? fallback : check(value, field);
  }

  const settings: Preprocessing = {
    width: take('width', size, input.width),
    height: take('height', size, input.height),
    resize: take('resize', rule),
    interpolation: take('interpolation', choice('bilinear', 'bicubic', 'nearest'), base?.interpolation ?? 'bilinear'),
    channelOrder: take('channelOrder', input.channels === 1 ? choice('grey') : choice('RGB', 'BGR')),
    scale: take('scale', number(Number.MIN_VALUE, Number.MAX_VALUE, 'a number above 0')),
    mean: take(
      'mean',
      list(() => true, 'numbers'),
    ),
    std: take(
      'std',
      list((value) => value > 0, 'numbers above 0'),
    ),
    layout: take('layout', choice('NCHW', 'NHWC'), input.layout),
  };
  for (const field of ['width', 'height', 'layout'] as const) {
    if (settings[field] !== input[field])
      refuse(field, `${JSON.stringify(input[field])}, as the model's input`, settings[field]);
  }
  if (settings.resize.mode === 'shorter-side') {
    const least = Math.max(input.width, input.height);
    if (settings.resize.size < least)
      refuse('resize.size', `at least ${least}, the model's size`, settings.resize.size);
  }
  return settings;
}

function checkObject(
  value: unknown,
  field: string,
  refuse: (field: string, expected: string, found: unknown) => never,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(field, 'an object', value);
  return value as Readonly<Record<string, unknown>>;
}
