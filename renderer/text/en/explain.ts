/** Sentences of the Explain page. */
import type { AttentionSource } from '../../../preload/contract/index.ts';
import type { Verdict } from '../../state/explain/answers.ts';
import type { LayerName } from '../../state/explain/layers.ts';
import type { Walk } from '../../state/explain/sequence.ts';
import { count, fixed, percent } from './numbers.ts';

export const explainText = {
  title: 'Explain',
  previous: 'Previous image',
  next: 'Next image',
  walk: 'Order',
  walks: {
    wrong: 'Wrong predictions first',
    disagree: 'Disagreements first',
    listed: 'As listed',
    view: 'As on the Images page',
  } satisfies Record<Walk, string>,
  position: (walk: Walk, place: number, of: number, isLeading: boolean) => {
    const which = { wrong: ['wrong', 'other'], disagree: ['disagreeing', 'other'] } as const;
    const part = walk === 'wrong' || walk === 'disagree' ? ` ${which[walk][isLeading ? 0 : 1]}` : '';
    return `${count(place)} of ${count(of)}${part}`;
  },
  outside: 'Not in this order',
  positionSpoken: (position: string, name: string) => `${position}: ${name}`,
  dropped: 'Dropped image',
  open: 'Open an image',
  openHint: 'or drop one anywhere on this page',
  dropHere: 'Drop the image to explain it',
  dropRefused: 'Only one image file at a time can be explained.',
  tooLarge: (name: string, limit: string) =>
    `${name} is too large: an image may have ${limit} at most. Make it smaller and drop it again.`,
  reading: (name: string) => `Reading ${name}`,
  why: 'Why',
  rather: 'rather than',
  classChoice: 'Explained class',
  versusChoice: 'Compared class',
  compare: 'Compare with another class',
  stopComparing: 'Stop comparing',
  stage: 'The image',
  layers: 'Layers',
  layer: {
    image: 'Image',
    gradCam: 'Grad-CAM',
    attention: 'Word attention',
    contribution: 'All words',
    word: 'One word',
  } satisfies Record<LayerName, string>,
  layerFull: {
    image: 'The image as the model sees it',
    gradCam: 'Grad-CAM: where the base model looks',
    attention: 'Word attention: strongest of the ten most active words',
    contribution: 'All words, weighted by what they add',
    word: 'One word',
  } satisfies Record<LayerName, string>,
  layerOfWord: (name: string) => `Where ${name} is found`,
  layerOfRest: 'The other words, weighted by what they add',
  noMap: 'Nothing to draw: this part has no place in the image.',
  opacity: 'Opacity',
  threshold: 'Threshold',
  ramp: (low: string, high: string) => `from ${low} to ${high}`,
  weak: 'weak',
  strong: 'strong',
  answers: 'Answers',
  baseModel: 'Base model',
  wordModel: 'Word model',
  class: 'Class',
  labelMark: 'label',
  answerRow: (name: string, base: number, word: number, isLabel: boolean) =>
    `${name}${isLabel ? ' (label)' : ''}: base model ${percent(base)}, word model ${percent(word)}`,
  verdict: (verdict: Verdict, base: string, word: string, label: string | null): string => {
    switch (verdict) {
      case 'bothRight':
        return `Both models say ${base}, as the label does.`;
      case 'bothWrong':
        return `Both models say ${base}; the label is ${label ?? ''}.`;
      case 'baseRight':
        return `The base model is right with ${base}; the word model says ${word}.`;
      case 'wordRight':
        return `The base model says ${base}; the word model says ${word}, as the label does.`;
      case 'bothWrongDifferently':
        return `The base model says ${base}, the word model ${word}; the label is ${label ?? ''}.`;
      case 'agreeUnlabelled':
        return `Both models say ${base}. The image has no label.`;
      case 'disagreeUnlabelled':
        return `The base model says ${base}, the word model ${word}. The image has no label.`;
    }
  },
  verdictMark: { right: 'Right', wrong: 'Wrong', differ: 'The models differ', agree: 'The models agree' },
  wordsDoNotStand: 'The word model decides otherwise: its words do not stand for the base model’s answer here.',
  wordsExplainLittle: (share: number) =>
    `The words account for ${percent(share, 0)} of this logit only; the hatched residual is the larger part.`,
  wordsExplain: (share: number) => `The words account for ${percent(share, 0)} of the logit.`,
  decision: 'The decision as a sum',
  decisionHint: 'score × weight of each word, in logits',
  decisionName: (name: string) => `What adds up to the logit of ${name}`,
  difference: 'The difference as a sum',
  differenceHint: 'what speaks for the first class rather than the second, in logits',
  differenceName: (name: string, other: string) => `What adds up to the lead of ${name} over ${other}`,
  bias: 'Bias',
  rest: (words: number) => `${count(words)} other words`,
  residual: 'Residual: not explained by words',
  total: 'Base logit',
  totalDifference: 'Lead in base logits',
  openRest: (words: number) => `Show all ${count(words)} words`,
  closeRest: 'Show the strongest only',
  product: (score: number, weight: number) => `${fixed(score, 1)} × ${fixed(weight, 2)}`,
  barSpoken: (name: string, amount: string, score: number, weight: number) =>
    `${name}: ${amount}, score ${fixed(score, 1)} times weight ${fixed(weight, 2)}`,
  patchOf: (name: string) => `Pushed patch of ${name}`,
  toWord: (name: string) => `Open ${name}`,
  wordName: (index: number, name: string | null) => name ?? `word ${index}`,
  attention: 'Where they look',
  sources: {
    closedForm: 'closed form',
    differentiated: 'differentiated',
  } satisfies Record<AttentionSource, string>,
  sourceSentences: {
    closedForm: 'Grad-CAM follows exactly from the model’s own weights after the cut point (closed form).',
    differentiated: 'Grad-CAM comes from differentiating the part of the model after the cut point.',
  } satisfies Record<AttentionSource, string>,
  iouTitle: 'Overlap of Grad-CAM and word attention (IoU)',
  iou: { '50': 'strongest half', '75': 'strongest quarter', '90': 'strongest tenth' },
  iouChance: (value: number) => `chance ${fixed(value, 2)}`,
  iouFlat: 'Grad-CAM is flat here: there is nothing to compare with.',
  curves: 'Does the base model agree?',
  curvesHint:
    'The pixels the words point at are added to a blurred image, or taken out of the real one, and the base model is asked again.',
  measureCurves: 'Measure insertion and deletion',
  measuring: 'Measuring on the base model',
  curvesFailed: 'The curves could not be measured.',
  insertion: 'Insertion',
  deletion: 'Deletion',
  insertionBetter: 'higher is better',
  deletionBetter: 'lower is better',
  byWords: 'by words',
  byChance: 'random order',
  pixels: 'Pixels',
  probability: (name: string) => `Probability of ${name}`,
  area: (own: number, random: number) => `area ${fixed(own, 2)}, random ${fixed(random, 2)}`,
  fill: (fill: string) => `Taken-out pixels: ${fill}.`,
  split: { train: 'training image', validation: 'validation image', test: 'test image' },
  failed: 'This image could not be explained.',
  projectFailed: 'The images of this project could not be read.',
  unknownImage: {
    title: 'This image is not in the project',
    text: 'It may have been unusable or a duplicate when the project was made. Go on with the images of the project.',
  },
  noWords: {
    title: 'Learn words first',
    text: 'An explanation is a sum over visual words, and this project has none yet.',
  },
  noImages: {
    title: 'No images to walk through',
    text: 'Drop an image anywhere on this page to explain it.',
  },
  toLearn: 'Go to Learn',
  toImages: 'Show the images',
  first: 'Go to the first image',
  loading: 'Explaining',
  bars: 'Go to the bars',
  curvesCommand: 'Measure insertion and deletion',
  showLayer: (layer: string) => `Show layer: ${layer}`,
} as const;
