/** Words laid out in the plane; children of divided words lie beside each other where the word lies. */
import type { WordMap } from '../../preload/contract/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import type { RunMemory } from './run-memory.ts';

/** How far a child lies from its word, share of the layout's width. */
const CHILD_OFFSET = 0.012;

/** The layout of a run: the same every time, because its seed is the run's. */
export async function wordMapOf(context: ServiceContext, memory: RunMemory, hooks: Hooks): Promise<WordMap> {
  const { read, run, wordModel } = memory;
  const layout = await memory.once('map', () =>
    context.interactive.run(
      'mapWords',
      { vectors: wordModel.words.data, wordCount: run.wordCount, seed: run.seed },
      hooks,
    ),
  );
  const children = read.words
    .splits(run.runId)
    .flatMap(({ wordIndex, children: pair }) =>
      pair.map((child, place) => ({ child, wordIndex, side: place === 0 ? -1 : 1 })),
    );
  const width =
    layout.x.reduce((high, x) => Math.max(high, x), -Infinity) -
    layout.x.reduce((low, x) => Math.min(low, x), Infinity);
  const places = [
    ...Array.from(layout.x, (x, index) => ({ index, x, y: layout.y[index]! })),
    ...children.map(({ child, wordIndex, side }) => ({
      index: child,
      x: layout.x[wordIndex]! + side * CHILD_OFFSET * (width || 1),
      y: layout.y[wordIndex]!,
    })),
  ].sort((a, b) => a.index - b.index);
  return {
    indices: places.map(({ index }) => index),
    x: Float32Array.from(places, ({ x }) => x),
    y: Float32Array.from(places, ({ y }) => y),
  };
}
