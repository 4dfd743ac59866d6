/** Paints the map of words: a patch per word, dimmed when filtered out, framed when chosen. */
import type { Box, WordCard } from '../../../preload/contract/index.ts';
import type { MapPoint, Point, Size } from '../../state/words/map-geometry.ts';

/** Colours of the theme. */
export interface MapColours {
  readonly accent: string;
  readonly line: string;
  readonly ink: string;
  readonly soft: string;
  readonly paper: string;
}

/** One word as painted. */
export interface MapMark {
  readonly point: MapPoint;
  readonly word: WordCard;
  readonly isShown: boolean;
  readonly isMarked: boolean;
  readonly isCursor: boolean;
  /** The image, once it is there, and its part in px of the image. */
  readonly picture: { readonly image: CanvasImageSource; readonly part: Box } | null;
}

/** Side of a patch, px: as large as the crowd allows. */
export function markSide(count: number, size: Size, zoom: number): number {
  const room = Math.sqrt((size.width * size.height) / Math.max(1, count)) * 0.6;
  return Math.round(Math.min(72, Math.max(14, room * Math.sqrt(zoom))));
}

/** Paints everything; the context is scaled to CSS px. */
export function paintWordMap(
  context: CanvasRenderingContext2D,
  size: Size,
  marks: readonly MapMark[],
  side: number,
  brush: readonly Point[],
  colours: MapColours,
): void {
  context.clearRect(0, 0, size.width, size.height);
  // What is looked at is painted last, over the crowd.
  const ordered = [...marks].sort(
    (a, b) => Number(a.isCursor) - Number(b.isCursor) || Number(a.isShown) - Number(b.isShown),
  );
  for (const mark of ordered) paintMark(context, mark, mark.isCursor ? side * 1.25 : side, colours);
  if (brush.length > 1) paintBrush(context, brush, colours);
}

function paintMark(context: CanvasRenderingContext2D, mark: MapMark, side: number, colours: MapColours): void {
  const left = mark.point.x - side / 2;
  const top = mark.point.y - side / 2;
  context.globalAlpha = mark.isShown ? 1 : 0.18;
  if (mark.picture === null) {
    context.fillStyle = colours.line;
    context.fillRect(left, top, side, side);
  } else {
    const { image, part } = mark.picture;
    context.drawImage(image, part.left, part.top, part.width, part.height, left, top, side, side);
  }
  context.lineWidth = mark.isCursor ? 3 : mark.isMarked ? 2 : 1;
  context.strokeStyle = mark.isCursor || mark.isMarked ? colours.accent : colours.line;
  context.strokeRect(left, top, side, side);
  if (mark.word.name !== null && mark.isShown && side >= 28) {
    context.fillStyle = colours.ink;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.lineWidth = 3;
    context.strokeStyle = colours.paper;
    context.strokeText(clamped(mark.word.name), mark.point.x, top + side + 3);
    context.fillText(clamped(mark.word.name), mark.point.x, top + side + 3);
  }
  context.globalAlpha = 1;
}

function paintBrush(context: CanvasRenderingContext2D, brush: readonly Point[], colours: MapColours): void {
  context.beginPath();
  brush.forEach((point, at) => (at === 0 ? context.moveTo(point.x, point.y) : context.lineTo(point.x, point.y)));
  context.closePath();
  context.fillStyle = colours.soft;
  context.globalAlpha = 0.5;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = colours.accent;
  context.stroke();
}

/** Longest name written on the map, characters. */
const NAME_ON_MAP = 18;

function clamped(name: string): string {
  const letters = [...name];
  return letters.length <= NAME_ON_MAP ? name : `${letters.slice(0, NAME_ON_MAP - 1).join('')}…`;
}
