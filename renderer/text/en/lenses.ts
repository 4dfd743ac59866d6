/** Sentences of the lenses: what a patch, a map, an interval or a glyph says. */
import type { WordStatus } from '../../../preload/contract/index.ts';

export const lensText = {
  patch: (imageId: number, className: string | null, similarity: number | null) =>
    `Patch of image ${imageId}` +
    (className === null ? '' : `, class ${className}`) +
    (similarity === null ? '' : `, similarity ${similarity.toFixed(1)}`),
  wholeImage: (imageId: number, className: string | null) =>
    `Image ${imageId}${className === null ? '' : `, class ${className}`}`,
  imageMissing: 'Image not available',
  heatmap: 'Heatmap',
  word: (index: number) => `word ${index}`,
  unnamed: '(unnamed)',
  status: {
    meaningful: 'Meaningful',
    mixed: 'Mixed',
    artefact: 'Artefact',
    unknown: 'Not judged',
  } satisfies Record<WordStatus, string>,
  spurious: 'Spurious',
  notAssessed: 'not assessed',
  inconclusive: 'not distinguishable from chance',
  interval: (value: string, low: string, high: string, n: string) =>
    `${value}, 95 % interval ${low} to ${high}, n ${n}`,
  chance: (value: string) => `chance ${value}`,
  count: (n: string) => `n ${n}`,
  pushesUp: 'pushes up',
  pushesDown: 'pushes down',
  pushesNothing: 'pushes no class',
  pushShare: "Share of the word's pushing that goes to images of this class",
  histogram: (low: string, high: string, peak: string) =>
    `Word scores over all images, from ${low} to ${high}; most lie near ${peak}`,
} as const;
