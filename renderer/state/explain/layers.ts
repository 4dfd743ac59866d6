/** What can be laid over the explained image. */
import type { CompactMap, Explanation } from '../../../preload/contract/index.ts';
import { explainText } from '../../text/en/explain.ts';
import { restKey, wordOfKey } from './decision.ts';
import type { Decision, WordShare } from './decision.ts';

/** Layers by name; 'contribution' adds up the maps of all words, 'attention' is what the overlap is measured of. */
export const LAYERS = ['image', 'gradCam', 'attention', 'contribution', 'word'] as const;
export type LayerName = (typeof LAYERS)[number];

/** Value of the strongest position of a compact map. */
const HIGHEST = 255;

/**
 * Sum over words of relu(weight) x similarity at every position: where the evidence for the class lies.
 * The contribution-weighted map of the evaluation, from maps of 8 bits.
 * @returns null when no word speaks for the class
 */
export function contributionMap(words: readonly WordShare[]): CompactMap | null {
  const positive = words.filter(({ weight }) => weight > 0);
  const first = positive[0]?.map;
  if (first === undefined) return null;
  const sum = new Float64Array(first.width * first.height);
  for (const { weight, map } of positive) {
    const step = (map.high - map.low) / HIGHEST;
    for (let place = 0; place < sum.length; place++) sum[place]! += weight * (map.low + map.values[place]! * step);
  }
  const low = Math.min(...sum);
  const high = Math.max(...sum);
  const scale = high > low ? HIGHEST / (high - low) : 0;
  return {
    width: first.width,
    height: first.height,
    low,
    high,
    values: Uint8Array.from(sum, (value) => Math.round((value - low) * scale)),
  };
}

/** What is laid over the image, and what it is called. */
export interface ShownLayer {
  /** null: the picture alone. */
  readonly map: CompactMap | null;
  readonly kind: 'word' | 'gradCam';
  readonly caption: string;
}

/** What decides which layer is shown. */
export interface LayerChoice {
  readonly explanation: Explanation;
  readonly decision: Decision;
  /** The layer that stays. */
  readonly chosen: LayerName;
  /** Key of the bar that is lit; it has the right of way. */
  readonly lit: string | null;
  readonly pinnedWord: number | null;
  /** Maps of all words and of the folded ones, weighted by what they add. */
  readonly allMap: CompactMap | null;
  readonly restMap: CompactMap | null;
}

/** The layer to show: that of the lit bar, else the chosen one. */
export function layerOf(choice: LayerChoice): ShownLayer {
  const { explanation, decision, chosen, lit, pinnedWord, allMap, restMap } = choice;
  const gradCam: ShownLayer = { map: explanation.gradCam, kind: 'gradCam', caption: explainText.layerFull.gradCam };
  const ofWord = (index: number | undefined): ShownLayer => {
    const word = decision.words.find(({ wordIndex }) => wordIndex === index);
    return word === undefined
      ? { map: null, kind: 'word', caption: explainText.layerFull.word }
      : {
          map: word.map,
          kind: 'word',
          caption: explainText.layerOfWord(explainText.wordName(word.wordIndex, word.name)),
        };
  };
  if (lit !== null) {
    const word = wordOfKey(lit);
    if (word !== null) return ofWord(word);
    if (lit === restKey) return { map: restMap, kind: 'word', caption: explainText.layerOfRest };
    if (lit === 'total') return gradCam;
    return { map: null, kind: 'word', caption: explainText.noMap };
  }
  switch (chosen) {
    case 'image':
      return { map: null, kind: 'word', caption: explainText.layerFull.image };
    case 'gradCam':
      return gradCam;
    case 'attention':
      return { map: explanation.wordAttention, kind: 'word', caption: explainText.layerFull.attention };
    case 'contribution':
      return { map: allMap, kind: 'word', caption: explainText.layerFull.contribution };
    case 'word':
      return ofWord(pinnedWord ?? decision.words[0]?.wordIndex);
  }
}
