/** All images of a project as columns, and word scores beside them: read once in the reading thread, kept in memory. */
import type { ImageColumns, OpenProject, ProjectKey } from '../../preload/contract/index.ts';
import { InvariantError } from '../engine/errors.ts';
import type { ProjectColumns, ProjectReader, RunRecord, WordScores } from '../store/index.ts';
import type { ServiceContext } from './context.ts';
import { chosenRun, currentModel } from './project-access.ts';
import { sourcesOf } from './spoken-words.ts';
import { presentWords } from './word-groups.ts';

/** Columns of open projects. */
export interface ImageColumnsReader {
  /** @param runId null: the newest run that is done, if any. @throws StoreError 'not-found' for a run there is none of */
  columns(project: ProjectKey, runId: number | null): Promise<ImageColumns>;
  /**
   * Scores of a word as people arranged it, in the order of the columns: of a merged word the largest of its group, of a
   * child only in the images that belong to it; NaN where it does not speak. `presentFrom`: the median over all images of
   * the tenth strongest score, whatever the word.
   * @throws StoreError 'not-found' for a run or word there is none of
   */
  wordScores(
    project: ProjectKey,
    runId: number | null,
    index: number,
  ): Promise<{ scores: Float32Array; presentFrom: number }>;
}

/** Columns kept at a time: two projects with two runs each. A hundred thousand images take some 8 MB. */
const KEPT_COLUMNS = 4;

/** Word scores kept at a time, 0.4 MB each at a hundred thousand images. */
const KEPT_SCORES = 24;

const ENDED: readonly string[] = ['done', 'failed', 'cancelled', 'paused'];

/** Nothing is read before it is asked for. */
export function createImageColumns(
  context: Pick<ServiceContext, 'projects' | 'reading' | 'events'>,
): ImageColumnsReader {
  const { projects, reading, events } = context;
  const columns = createShelf<ProjectColumns>(KEPT_COLUMNS);
  const scores = createShelf<WordScores>(KEPT_SCORES);

  // Only jobs of this application change what was read here; what another process writes is not kept at all.
  events.subscribe((event) => {
    if (event.name === 'projects') {
      const open = event.payload.map(({ project }) => project);
      for (const shelf of [columns, scores]) shelf.drop((project) => !open.includes(project));
      return;
    }
    const { name, payload } = event;
    const isOver = (name === 'job' && ENDED.includes(payload.state)) || (name === 'run' && payload.kind === 'ended');
    if (!isOver) return;
    for (const shelf of [columns, scores]) shelf.drop((project) => project === payload.project);
  });

  /** Reads, and keeps what was read of a project that nobody else writes to. */
  function read<Value>(
    shelf: Shelf<Value>,
    facts: OpenProject,
    key: string,
    make: () => Promise<Value>,
  ): Promise<Value> {
    return facts.isReadOnly ? make() : shelf.get(facts.project, key, make);
  }

  return {
    async columns(project, runId) {
      const { facts, reader } = projects.get(project);
      const run = runToShow(reader.read, runId);
      const found = await read(columns, facts, `run ${run?.runId ?? 'none'}`, () =>
        reading.imageColumns(facts.path, run?.runId),
      );
      const { classLabels } = currentModel(reader.read);
      return { count: found.ids.length, classes: [...classLabels], ...found };
    },
    async wordScores(project, runId, index) {
      const { facts, reader } = projects.get(project);
      const run = chosenRun(reader.read, runId ?? undefined);
      const present = presentWords(reader.read, run);
      const sources = sourcesOf(present, index);
      // Names the word that is missing.
      if (sources.length === 0) reader.read.words.get(run.runId, index);
      const found = await Promise.all(
        sources.map((word) =>
          read(scores, facts, `run ${run.runId} word ${word}`, () => reading.wordScores(facts.path, run.runId, [word])),
        ),
      );
      const [first] = found;
      if (!first) throw new InvariantError(`word ${index} has no sources`);
      const wanted = present.words[index]!;
      const combined = Float32Array.from(first.ids, (imageId, row) => {
        let largest = NaN;
        found.forEach(({ columns: [column] }, place) => {
          const speaker = present.words[present.speakerOf(sources[place]!, imageId)]!;
          const score = column![row]!;
          // A divided word that is asked for by its own index still has its own scores.
          const speaks = speaker.index === index || speaker.leader === index || wanted.isSplit;
          if (speaks && !(largest >= score)) largest = score;
        });
        return largest;
      });
      return { scores: combined, presentFrom: first.presentFrom };
    },
  };
}

/** The run that is asked for, or the newest that is done; a project without words has columns too. */
function runToShow(read: ProjectReader, runId: number | null): RunRecord | undefined {
  return runId === null ? read.runs.latestDone() : read.runs.get(runId);
}

/** Promises by project and key; the one not used for longest goes first, failures are not kept. */
interface Shelf<Value> {
  get(project: ProjectKey, key: string, make: () => Promise<Value>): Promise<Value>;
  drop(which: (project: ProjectKey) => boolean): void;
}

function createShelf<Value>(limit: number): Shelf<Value> {
  const kept = new Map<string, { readonly project: ProjectKey; readonly value: Promise<Value> }>();
  return {
    get(project, key, make) {
      const name = `${project} ${key}`;
      const known = kept.get(name);
      kept.delete(name);
      const item = known ?? { project, value: make() };
      kept.set(name, item);
      if (kept.size > limit) kept.delete(kept.keys().next().value!);
      // Awaited by whoever asked as well.
      item.value.catch(() => {
        if (kept.get(name) === item) kept.delete(name);
      });
      return item.value;
    },
    drop(which) {
      for (const [name, { project }] of kept) if (which(project)) kept.delete(name);
    },
  };
}
