/** Projects in temporary folders, empty or with a small finished run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewImage, NewModel, PatchRecord, Project } from '../../main/store/index.ts';
import { createProject } from '../../main/store/index.ts';
import { sha256 } from '../../main/platform/hash.ts';
import { fakeClock } from './fake-clock.ts';

/** Runs `work` with a fresh folder that is removed afterwards. */
export async function inTempFolder<Result>(work: (folder: string) => Result | Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-test-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `work` with a new, empty project, then closes and removes it. */
export function withTempProject<Result>(
  work: (project: Project, path: string) => Result | Promise<Result>,
): Promise<Result> {
  return inTempFolder(async (folder) => {
    const path = join(folder, 'test.vislex');
    const project = createProject(path, { appVersion: '0.1.0', actor: 'tester', clock: fakeClock() });
    try {
      return await work(project, path);
    } finally {
      project.close();
    }
  });
}

/** A model record for tests; no such file exists. */
export const TEST_MODEL: NewModel = {
  path: '/models/tiny.onnx',
  sha256: sha256('tiny.onnx'),
  sizeBytes: 1234,
  opset: 18,
  inputName: 'image',
  inputLayout: 'nchw',
  inputHeight: 32,
  inputWidth: 32,
  outputName: 'logits',
  outputKind: 'logits',
  preprocessing: { mean: [0.5, 0.5, 0.5], scale: 1 / 255 },
  classLabels: ['cat', 'dog'],
  cutPoint: 'features',
  headKind: 'gapLinear',
  attentionSource: 'closedForm',
  externalData: [],
  details: { featureShape: [8, 4, 4] },
};

/** An image record for tests; no such file exists. */
export function testImage(index: number, more: Partial<NewImage> = {}): NewImage {
  return {
    path: `cat/${index}.jpg`,
    sha256: sha256(`image ${index}`),
    sizeBytes: 1000 + index,
    width: 640,
    height: 480,
    split: 'train',
    labelIndex: 0,
    classFolder: 'cat',
    thumbnail: { jpeg: Uint8Array.from([0xff, 0xd8, index % 256]), width: 96, height: 72 },
    ...more,
  };
}

/** A patch record for tests. */
export function testPatch(wordIndex: number, imageId: number, more: Partial<PatchRecord> = {}): PatchRecord {
  return {
    wordIndex,
    kind: 'top',
    rank: 0,
    imageId,
    row: 1,
    column: 2,
    score: 3.5,
    distance: 0.25,
    receptiveBox: { left: 0, top: 0, width: 32, height: 32 },
    activationCrop: { left: 4, top: 8, width: 16, height: 16 },
    ...more,
  };
}

/** What `fillProject` made. */
export interface FilledProject {
  readonly modelId: number;
  readonly imageIds: readonly number[];
  readonly runId: number;
}

/** Adds a model, images and one finished run with words, patches, scores and maps. */
export function fillProject(project: Project, { imageCount = 4, wordCount = 3 } = {}): FilledProject {
  const { write } = project;
  const modelId = write.models.add('tester', TEST_MODEL);
  const imageIds = write.images.add(
    'tester',
    Array.from({ length: imageCount }, (_, index) => testImage(index)),
  );
  write.models.saveOutputs(
    modelId,
    imageIds.map((imageId) => ({ imageId, logits: Float32Array.of(imageId, -imageId) })),
  );
  const runId = write.runs.plan('tester', {
    modelId,
    preset: 'evidence',
    config: { epochs: 3 },
    seed: 7,
    target: 'base',
    device: 'cpu',
    wordCount,
  });
  write.runs.start('tester', runId);
  write.runs.addLosses(runId, [{ phase: 'warmUp', epoch: 0, step: 1, name: 'crossEntropy', value: 0.5 }]);
  write.runs.finish('tester', runId, {
    wordModel: Uint8Array.of(1, 2, 3, 4),
    parameterHash: sha256('parameters'),
    words: Array.from({ length: wordCount }, (_, wordIndex) => ({
      wordIndex,
      classWeights: Float32Array.of(wordIndex, 1),
      summary: { scoreMean: 0.5 },
    })),
    patches: Array.from({ length: wordCount }, (_, wordIndex) => testPatch(wordIndex, imageIds[0] ?? 1)),
  });
  write.activations.saveScores(
    runId,
    imageIds.map((imageId) => ({
      imageId,
      wordScores: new Float32Array(wordCount).fill(imageId),
      logits: Float32Array.of(0.5, 0.25),
    })),
  );
  write.activations.save(
    runId,
    imageIds.map((imageId) => ({ imageId, wordIndices: [0], height: 2, width: 2, maps: Float32Array.of(0, 1, 2, 3) })),
  );
  return { modelId, imageIds, runId };
}
