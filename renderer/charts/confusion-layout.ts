/** How a confusion matrix is drawn: sizes for 2 to 200 classes, shades and numbers on canvas. */
import { clamp } from './scale.ts';
import type { Confusion } from './confusion.ts';

/** Sizes, CSS px. */
export interface MatrixLayout {
  readonly cellPx: number;
  /** Edge of the square of cells. */
  readonly sidePx: number;
  /** Room for names at the left and above; 0 when there are none. */
  readonly labelPx: number;
  readonly hasLabels: boolean;
  /** True where names above must stand upright to have a line each. */
  readonly hasUprightNames: boolean;
  /** True where a count fits into a cell. */
  readonly hasNumbers: boolean;
}

const LARGEST_CELL_PX = 44;
/** Names in lines closer than this would touch. */
const LABELLED_CELL_PX = 13;
const NUMBERED_CELL_PX = 18;
const LABEL_PX = 84;
/** Slanted lines of 12 px need this much between columns. */
const SLANTED_CELL_PX = 17;

/** Sizes for a width and a number of classes. */
export function layOutMatrix(widthPx: number, classCount: number): MatrixLayout {
  if (widthPx <= 0 || classCount === 0) {
    return { cellPx: 0, sidePx: 0, labelPx: 0, hasLabels: false, hasUprightNames: false, hasNumbers: false };
  }
  // Rotated names of the last columns reach past the cells; half a label keeps them inside.
  const labelled = Math.floor((widthPx - LABEL_PX * 1.5) / classCount);
  const hasLabels = labelled >= LABELLED_CELL_PX;
  const room = hasLabels ? labelled : widthPx / classCount;
  // Whole pixels where there are some, so that the grid is even.
  const cellPx = clamp(room >= 4 ? Math.floor(room) : room, 0.5, LARGEST_CELL_PX);
  return {
    cellPx,
    sidePx: cellPx * classCount,
    labelPx: hasLabels ? LABEL_PX : 0,
    hasLabels,
    hasUprightNames: cellPx < SLANTED_CELL_PX,
    hasNumbers: cellPx >= NUMBERED_CELL_PX,
  };
}

/**
 * Strength of a cell's shade, 0..1: the square root of its share, so that single images are seen beside hundreds.
 * @param largest count that gets the full shade
 */
export function shadeOf(count: number, largest: number): number {
  if (count === 0 || largest === 0) return 0;
  return Math.max(0.12, Math.sqrt(count / largest));
}

/** Colours in which the matrix is painted, as CSS. */
export interface MatrixColours {
  readonly right: string;
  readonly wrong: string;
  readonly ink: string;
  readonly paper: string;
  readonly line: string;
  readonly formatCount: (count: number) => string;
}

/** Above this shade numbers are written in the colour of the paper. */
const DARK_SHADE = 0.62;

/** Paints the cells. @param shown classes in the order of rows and columns */
export function paintMatrix(
  canvas: HTMLCanvasElement,
  { counts, classCount, rowTotals, largestError }: Confusion,
  shown: readonly number[],
  { cellPx, sidePx, hasNumbers }: MatrixLayout,
  colours: MatrixColours,
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(sidePx * ratio);
  canvas.height = canvas.width;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  context.font = `11px Inter Variable, Inter, system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const gap = cellPx >= 6 ? 1 : 0;
  const largestTotal = shown.reduce((most, row) => Math.max(most, rowTotals[row]!), 0);
  shown.forEach((row, y) => {
    shown.forEach((column, x) => {
      const count = counts[row * classCount + column]!;
      const isRight = row === column;
      // Mistakes have a scale of their own: beside the diagonal they would vanish.
      const shade = isRight ? 0.75 * shadeOf(count, largestTotal) : shadeOf(count, largestError);
      context.globalAlpha = 1;
      context.fillStyle = colours.line;
      if (gap > 0) {
        context.globalAlpha = 0.45;
        context.fillRect(x * cellPx, y * cellPx, cellPx - gap, cellPx - gap);
      }
      if (count === 0) return;
      context.globalAlpha = shade;
      context.fillStyle = isRight ? colours.right : colours.wrong;
      context.fillRect(x * cellPx, y * cellPx, cellPx - gap, cellPx - gap);
      if (!hasNumbers) return;
      context.globalAlpha = 1;
      context.fillStyle = shade > DARK_SHADE ? colours.paper : colours.ink;
      context.fillText(colours.formatCount(count), (x + 0.5) * cellPx, (y + 0.5) * cellPx + 0.5, cellPx - 4);
    });
  });
  context.globalAlpha = 1;
}
