/** Makes a uPlot in the look of the application and keeps it as wide as its place. */
import uPlot from 'uplot';
import { readColour } from '../ui/colour.ts';
import type { Range } from './scale.ts';
import type { ReferenceLine } from './series.ts';
import { decimalsOf } from './ticks.ts';

/** What a plot asks for; functions are asked again at every drawing. */
export interface LinePlotOptions {
  /** x, then one array per line. */
  readonly data: () => uPlot.AlignedData;
  /** Colours of the lines, as the page's theme gives them now. */
  readonly strokes: () => readonly string[];
  readonly dashes: readonly boolean[];
  readonly xFormat: (value: number) => string;
  readonly yFormat: (value: number) => string;
  readonly yRange: () => Range | undefined;
  readonly references: () => readonly ReferenceLine[];
  /** Index of the x under the pointer; null when it left. */
  readonly onCursor: (index: number | null) => void;
  /** CSS px. */
  readonly height: number;
}

/** A plot with the way to take it down. */
export interface LinePlot {
  readonly plot: uPlot;
  readonly destroy: () => void;
}

const LINE_WIDTH = 2;
const DASH = [5, 4];
const FONT = '12px Inter Variable, Inter, system-ui, sans-serif';
/** px between ticks at least. */
const X_SPACE = 64;
const Y_SPACE = 32;

/** Draws into an element; colours come from its tokens, again when the theme changes. */
export function createLinePlot(host: HTMLElement, options: LinePlotOptions): LinePlot {
  const token = (name: `--${string}`): string => readColour(host, name);
  const axis = (format: (value: number) => string, space: number): uPlot.Axis => ({
    font: FONT,
    stroke: () => token('--ink-quiet'),
    grid: { stroke: () => token('--line'), width: 1 },
    ticks: { show: false },
    space,
    gap: 4,
    values: (_, splits) => {
      // Round positions of any step: the format says the unit, the step how many decimals are worth it.
      const step = splits.length > 1 ? splits[1]! - splits[0]! : 1;
      return splits.map((value) => format(Number(value.toFixed(decimalsOf(step)))));
    },
  });
  const plot = new uPlot(
    {
      width: Math.max(1, host.clientWidth),
      height: options.height,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false },
        y: {
          range: (_, low, high) => {
            const wished = options.yRange();
            return wished === undefined ? uPlot.rangeNum(low, high, 0.1, true) : [wished.low, wished.high];
          },
        },
      },
      axes: [
        { ...axis(options.xFormat, X_SPACE), size: 24 },
        { ...axis(options.yFormat, Y_SPACE), size: 48 },
      ],
      series: [
        {},
        ...options.dashes.map((isDashed, index): uPlot.Series => ({
          stroke: () => options.strokes()[index] ?? token('--ink'),
          width: LINE_WIDTH,
          points: { show: false },
          spanGaps: true,
          ...(isDashed ? { dash: DASH } : {}),
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor }) => options.onCursor(cursor.left === undefined || cursor.left < 0 ? null : (cursor.idx ?? null)),
        ],
        draw: [(drawn) => drawReferences(drawn, options.references(), token('--ink-quiet'))],
      },
    },
    options.data(),
    host,
  );
  const resize = new ResizeObserver(() =>
    plot.setSize({ width: Math.max(1, host.clientWidth), height: options.height }),
  );
  resize.observe(host);
  const redraw = (): void => plot.redraw(false, true);
  const theme = new MutationObserver(redraw);
  theme.observe(document.documentElement, { attributes: true });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', redraw);
  return {
    plot,
    destroy: () => {
      resize.disconnect();
      theme.disconnect();
      system.removeEventListener('change', redraw);
      plot.destroy();
    },
  };
}

/** Thin dashed lines across the plot, each with its name at the right. */
function drawReferences({ ctx, bbox, valToPos }: uPlot, references: readonly ReferenceLine[], colour: string): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.font = `${11 * devicePixelRatio}px Inter Variable, Inter, system-ui, sans-serif`;
  ctx.textAlign = 'right';
  for (const { label, value } of references) {
    const y = valToPos(value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(label, bbox.left + bbox.width, y - 3 * devicePixelRatio);
  }
  ctx.restore();
}
