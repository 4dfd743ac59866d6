/** Which layer lies over the explained image now, and what it is called. */
import type { CompactMap, Explanation } from '../../../preload/contract/index.ts';
import { explainText } from '../../text/en/explain.ts';
import { restKey, wordOfKey } from './decision.ts';
import type { Decision } from './decision.ts';
import type { LayerName } from './layers.ts';

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
