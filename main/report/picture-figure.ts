/** Pictures on a page: plain, under a heatmap, with the box of a patch; a placeholder where a file is gone. */
import type { Box } from '../../preload/contract/index.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import type { Pictures } from './pictures.ts';

/** One picture. */
export interface PictureOptions {
  /** What is to be seen, for those who cannot see it. */
  readonly alt: string;
  /** Size it is drawn at, px: keeps its place while it loads. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A picture, or a quiet sign that its file is gone or has changed. */
export function picture(pictures: Pictures, key: string, options: PictureOptions): Markup {
  const address = pictures.get(key);
  const { alt, widthPx, heightPx } = options;
  if (address === undefined) return placeholder(`${alt}; the file is gone or has changed`, widthPx, heightPx);
  return html`<img
    src="${address}"
    alt="${alt}"
    width="${widthPx}"
    height="${heightPx}"
    loading="lazy"
    decoding="async"
  />`;
}

function placeholder(label: string, width: number, height: number): Markup {
  return html`<svg class="gone" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
    <title>${label}</title>
    <path d="M0 ${height}L${width} 0" stroke="currentColor" stroke-opacity=".35" vector-effect="non-scaling-stroke" />
  </svg>`;
}

/** A heatmap to lie over a picture; nothing when it is missing. */
export function heat(pictures: Pictures, key: string): Markup | null {
  const address = pictures.get(key);
  if (address === undefined) return null;
  return html`<img class="heat" src="${address}" alt="" loading="lazy" decoding="async" />`;
}

/** The outline of a box over a view, white on black so that it shows on everything. */
export function frame(box: Box, viewWidth: number, viewHeight: number): Markup {
  const left = Math.max(1, box.left);
  const top = Math.max(1, box.top);
  const width = Math.min(viewWidth - 1, box.left + box.width) - left;
  const height = Math.min(viewHeight - 1, box.top + box.height) - top;
  const line = (stroke: string, strokeWidth: number): Markup =>
    html`<rect
      x="${left}"
      y="${top}"
      width="${Math.max(1, width)}"
      height="${Math.max(1, height)}"
      rx="2"
      fill="none"
      stroke="${stroke}"
      stroke-width="${strokeWidth}"
      vector-effect="non-scaling-stroke"
    />`;
  return html`<svg class="frame" viewBox="0 0 ${viewWidth} ${viewHeight}" aria-hidden="true">
    ${line('#000', 3.5)}${line('#fff', 1.5)}
  </svg>`;
}
