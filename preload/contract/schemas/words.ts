/** Schemas of words: cards, details, changes and their effect. */
import { z } from 'zod';
import type { ClassPush, HistoryLine, PatchEvidence } from '../domain.ts';
import { NAME_LENGTH, NOTE_LENGTH, TAG_LENGTH, TAGS_PER_WORD } from '../limits.ts';
import { assessment, box, compactMap, float32, index, perPercentile } from './common.ts';
import { runSummary } from './projects.ts';

export const wordStatus = z.enum(['meaningful', 'mixed', 'artefact', 'unknown']);

export const classPush = z.object({
  classIndex: index,
  className: z.string(),
  weight: z.number(),
  share: z.number(),
}) satisfies z.ZodType<ClassPush>;

export const patchKind = z.enum(['pushed', 'top', 'random', 'counter']);

export const patchEvidence = z.object({
  kind: patchKind,
  imageId: index,
  imagePath: z.string(),
  label: z.string().nullable(),
  predicted: z.string(),
  row: z.number(),
  column: z.number(),
  similarity: z.number(),
  receptiveBox: box,
  activationCrop: box,
  map: compactMap,
}) satisfies z.ZodType<PatchEvidence>;

/** Word scores over all images, in equal bins. */
export const histogram = z.object({ low: z.number(), high: z.number(), counts: z.array(z.number()) });
export type Histogram = z.infer<typeof histogram>;

/** A word in the gallery. */
export const wordCard = z.object({
  /** 0-based; people see "word 12". Children of a split word have indices after the run's last word. */
  index,
  name: z.string().nullable(),
  status: wordStatus,
  note: z.string(),
  tags: z.array(z.string()),
  /** Left out of the word model's decisions on purpose. */
  isExcluded: z.boolean(),
  /** The word this one was merged into; it is then shown inside that one's card. */
  mergedInto: index.nullable(),
  /** Words merged into this one. */
  members: z.array(index),
  /** The word this one was split from. */
  splitFrom: index.nullable(),
  /** True when the word was split: its children are shown instead. */
  isSplit: z.boolean(),
  frequency: z.number(),
  importance: z.number(),
  sharedness: z.number().nullable(),
  useSharedness: z.number().nullable(),
  attentionFidelity: assessment,
  /** Strongest three each. */
  pushesUp: z.array(classPush),
  pushesDown: z.array(classPush),
  pushed: patchEvidence,
  /** Up to five, strongest first. */
  top: z.array(patchEvidence),
  histogram,
});
export type WordCard = z.infer<typeof wordCard>;

/** All words of a run, in the order of the word model. */
export const wordList = z.object({
  run: runSummary,
  /** Size of the model's input view, px: what boxes refer to. */
  viewWidthPx: z.number(),
  viewHeightPx: z.number(),
  classes: z.array(z.string()),
  words: z.array(wordCard),
});
export type WordList = z.infer<typeof wordList>;

export const historyLine = z.object({
  sequence: index,
  at: z.string(),
  actor: z.string(),
  /** What was done, for machines: 'words.edit', 'undo of 12: words.edit'. */
  action: z.string(),
  /** What was done, as a sentence: 'Named word 12 "spotted fur" (was unnamed)'. */
  detail: z.string(),
}) satisfies z.ZodType<HistoryLine>;

/** How strongly a word fires on the images of one class. */
export const classActivation = z.object({
  classIndex: index,
  className: z.string(),
  /** Images predicted as this class. */
  n: z.number(),
  /** Quartiles of the word score over them. */
  lowerQuartile: z.number(),
  median: z.number(),
  upperQuartile: z.number(),
  /** Share of them in which the word is among the strongest ten. */
  presence: assessment,
  weight: z.number(),
});
export type ClassActivation = z.infer<typeof classActivation>;

/** One word in depth. */
export const wordDetail = z.object({
  card: wordCard,
  /** Stored evidence: pushed, top, random, counter. */
  patches: z.array(patchEvidence),
  pushesUp: z.array(classPush),
  pushesDown: z.array(classPush),
  /** Classes in which it fires, strongest median first. */
  classActivations: z.array(classActivation),
  classes80: z.number().nullable(),
  /** How far the push moved the word, in the units of the similarity. */
  pushDistance: z.number(),
  /** Nearest other words by cosine of their vectors, nearest first. */
  similar: z.array(z.object({ index, cosine: z.number() })),
  history: z.array(historyLine),
});
export type WordDetail = z.infer<typeof wordDetail>;

/** A page of patches beyond the stored ones. */
export const patchPage = z.object({ total: z.number(), patches: z.array(patchEvidence) });

/** What a person says of a word; absent fields stay as they are. */
export const wordEdit = z.strictObject({
  index,
  /** null takes the name away. */
  name: z
    .string()
    .max(NAME_LENGTH, `A name may have ${NAME_LENGTH} characters at most; put the rest into the note.`)
    .nullable()
    .optional(),
  status: wordStatus.optional(),
  note: z.string().max(NOTE_LENGTH).optional(),
  tags: z.array(z.string().min(1).max(TAG_LENGTH)).max(TAGS_PER_WORD).optional(),
  isExcluded: z.boolean().optional(),
});
export type WordEdit = z.infer<typeof wordEdit>;

/** A change whose effect is asked for before, or shown after, it is made. */
export const wordChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exclude'), words: z.array(index).min(1) }),
  z.strictObject({ kind: z.literal('include'), words: z.array(index).min(1) }),
  z.strictObject({ kind: z.literal('merge'), leader: index, members: z.array(index).min(1) }),
]);
export type WordChange = z.infer<typeof wordChange>;

/** Both fidelities of the word model with its present exclusions and merges. */
export const fidelities = z.object({
  predictionFidelity: assessment,
  /** Of the strongest ten words' maps. */
  attentionFidelity: perPercentile,
});

/** What a change does on validation images. */
export const wordEffect = z.object({
  before: fidelities,
  after: fidelities,
  /** Images whose predicted class changes, first 50. */
  flips: z.array(z.object({ imageId: index, label: z.string().nullable(), before: z.string(), after: z.string() })),
  flipCount: z.number(),
  imageCount: z.number(),
  /** Mean change of the logit of the class predicted before. */
  meanLogitChange: assessment,
});
export type WordEffect = z.infer<typeof wordEffect>;

/** What was kept of an action. */
export const changeResult = z.object({
  /** null when nothing changed. */
  line: historyLine.nullable(),
  /** The cards that changed, as they are now. */
  words: z.array(wordCard),
});
export type ChangeResult = z.infer<typeof changeResult>;

/** "Colour or shape?": the word's score on its top patches' images after a change of the picture, as a share of before. */
export const sensitivity = z.object({
  n: z.number(),
  rows: z.array(
    z.object({
      kind: z.enum(['hue', 'grey', 'contrast', 'blur', 'shuffle']),
      /** Degrees, factor or px; the first level of each kind changes nothing. */
      level: z.number(),
      /** Mean share of the score that stays. */
      kept: assessment,
    }),
  ),
  /** 'colour', 'shape', 'texture', 'both' or 'unclear', by a stated rule. */
  reading: z.string(),
  /** The rule and its figures in a sentence. */
  reason: z.string(),
});
export type Sensitivity = z.infer<typeof sensitivity>;

/** Words laid out in the plane so that similar ones lie together. */
export const wordMap = z.object({ indices: z.array(index), x: float32, y: float32 });
export type WordMap = z.infer<typeof wordMap>;
