/** Works on a project as fast as it can and acknowledges each step on standard output, until it is killed. Used by test/store/kill.test.ts. */
import { writeSync } from 'node:fs';
import { openProject } from '../../main/store/index.ts';
import { testImage } from './temp-project.ts';

/** One acknowledged step: what must be in the project from now on. */
export interface Acknowledgement {
  /** Head of the journal after the step. */
  readonly seq: number;
  readonly hash: string;
  /** Newest name given, with its word; absent for other steps. */
  readonly named?: { readonly wordIndex: number; readonly name: string };
  /** Step of the newest checkpoint. */
  readonly checkpoint?: number;
  /** Images stored so far. */
  readonly imageCount?: number;
}

function work(path: string, round: number): never {
  const { read, write } = openProject(path);
  const [newest] = read.runs.list();
  const runId = read.runs.latestDone()!.runId;
  let imageCount = read.images.ids().length;
  const acknowledge = (more: Partial<Acknowledgement>): void => {
    const line: Acknowledgement = { ...read.journal.head(), ...more };
    writeSync(1, JSON.stringify(line) + '\n');
  };
  for (let step = 0; ; step++) {
    const wordIndex = step % 3;
    const name = `round ${round} step ${step}`;
    write.words.rename('ann', runId, wordIndex, name);
    acknowledge({ named: { wordIndex, name } });
    if (step % 5 === 1) {
      write.journal.undo('bob');
      acknowledge({});
      write.journal.redo('bob');
      acknowledge({ named: { wordIndex, name } });
    }
    if (step % 7 === 2) {
      // Large enough for many pages, so that a kill can fall into the middle of it.
      const checkpoint = round * 100_000 + step;
      write.runs.saveCheckpoint(newest!.runId, checkpoint, new Uint8Array(300_000).fill(step));
      acknowledge({ checkpoint });
    }
    if (step % 11 === 3) {
      write.images.add(
        'ann',
        Array.from({ length: 40 }, (_, index) => testImage(imageCount + index)),
      );
      imageCount += 40;
      acknowledge({ imageCount });
    }
  }
}

work(process.argv[2]!, Number(process.argv[3]));
