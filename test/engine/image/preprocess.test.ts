/** Placement after torchvision's rules, normalisation in closed form, settings from JSON. */
import { describe, expect, it } from 'vitest';
import { fitToModel, inputShape, normalizePixels, placeImage } from '../../../main/engine/image/preprocess.ts';
import type { Preprocessing } from '../../../main/engine/image/preprocess.ts';
import {
  PRESET_NAMES,
  parsePreprocessing,
  presetPreprocessing,
} from '../../../main/engine/image/preprocessing-settings.ts';
import type { Pixels } from '../../../main/engine/image/resize.ts';
import pillow from './pillow-resize.json' with { type: 'json' };

const input = { width: 224, height: 224, channels: 3, layout: 'NCHW' } as const;
const imagenet = presetPreprocessing('imagenet', input);
const tiny: Preprocessing = { ...imagenet, width: 2, height: 1, resize: { mode: 'stretch' } };

describe('placeImage', () => {
  // torchvision's formulas for Resize(256), CenterCrop(224): long side int(256 * long / short), offset round((side - 224) / 2).
  it.each([
    { width: 300, height: 200, scaledWidth: 384, scaledHeight: 256, left: 80, top: 16 },
    { width: 200, height: 301, scaledWidth: 256, scaledHeight: 385, left: 16, top: 80 },
    { width: 201, height: 200, scaledWidth: 257, scaledHeight: 256, left: 16, top: 16 },
    { width: 203, height: 200, scaledWidth: 259, scaledHeight: 256, left: 18, top: 16 },
  ])('scales the shorter side of $width x $height and crops the centre as torchvision does', (expected) => {
    const place = placeImage(imagenet, expected.width, expected.height);
    expect(place).toMatchObject({ scaledWidth: expected.scaledWidth, scaledHeight: expected.scaledHeight });
    expect(place.window).toEqual({ left: expected.left, top: expected.top, width: 224, height: 224 });
  });

  it('fits a whole image and centres it', () => {
    const place = placeImage({ ...imagenet, resize: { mode: 'fit', fill: 0 } }, 400, 100);
    expect(place).toMatchObject({ scaledWidth: 224, scaledHeight: 56, left: 0, top: 84 });
  });

  it('keeps one pixel of an absurdly thin image', () => {
    expect(placeImage({ ...imagenet, resize: { mode: 'fit', fill: 0 } }, 10_000, 1).scaledHeight).toBe(1);
    expect(placeImage(imagenet, 10_000, 1)).toMatchObject({ scaledWidth: 2_560_000, scaledHeight: 256 });
  });
});

describe('fitToModel', () => {
  it('fills the border of a fitted image with the value given', () => {
    const settings: Preprocessing = { ...imagenet, width: 3, height: 3, resize: { mode: 'fit', fill: 9 } };
    const line: Pixels = { width: 3, height: 1, channels: 3, data: new Uint8Array(9).fill(200) };
    const rows = Array.from({ length: 3 }, (_, row) => [
      ...fitToModel(settings, line).data.subarray(row * 9, row * 9 + 9),
    ]);
    expect(rows).toEqual([Array(9).fill(9), Array(9).fill(200), Array(9).fill(9)]);
  });

  it("takes Pillow's luma for a grey model", () => {
    const data = Uint8Array.from(Buffer.from(pillow.pixels[3], 'hex'));
    const settings = presetPreprocessing('unit', { width: 13, height: 9, channels: 1, layout: 'NCHW' });
    const same: Preprocessing = { ...settings, resize: { mode: 'stretch' } };
    const grey = fitToModel(same, { width: 13, height: 9, channels: 3, data });
    expect(Buffer.from(grey.data).toString('hex')).toBe(pillow.grey);
  });
});

describe('normalizePixels', () => {
  const pixels: Pixels = { width: 2, height: 1, channels: 3, data: Uint8Array.of(255, 0, 51, 102, 153, 204) };
  const run = (settings: Preprocessing) => {
    const target = new Float32Array(6);
    normalizePixels(settings, pixels, target);
    return target;
  };
  const close = (actual: Float32Array, expected: readonly number[]) =>
    expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 4));

  it('writes planes for NCHW with mean and deviation per channel', () => {
    const [r, g, b] = [0.229, 0.224, 0.225];
    close(run(tiny), [0.515 / r, -0.085 / r, -0.456 / g, 0.144 / g, -0.206 / b, 0.394 / b]);
  });

  it('writes interleaved values in -1..1 for the tf preset in NHWC', () => {
    const tf = presetPreprocessing('tf', { width: 2, height: 1, channels: 3, layout: 'NHWC' });
    close(run(tf), [1, -1, -0.6, -0.2, 0.2, 0.6]);
    expect(inputShape(tf, 4)).toEqual([4, 1, 2, 3]);
  });

  it('turns the channels round for BGR, means included', () => {
    const caffe = presetPreprocessing('caffe', { width: 2, height: 1, channels: 3, layout: 'NCHW' });
    close(run(caffe), [51 - 103.939, 204 - 103.939, 0 - 116.779, 153 - 116.779, 255 - 123.68, 102 - 123.68]);
  });

  it('leaves the other images of the batch alone', () => {
    const target = new Float32Array(18).fill(7);
    normalizePixels(tiny, pixels, target, 6);
    expect([...target.subarray(0, 6), ...target.subarray(12)]).toEqual(Array(12).fill(7));
  });
});

describe('parsePreprocessing', () => {
  it.each(PRESET_NAMES)('reads back the preset %s from its own JSON', (name) => {
    const settings = presetPreprocessing(name, input);
    expect(parsePreprocessing(JSON.parse(JSON.stringify(settings)), input)).toEqual(settings);
  });

  it('lets a file change single fields of a preset', () => {
    const settings = parsePreprocessing({ preset: 'tf', channelOrder: 'BGR' }, input);
    expect(settings).toEqual({ ...presetPreprocessing('tf', input), channelOrder: 'BGR' });
  });

  const complete = JSON.parse(JSON.stringify(imagenet)) as Record<string, unknown>;
  it.each([
    ['not an object', [1], '"the file" should be an object, but is [1]'],
    [
      'an unknown preset',
      { preset: 'resnet' },
      '"preset" should be one of imagenet, tf, cifar, unit, caffe, but is "resnet"',
    ],
    ['a misspelt field', { ...complete, meen: [0, 0, 0] }, '"meen" should be one of the known fields'],
    [
      'a missing field',
      { ...complete, std: undefined },
      '"std" should be a list of 3 numbers above 0, one per channel, but is missing',
    ],
    [
      'a zero deviation',
      { ...complete, std: [1, 0, 1] },
      '"std" should be a list of 3 numbers above 0, one per channel, but is [1,0,1]',
    ],
    ['two means', { ...complete, mean: [0, 0] }, '"mean" should be a list of 3 numbers, one per channel, but is [0,0]'],
    ['a text as scale', { ...complete, scale: '1/255' }, '"scale" should be a number above 0, but is "1/255"'],
    [
      'another size than the model',
      { ...complete, width: 299 },
      '"width" should be 224, as the model\'s input, but is 299',
    ],
    [
      'a crop larger than the image',
      { ...complete, resize: { mode: 'shorter-side', size: 200 } },
      '"resize.size" should be at least 224',
    ],
    [
      'an unknown resize mode',
      { ...complete, resize: { mode: 'zoom' } },
      '"resize.mode" should be one of shorter-side, stretch, fit, but is "zoom"',
    ],
  ])('refuses %s by field, value and expectation', (_, json, message) => {
    expect(() => parsePreprocessing(json, input, 'p.json')).toThrow(message);
  });
});
