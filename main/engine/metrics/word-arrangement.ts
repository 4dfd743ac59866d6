/** How people arranged the words: who is left out, who counts together, who stands for a divided word in which image. */

/** An arrangement over the words of a model and the children of divided words, for a fixed list of images. */
export interface WordArrangement {
  /** Group of every word, children included: the index of its leader, its own when it stands alone, [all words]. */
  readonly leaders: Int32Array;
  /** 1 for a word that adds nothing, [all words]. */
  readonly isExcluded: Uint8Array;
  /** Divided words: which child speaks in the word's place in each image. */
  readonly divisions: readonly {
    /** The divided word. */
    readonly word: number;
    /** [images]; the word itself where the image belongs to no child. */
    readonly speakers: Int32Array;
  }[];
}

/** Words of one image that count together. */
export interface WordGroup {
  /** Learned words, ascending. */
  readonly words: readonly number[];
  /** The largest of their scores. */
  readonly score: number;
}

/** Reads an arrangement image by image. Keeps buffers: not re-entrant. */
export class ArrangementReader {
  readonly #arrangement: WordArrangement;
  readonly #wordCount: number;
  readonly #speakers: Int32Array;
  /** The groups of every image, where no word is divided. */
  #sameGroups: readonly (readonly number[])[] | undefined;
  /** @param wordCount learned words */
  constructor(arrangement: WordArrangement, wordCount: number) {
    this.#arrangement = arrangement;
    this.#wordCount = wordCount;
    this.#speakers = Int32Array.from({ length: wordCount }, (_, word) => word);
  }

  /** Learned words that add nothing in an image. @param image place among the images */
  excluded(image: number): number[] {
    const speakers = this.#speakersIn(image);
    const words: number[] = [];
    for (let word = 0; word < this.#wordCount; word++) {
      if (this.#arrangement.isExcluded[speakers[word]!] === 1) words.push(word);
    }
    return words;
  }

  /**
   * The strongest groups of an image, strongest first; of equals the one with the lower word. Where every word stands
   * alone these are the strongest words, in the same order as `strongestWords` gives them.
   * @param scores of the learned words
   */
  strongestGroups(image: number, scores: ArrayLike<number>, count: number): WordGroup[] {
    // Insertion into a short list: an image has hundreds of groups, of which ten are wanted.
    const best: WordGroup[] = [];
    for (const words of this.#groupsIn(image)) {
      let score = scores[words[0]!]!;
      for (let place = 1; place < words.length; place++) score = Math.max(score, scores[words[place]!]!);
      if (best.length === count && score <= best[count - 1]!.score) continue;
      let at = best.length;
      while (at > 0 && best[at - 1]!.score < score) at--;
      best.splice(at, 0, { words, score });
      if (best.length > count) best.pop();
    }
    return best;
  }

  /** Words that count together and are not left out, by their first word. */
  #groupsIn(image: number): readonly (readonly number[])[] {
    if (this.#sameGroups) return this.#sameGroups;
    const speakers = this.#speakersIn(image);
    const groups = new Map<number, number[]>();
    for (let word = 0; word < this.#wordCount; word++) {
      const speaker = speakers[word]!;
      if (this.#arrangement.isExcluded[speaker] === 1) continue;
      const leader = this.#arrangement.leaders[speaker]!;
      const group = groups.get(leader);
      if (group) group.push(word);
      else groups.set(leader, [word]);
    }
    const found = [...groups.values()];
    if (this.#arrangement.divisions.length === 0) this.#sameGroups = found;
    return found;
  }

  #speakersIn(image: number): Int32Array {
    for (const { word, speakers } of this.#arrangement.divisions) this.#speakers[word] = speakers[image]!;
    return this.#speakers;
  }
}
