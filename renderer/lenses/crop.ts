/** Which part of a view a patch shows, and at which resolution. */
import type { Box } from '../../preload/contract/index.ts';
import { VIEW_SCALES } from '../../preload/contract/index.ts';

/** Size of a view, px. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Less of an image than this says nothing to a person. */
const LEAST_SHARE = 1 / 8;

/**
 * The smallest square around a box that lies inside the view, so that patches of any shape fill equal tiles.
 * A square larger than the view's short side becomes as large as that side.
 * @param context how many times wider than the box: more of what lies around it, default 1
 */
export function squareAround(box: Box, view: ViewSize, context = 1): Box {
  const short = Math.min(view.width, view.height);
  const side = Math.min(short, Math.max(context * box.width, context * box.height, short * LEAST_SHARE));
  return {
    left: inside(box.left + box.width / 2 - side / 2, side, view.width),
    top: inside(box.top + box.height / 2 - side / 2, side, view.height),
    width: side,
    height: side,
  };
}

/** The part of a box that lies inside the view; null when none does. */
export function clip(box: Box, view: ViewSize): Box | null {
  const left = Math.max(0, box.left);
  const top = Math.max(0, box.top);
  const width = Math.min(view.width, box.left + box.width) - left;
  const height = Math.min(view.height, box.top + box.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/** Smallest served scale at which the shown part has a pixel of its own for each pixel of the screen. */
export function viewScale(boxPx: number, shownPx: number, most: ViewScale = 4): ViewScale {
  const enough = VIEW_SCALES.find((scale) => scale * boxPx >= shownPx) ?? 4;
  return enough < most ? enough : most;
}
export type ViewScale = (typeof VIEW_SCALES)[number];

function inside(start: number, length: number, limit: number): number {
  return Math.min(Math.max(0, start), limit - length);
}
