/** Images, models, runs, words, scores: what goes in comes out, and what may not be in is refused by name. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../main/store/index.ts';
import type { NewRun, Project, WordEdit } from '../../main/store/index.ts';
import { fillProject, TEST_MODEL, testImage, testPatch, withTempProject } from '../support/temp-project.ts';

/** Code and column of the StoreError that `work` throws. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return [error.code, error.details.column].filter(Boolean).join(' ');
    throw error;
  }
  return 'nothing thrown';
}

const WORD = { wordIndex: 0, classWeights: Float32Array.of(1), summary: {} };

const RUN: Omit<NewRun, 'modelId'> = {
  preset: 'parts',
  config: { lossWeights: { crossEntropy: 1, l1: 1e-4 }, phases: ['warmUp'] },
  seed: 2 ** 52,
  target: 'labels',
  device: 'cpu',
  wordCount: 3,
};

describe('models', () => {
  it('come back as they were given; the newest is the present one', () =>
    withTempProject(({ write, read }) => {
      expect(read.models.current()).toBeUndefined();
      const data = { path: 'weights.bin', sha256: 'a'.repeat(64), sizeBytes: 5 };
      const first = write.models.add('ann', { ...TEST_MODEL, externalData: [data] });
      const second = write.models.add('ann', { ...TEST_MODEL, cutPoint: 'other' });
      expect(read.models.get(first)).toMatchObject({ ...TEST_MODEL, externalData: [data] });
      expect(read.models.current()).toMatchObject({ modelId: second, cutPoint: 'other' });
      expect(refusal(() => read.models.get(99))).toBe('not-found');
    }));
});

describe('images', () => {
  it('come back in order, filtered and counted', () =>
    withTempProject(({ write, read }) => {
      const ids = write.images.add('ann', [
        testImage(0),
        testImage(1, { split: 'test', labelIndex: null, classFolder: null, maskPath: 'masks/1.png' }),
        testImage(2, {
          status: 'duplicate',
          reason: 'same content',
          duplicateOfPath: 'cat/0.jpg',
          sha256: testImage(0).sha256,
        }),
        testImage(3, {
          status: 'unreadable',
          reason: 'truncated',
          sha256: null,
          width: null,
          height: null,
          thumbnail: null,
        }),
      ]);
      expect(read.images.ids()).toEqual(ids);
      expect(read.images.ids({ split: 'test' })).toEqual([ids[1]]);
      expect(read.images.ids({ labelIndex: null })).toEqual([ids[1]]);
      expect(read.images.ids({ status: 'ok', split: 'train' })).toEqual([ids[0]]);
      expect(read.images.list({}, { offset: 1, limit: 2 }).map((image) => image.imageId)).toEqual([ids[1], ids[2]]);
      expect(read.images.get(ids[2]!)).toMatchObject({ duplicateOf: ids[0], reason: 'same content' });
      expect(read.images.bySha256(testImage(0).sha256!).map((image) => image.imageId)).toEqual([ids[0], ids[2]]);
      expect(read.images.byPath('cat/1.jpg')).toMatchObject({ maskPath: 'masks/1.png', labelIndex: null });
      expect(read.images.counts().reduce((sum, { count }) => sum + count, 0)).toBe(4);
      expect([...read.images.thumbnail(ids[1]!)!]).toEqual([0xff, 0xd8, 1]);
      expect([...read.images.thumbnails(ids).keys()]).toEqual(ids.slice(0, 3));
      const hashes = [0, 1].map((index) => testImage(index).sha256 + '\n').sort();
      expect(read.images.contentRoot()).toBe(createHash('sha256').update(hashes.join('')).digest('hex'));
    }));

  it('added twice stay as they are; with other content they are refused by path', () =>
    withTempProject(({ write, read }) => {
      const ids = write.images.add('ann', [testImage(0), testImage(1)]);
      expect(write.images.add('ann', [testImage(1), testImage(2)])).toEqual([ids[1], 3]);
      const other = { ...testImage(1), sha256: 'f'.repeat(64) };
      expect(refusal(() => write.images.add('ann', [testImage(3), other]))).toBe('duplicate');
      expect(() => write.images.add('ann', [other])).toThrow(/"cat\/1.jpg" is in .* already with other content/);
      expect(read.images.ids()).toHaveLength(3);
      expect(read.verify().firstBroken).toBeNull();
    }));

  it('in thousands are journalled batch by batch', () =>
    withTempProject(({ write, read }) => {
      write.images.add(
        'ann',
        Array.from({ length: 2500 }, (_, index) => testImage(index, { thumbnail: null })),
      );
      const added = read.journal.list().filter((entry) => entry.action === 'images.add');
      expect(added.map((entry) => entry.payload['count'])).toEqual([500, 1000, 1000]);
      write.images.assignSplits(
        'ann',
        read.images.ids().map((imageId) => ({ imageId, split: 'test' })),
      );
      expect(read.images.counts()).toEqual([{ split: 'test', labelIndex: 0, status: 'ok', count: 2500 }]);
      expect(read.verify().firstBroken).toBeNull();
    }));

  it.each([
    ['a hash of the wrong length', { sha256: 'abc' }],
    ['an unknown split', { split: 'holdout' as 'test' }],
    ['a negative label', { labelIndex: -1 }],
    ['a width of zero', { width: 0 }],
    ['a fraction of a byte', { sizeBytes: 0.5 }],
    ['an empty path', { path: '' }],
    ['no hash though readable', { sha256: null }],
    ['a reason though fine', { reason: 'why?' }],
    ['unreadable without a reason', { status: 'unreadable' as const }],
    ['a duplicate of nothing', { status: 'duplicate' as const, reason: 'same' }],
  ])('with %s are refused, the whole batch', (_, wrong) =>
    withTempProject(({ write, read }) => {
      expect(refusal(() => write.images.add('ann', [testImage(0), testImage(1, wrong)]))).toBe('value-refused');
      expect(read.images.ids()).toEqual([]);
      expect(read.journal.head().seq).toBe(1);
    }),
  );
});

describe('runs', () => {
  const planned = (project: Project): number =>
    project.write.runs.plan('ann', { ...RUN, modelId: project.write.models.add('ann', TEST_MODEL) });

  it('keep their plan, losses and newest checkpoint until they are done', () =>
    withTempProject((project) => {
      const { write, read } = project;
      const runId = planned(project);
      expect(read.runs.get(runId)).toMatchObject({ ...RUN, status: 'planned', notes: '', startedAt: null });
      write.runs.start('ann', runId);
      const loss = { phase: 'joint', epoch: 1, step: 20, name: 'total', value: 0.25 };
      write.runs.addLosses(runId, [loss, { ...loss, step: 10, name: 'l1' }]);
      write.runs.addLosses(runId, [{ ...loss, value: 0.125 }]);
      expect(read.runs.losses(runId, 'total')).toEqual([{ ...loss, value: 0.125 }]);
      expect(read.runs.losses(runId).map(({ step }) => step)).toEqual([10, 20]);
      write.runs.saveCheckpoint(runId, 10, Uint8Array.of(1));
      write.runs.saveCheckpoint(runId, 20, Uint8Array.of(2, 3));
      expect(read.runs.checkpoint(runId)).toMatchObject({ step: 20, bytes: Buffer.of(2, 3) });
      expect(read.runs.latestDone()).toBeUndefined();
      write.runs.cancel('ann', runId);
      expect(read.runs.checkpoint(runId)?.step).toBe(20);
      write.runs.start('ann', runId);
      write.runs.finish('ann', runId, { wordModel: Uint8Array.of(9), parameterHash: 'p', words: [WORD], patches: [] });
      expect(read.runs.latestDone()).toMatchObject({ runId, status: 'done', parameterHash: 'p' });
      expect(read.runs.checkpoint(runId)).toBeUndefined();
      expect(read.verify().firstBroken).toBeNull();
    }));

  it('refuse steps that make no sense', () =>
    withTempProject((project) => {
      const { write } = project;
      const runId = planned(project);
      const result = { wordModel: Uint8Array.of(9), parameterHash: 'p', words: [WORD], patches: [] };
      expect(refusal(() => write.runs.finish('ann', runId, result))).toBe('value-refused status');
      write.runs.start('ann', runId);
      write.runs.finish('ann', runId, result);
      expect(refusal(() => write.runs.start('ann', runId))).toBe('value-refused status');
      expect(refusal(() => write.runs.fail('ann', runId, 'late'))).toBe('value-refused status');
      expect(refusal(() => write.runs.start('ann', 99))).toBe('not-found');
      expect(refusal(() => write.runs.plan('ann', { ...RUN, modelId: 99 }))).toBe('value-refused');
    }));

  it('refuse a loss that is no number, keeping none of its batch', () =>
    withTempProject((project) => {
      const runId = planned(project);
      const loss = { phase: 'joint', epoch: 1, step: 20, name: 'total', value: 0.25 };
      expect(refusal(() => project.write.runs.addLosses(runId, [loss, { ...loss, step: 21, value: NaN }]))).toBe(
        'value-refused',
      );
      expect(project.read.runs.losses(runId)).toEqual([]);
    }));

  it('keep nothing of a result of which one patch points nowhere', () =>
    withTempProject((project) => {
      const runId = planned(project);
      project.write.runs.start('ann', runId);
      const result = { wordModel: Uint8Array.of(9), parameterHash: 'p', words: [WORD], patches: [testPatch(0, 77)] };
      expect(refusal(() => project.write.runs.finish('ann', runId, result))).toBe('value-refused');
      expect(project.read.runs.get(runId).status).toBe('running');
      expect(project.read.words.page({ runId }).total).toBe(0);
    }));

  it('refuse an evaluation that changed the parameters', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      const evaluation = { runId, split: 'test', imageCount: 4, measures: { accuracy: { value: 0.5, n: 4 } } } as const;
      const { write, read } = project;
      expect(
        refusal(() =>
          write.runs.addEvaluation('ann', { ...evaluation, parameterHashBefore: 'a', parameterHashAfter: 'b' }),
        ),
      ).toBe('value-refused');
      const same = { ...evaluation, parameterHashBefore: 'a', parameterHashAfter: 'a' };
      const evaluationId = write.runs.addEvaluation('ann', same);
      expect(read.runs.evaluations(runId, 'test')).toMatchObject([{ evaluationId, ...same }]);
      expect(read.runs.evaluations(runId, 'train')).toEqual([]);
    }));
});

describe('words', () => {
  it('come in pages with their patches, filtered by status and text', () =>
    withTempProject((project) => {
      const { runId, imageIds } = fillProject(project, { wordCount: 7 });
      const { write, read } = project;
      const kinds = ['top', 'random'] as const;
      const patches = kinds.flatMap((kind) =>
        Array.from({ length: 5 }, (_, rank) => testPatch(2, imageIds[0]!, { kind, rank, distance: null })),
      );
      write.words.savePatches('ann', runId, patches);
      write.words.edit('ann', runId, 2, { name: 'Ärmel', status: 'mixed', tags: ['cloth'] });
      const page = read.words.page({ runId, offset: 2, limit: 2 });
      expect(page.total).toBe(7);
      expect(page.words.map((word) => word.wordIndex)).toEqual([2, 3]);
      expect(page.words[0]?.patches).toHaveLength(10);
      expect(page.words[1]?.patches).toEqual([]);
      expect(read.words.page({ runId, search: 'äRM', patchesPerKind: 2 }).words).toMatchObject([{ wordIndex: 2 }]);
      expect(
        read.words.page({ runId, search: 'CLOTH', patchesPerKind: 2, patchKinds: ['top'] }).words[0]?.patches,
      ).toEqual(patches.slice(0, 2));
      expect(read.words.page({ runId, search: '%' }).total).toBe(0);
      expect(read.words.page({ runId, status: 'mixed' }).total).toBe(1);
      expect([...read.words.get(runId, 3).classWeights]).toEqual([3, 1]);
      expect(read.verify().firstBroken).toBeNull();
    }));

  it.each<[string, WordEdit, string]>([
    ['a name that is too long', { name: 'a'.repeat(201) }, 'value-refused name'],
    ['a name with a line break', { name: 'a\nb' }, 'value-refused name'],
    ['a name that turns the text around', { name: 'a\u202eb' }, 'value-refused name'],
    ['a note that is too long', { note: 'a'.repeat(10_001) }, 'value-refused note'],
    ['too many tags', { tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }, 'value-refused tags'],
    ['an unknown status', { status: 'fine' as 'mixed' }, 'value-refused'],
  ])('refuse %s and change nothing', (_, edit, expected) =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      const before = [project.read.words.page({ runId }), project.read.journal.head()];
      expect(refusal(() => project.write.words.edit('ann', runId, 0, { isExcluded: true, ...edit }))).toBe(expected);
      expect([project.read.words.page({ runId }), project.read.journal.head()]).toEqual(before);
    }),
  );

  it('store a name in one spelling, and spaces alone as no name', () =>
    withTempProject(({ write, read, ...project }) => {
      const { runId } = fillProject({ write, read, ...project });
      write.words.rename('ann', runId, 0, '  e\u0301cu ');
      expect(read.words.get(runId, 0).name).toBe('écu'.normalize('NFC'));
      write.words.rename('ann', runId, 0, '   ');
      expect(read.words.get(runId, 0).name).toBeNull();
    }));

  it('refuse an actor without a name', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      expect(refusal(() => project.write.words.rename(' ', runId, 0, 'ear'))).toBe('value-refused actor');
      expect(project.read.words.get(runId, 0).name).toBeNull();
    }));
});

describe('scores and maps', () => {
  it('come back in the order asked for; maps within half a level', () =>
    withTempProject((project) => {
      const { runId, modelId, imageIds } = fillProject(project);
      const { write, read } = project;
      const maps = Float32Array.from({ length: 2 * 3 * 4 }, (_, index) => Math.sin(index) * 10 ** (index % 3));
      write.activations.save(runId, [{ imageId: imageIds[1]!, wordIndices: [2, 0], height: 3, width: 4, maps }]);
      const stored = read.activations.get(runId, imageIds[1]!)!;
      expect(stored).toMatchObject({ wordIndices: [2, 0], height: 3, width: 4 });
      [maps.subarray(0, 12), maps.subarray(12)].forEach((map, index) => {
        const bound = (Math.max(...map) - Math.min(...map)) / 510;
        map.forEach((value, position) => {
          expect(Math.abs(stored.maps[index * 12 + position]! - value)).toBeLessThanOrEqual(bound * 1.0001);
        });
      });
      const [second, none, first] = read.activations.scores(runId, [imageIds[1]!, 999, imageIds[0]!]);
      expect([second?.imageId, none, first?.imageId]).toEqual([imageIds[1], undefined, imageIds[0]]);
      expect([...second!.wordScores]).toEqual([2, 2, 2]);
      expect([...read.models.outputs(modelId, [imageIds[2]!])[0]!.logits]).toEqual([3, -3]);
      expect(read.activations.scoreCount(runId)).toBe(4);
      expect(read.models.outputCount(modelId)).toBe(4);
    }));

  it('of the wrong size, or with a number that is none, are refused', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      const map = { imageId: 1, wordIndices: [0], height: 2, width: 2 };
      const { write } = project;
      expect(refusal(() => write.activations.save(runId, [{ ...map, maps: new Float32Array(5) }]))).toBe(
        'value-refused',
      );
      expect(refusal(() => write.activations.save(runId, [{ ...map, maps: Float32Array.of(1, 2, NaN, 4) }]))).toBe(
        'value-refused',
      );
    }));

  it('can be written while images are being listed', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      const entries = project.read.journal.iterate();
      entries.next();
      project.write.words.rename('ann', runId, 0, 'ear');
      const seen = [...entries].length + 1;
      expect(seen).toBe(project.read.journal.head().seq - 1);
    }));
});
