/** Both models' answers side by side: which classes to show, and how they relate. */
import type { ClassProbability, Explanation } from '../../../preload/contract/index.ts';

/** Classes shown per model. */
const SHOWN_CLASSES = 5;

/** One class in both answers. */
export interface AnswerRow {
  readonly classIndex: number;
  readonly className: string;
  /** Probabilities, 0..1. */
  readonly base: number;
  readonly word: number;
}

/** How the two answers and the label relate. */
export type Verdict =
  | 'bothRight'
  | 'bothWrong'
  | 'baseRight'
  | 'wordRight'
  | 'bothWrongDifferently'
  | 'agreeUnlabelled'
  | 'disagreeUnlabelled';

/** Top classes of the base model, then those of the word model that are not among them, then the label. */
export function answerRows(explanation: Explanation, count = SHOWN_CLASSES): readonly AnswerRow[] {
  const words = new Map(explanation.wordModel.map((row) => [row.classIndex, row.probability]));
  const chosen = new Map<number, ClassProbability>();
  const wordTop = explanation.wordModel[0]?.classIndex;
  for (const row of explanation.base.slice(0, count)) chosen.set(row.classIndex, row);
  for (const row of explanation.base) {
    const isNeeded =
      row.classIndex === wordTop || row.className === explanation.label || row.classIndex === explanation.classIndex;
    if (isNeeded) chosen.set(row.classIndex, row);
  }
  return Array.from(chosen.values(), ({ classIndex, className, probability }) => ({
    classIndex,
    className,
    base: probability,
    word: words.get(classIndex) ?? 0,
  }));
}

/** How the answers relate to each other and to the label. */
export function verdictOf({ base, wordModel, label }: Explanation): Verdict {
  const baseTop = base[0];
  const wordTop = wordModel[0];
  const agree = baseTop?.classIndex === wordTop?.classIndex;
  if (label === null) return agree ? 'agreeUnlabelled' : 'disagreeUnlabelled';
  const baseIsRight = baseTop?.className === label;
  const wordIsRight = wordTop?.className === label;
  if (agree) return baseIsRight ? 'bothRight' : 'bothWrong';
  if (baseIsRight) return 'baseRight';
  return wordIsRight ? 'wordRight' : 'bothWrongDifferently';
}

/** The class to compare with first: the label when the model is wrong, else the strongest other class. */
export function rivalOf({ base, classIndex, label }: Explanation): number | null {
  const labelled = base.find(({ className }) => className === label);
  if (labelled && labelled.classIndex !== classIndex) return labelled.classIndex;
  return base.find((row) => row.classIndex !== classIndex)?.classIndex ?? null;
}
