/** The journal read by people. */
import { describe, expect, it } from 'vitest';
import { toLine } from '../../main/services/history.ts';
import { editWords, mergeWords, separateWords } from '../../main/services/word-changes.ts';
import type { JournalEntry, Project } from '../../main/store/index.ts';
import { fillProject, withTempProject } from '../support/temp-project.ts';

/** Runs actions on a project of six words and gives the sentence of each. */
function sentences(
  ...actions: ((project: Project, run: ReturnType<Project['read']['runs']['get']>) => JournalEntry | undefined)[]
) {
  return withTempProject((project) => {
    const { runId } = fillProject(project, { wordCount: 6 });
    const run = project.read.runs.get(runId);
    return actions.map((action) => toLine(action(project, run)!).detail);
  });
}

describe('a line of the history', () => {
  it('says what a word is called now and was before', async () => {
    expect(
      await sentences(
        (project, run) => editWords(project, run, 'ann', [{ index: 2, name: 'fur' }]),
        (project, run) => editWords(project, run, 'ann', [{ index: 2, name: ' spotted fur ' }]),
        (project, run) => editWords(project, run, 'ann', [{ index: 2, name: '' }]),
      ),
    ).toEqual([
      'Named word 2 "fur" (was unnamed).',
      'Named word 2 "spotted fur" (was "fur").',
      'Took the name of word 2 away (was "spotted fur").',
    ]);
  });

  it('names the words of a change of many, and each kind of change in a sentence of its own', async () => {
    expect(
      await sentences(
        (project, run) =>
          editWords(
            project,
            run,
            'ann',
            [3, 1, 5].map((index) => ({ index, isExcluded: true })),
          ),
        (project, run) =>
          editWords(project, run, 'ann', [{ index: 0, status: 'mixed', tags: ['b', 'a'], note: 'see' }]),
        ({ write }) => write.journal.undo('ann'),
        ({ write }) => write.journal.redo('ann'),
      ),
    ).toEqual([
      'Excluded words 1, 3 and 5.',
      'Marked word 0 as mixed (was unknown). Wrote a note on word 0. Tagged word 0: "a", "b".',
      expect.stringMatching(/^Took back step \d+\. /),
      expect.stringMatching(/^Did again step \d+\. Marked word 0 as mixed/),
    ]);
  });

  it('tells merging and taking apart', async () => {
    expect(
      await sentences(
        (project, run) => mergeWords(project, run, 'ann', 4, [0, 2]),
        (project, run) => separateWords(project, run, 'ann', 4),
      ),
    ).toEqual(['Merged words 0 and 2 into word 4.', 'Took words 0 and 2 apart from word 4.']);
  });
});

describe('rules of merging', () => {
  it('a merged leader brings its members; a member cannot lead', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project, { wordCount: 6 });
      const run = project.read.runs.get(runId);
      mergeWords(project, run, 'ann', 1, [2]);
      mergeWords(project, run, 'ann', 0, [1]);
      expect(project.read.words.remarks(runId).map(({ mergedInto }) => mergedInto)).toEqual([
        null,
        0,
        0,
        null,
        null,
        null,
      ]);
      expect(() => mergeWords(project, run, 'ann', 2, [3])).toThrow(
        'Word 2 is shown inside word 0: merge into that one.',
      );
      expect(mergeWords(project, run, 'ann', 0, [2])).toBeUndefined();
    }));

  it('an excluded group is excluded whole, and a mixed merge is refused', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project, { wordCount: 6 });
      const run = project.read.runs.get(runId);
      mergeWords(project, run, 'ann', 0, [1]);
      editWords(project, run, 'ann', [
        { index: 1, isExcluded: true },
        { index: 0, isExcluded: true },
      ]);
      expect(project.read.words.remarks(runId).map(({ isExcluded }) => isExcluded)).toEqual([
        true,
        true,
        false,
        false,
        false,
        false,
      ]);
      expect(() => mergeWords(project, run, 'ann', 0, [3])).toThrow(/Include both or exclude both/);
      expect(() => mergeWords(project, run, 'ann', 0, [9])).toThrow(/no word 9/);
    }));
});
