/** Words as cards: kept facts beside what people say of them at present. */
import type { WordCard, WordList } from '../../preload/contract/index.ts';
import type { WordRemarks } from '../store/index.ts';
import type { RunMemory, WordFacts } from './run-memory.ts';
import { summarizeRun } from './summaries.ts';
import { arrangeWords } from './word-groups.ts';
import type { PresentWord } from './word-groups.ts';

/** Pushes a card lists in each direction. */
const CARD_PUSHES = 3;

/** All words of a run, children of divided ones included, in the order of their index. */
export async function listWords(memory: RunMemory): Promise<WordList> {
  const { read, run, model } = memory;
  const summary = summarizeRun(read, run);
  return {
    run: { ...summary, notes: [...summary.notes] },
    viewWidthPx: model.inputWidth,
    viewHeightPx: model.inputHeight,
    classes: [...model.classLabels],
    words: await wordCards(memory),
  };
}

/** Cards of some words (default: all), as they are now. */
export async function wordCards(memory: RunMemory, indices?: readonly number[]): Promise<WordCard[]> {
  const { read, run } = memory;
  const wanted = indices ?? read.words.remarks(run.runId).map(({ wordIndex }) => wordIndex);
  const facts = await memory.facts(wanted);
  // Read after the facts, which may take a while: what people said meanwhile counts.
  const remarks = read.words.remarks(run.runId);
  const { words } = arrangeWords(remarks, [], run.wordCount);
  return facts.map((fact) => cardOf(fact, remarks[fact.index]!, words[fact.index]!));
}

function cardOf(facts: WordFacts, remarks: WordRemarks, present: PresentWord): WordCard {
  const { figures, pushesUp, pushesDown } = facts;
  const { name, status, note, tags, isExcluded, mergedInto, splitFrom, isSplit } = remarks;
  return {
    index: facts.index,
    name,
    status,
    note,
    tags: [...tags],
    isExcluded,
    mergedInto,
    members: [...present.members],
    splitFrom,
    isSplit,
    frequency: figures.frequency,
    importance: figures.importance,
    sharedness: figures.sharedness,
    useSharedness: figures.useSharedness,
    attentionFidelity: figures.attentionFidelity,
    pushesUp: pushesUp.slice(0, CARD_PUSHES),
    pushesDown: pushesDown.slice(0, CARD_PUSHES),
    pushed: facts.pushed,
    top: [...facts.top],
    histogram: facts.histogram,
  };
}
