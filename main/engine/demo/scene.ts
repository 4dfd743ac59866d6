/** Composes one demo image: background, body, parts and perhaps the sticker, with a mask that knows every part. */
import type { Random } from '../tensor/random.ts';
import { paintSticker, PARTS, PART_NAMES, STICKER_MASK_VALUE } from './parts.ts';
import type { PartName, PartPainter, Rgb } from './parts.ts';

/** Width and height of a demo image in pixels. */
export const SCENE_SIZE_PX = 96;

/** What each class is made of. Every part occurs in two or three classes, so good words are shared. */
export const DEMO_CLASSES = {
  beetle: ['spots', 'eye', 'cross'],
  cart: ['wheel', 'stripes', 'star'],
  fish: ['fin', 'eye', 'stripes'],
  kite: ['fin', 'checks', 'star'],
  lantern: ['spots', 'fin', 'wheel'],
  robot: ['checks', 'wheel', 'cross'],
} as const satisfies Record<string, readonly PartName[]>;

/** Name of a demo class. */
export type DemoClass = keyof typeof DEMO_CLASSES;

/** Pixels and truth of one image. */
export interface Scene {
  /** RGB, row-major, 8 bits: [SCENE_SIZE_PX, SCENE_SIZE_PX, 3]. */
  readonly pixels: Uint8Array;
  /** 0 background or body, 1.. part (index in PART_NAMES + 1), STICKER_MASK_VALUE: [SCENE_SIZE_PX, SCENE_SIZE_PX]. */
  readonly mask: Uint8Array;
}

/** A painter placed on the canvas. */
interface Placed {
  readonly paint: PartPainter;
  readonly maskValue: number;
  readonly centreX: number;
  readonly centreY: number;
  readonly radiusPx: number;
  readonly angle: number;
}

/** Samples per pixel and axis; 2 x 2 is enough for smooth edges at this size. */
const SUPERSAMPLING = 2;

/**
 * Draws one image.
 * @param className decides which parts appear
 * @param hasSticker whether the planted shortcut is in a corner
 * @param random position, size, angle, colours and noise
 */
export function drawScene(className: DemoClass, hasSticker: boolean, random: Random): Scene {
  const bodyX = SCENE_SIZE_PX * (0.42 + 0.16 * random.next());
  const bodyY = SCENE_SIZE_PX * (0.42 + 0.16 * random.next());
  const bodyRadiusPx = SCENE_SIZE_PX * (0.34 + 0.06 * random.next());
  const bodyColour: Rgb = [0.35 + 0.4 * random.next(), 0.35 + 0.4 * random.next(), 0.35 + 0.4 * random.next()];
  const placed = placeParts(DEMO_CLASSES[className], bodyX, bodyY, bodyRadiusPx, random);
  if (hasSticker) placed.push(placeSticker(random));
  const background = createBackground(random);

  const pixels = new Uint8Array(SCENE_SIZE_PX * SCENE_SIZE_PX * 3);
  const mask = new Uint8Array(SCENE_SIZE_PX * SCENE_SIZE_PX);
  for (let row = 0; row < SCENE_SIZE_PX; row++) {
    for (let column = 0; column < SCENE_SIZE_PX; column++) {
      const sum = [0, 0, 0];
      for (let sample = 0; sample < SUPERSAMPLING ** 2; sample++) {
        const x = column + ((sample % SUPERSAMPLING) + 0.5) / SUPERSAMPLING;
        const y = row + (Math.floor(sample / SUPERSAMPLING) + 0.5) / SUPERSAMPLING;
        const isBody = ((x - bodyX) / bodyRadiusPx) ** 4 + ((y - bodyY) / bodyRadiusPx) ** 4 < 1;
        let colour = isBody ? bodyColour : background(x, y);
        for (const item of placed) colour = colourAt(item, x, y) ?? colour;
        sum[0]! += colour[0];
        sum[1]! += colour[1];
        sum[2]! += colour[2];
      }
      const pixel = row * SCENE_SIZE_PX + column;
      const noise = 0.03 * random.normal();
      for (let channel = 0; channel < 3; channel++) {
        const value = sum[channel]! / SUPERSAMPLING ** 2 + noise;
        pixels[pixel * 3 + channel] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
      for (const item of placed) {
        if (colourAt(item, column + 0.5, row + 0.5)) mask[pixel] = item.maskValue;
      }
    }
  }
  return { pixels, mask };
}

/** Puts the parts around the body's centre at even angles with jitter, so that they never overlap. */
function placeParts(
  names: readonly PartName[],
  bodyX: number,
  bodyY: number,
  bodyRadiusPx: number,
  random: Random,
): Placed[] {
  const start = 2 * Math.PI * random.next();
  return random.shuffle(names).map((name, index) => {
    const direction = start + (2 * Math.PI * index) / names.length + 0.3 * (random.next() - 0.5);
    const distancePx = bodyRadiusPx * (0.56 + 0.08 * random.next());
    return {
      paint: PARTS[name],
      maskValue: PART_NAMES.indexOf(name) + 1,
      centreX: bodyX + distancePx * Math.cos(direction),
      centreY: bodyY + distancePx * Math.sin(direction),
      radiusPx: bodyRadiusPx * (0.34 + 0.08 * random.next()),
      angle: 0.6 * (random.next() - 0.5),
    };
  });
}

/** A tag near one of the corners, partly over the body where it reaches so far. */
function placeSticker(random: Random): Placed {
  const nearPx = 11 + 3 * random.next();
  return {
    paint: paintSticker,
    maskValue: STICKER_MASK_VALUE,
    centreX: random.next() < 0.5 ? nearPx : SCENE_SIZE_PX - nearPx,
    centreY: random.next() < 0.5 ? nearPx : SCENE_SIZE_PX - nearPx,
    radiusPx: 10 + 1.5 * random.next(),
    angle: 0.3 * (random.next() - 0.5),
  };
}

function colourAt(item: Placed, x: number, y: number): Rgb | undefined {
  const dx = (x - item.centreX) / item.radiusPx;
  const dy = (y - item.centreY) / item.radiusPx;
  if (dx * dx + dy * dy > 2) return undefined;
  const cosine = Math.cos(item.angle);
  const sine = Math.sin(item.angle);
  return item.paint(cosine * dx + sine * dy, -sine * dx + cosine * dy);
}

/** A gradient between two muted colours with a slow ripple. */
function createBackground(random: Random): (x: number, y: number) => Rgb {
  const colour = (): number[] => [0, 1, 2].map(() => 0.25 + 0.5 * random.next());
  const [from, to] = [colour(), colour()];
  const angle = 2 * Math.PI * random.next();
  const phase = 2 * Math.PI * random.next();
  const frequency = 0.1 + 0.15 * random.next();
  return (x, y) => {
    const along = (Math.cos(angle) * x + Math.sin(angle) * y) / SCENE_SIZE_PX;
    const ripple = 0.04 * Math.sin(frequency * (x - y) + phase);
    const mix = Math.min(1, Math.max(0, 0.5 + 0.5 * along));
    const channel = (index: number): number => from[index]! * (1 - mix) + to[index]! * mix + ripple;
    return [channel(0), channel(1), channel(2)];
  };
}
