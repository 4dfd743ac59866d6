/** Models, labels and settings that are no good: refused by name, with what to do, and no project is left behind. */
import { readFileSync, symlinkSync } from 'node:fs';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseModel } from '../../main/engine/onnx/parse.ts';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../main/engine/onnx/proto/onnx_pb.js';
import { openTinyWorld, put, refusalOf, tinyModel, traces } from '../support/tiny-project.ts';
import type { Refusal, TinyWorld } from '../support/tiny-project.ts';

let world: TinyWorld;

beforeAll(async () => {
  world = await openTinyWorld(5);
});

afterAll(() => world.close());

/** Tries to make a project with this model; whatever happens, nothing of it may be left. */
async function refuse(modelPath: string, more: Parameters<TinyWorld['make']>[1] = {}): Promise<Refusal> {
  const refusal = await refusalOf(world.make('refused.vislex', { modelPath, ...more }));
  expect(traces(world, 'refused')).toEqual([]);
  return refusal;
}

/** The tiny model with its largest weights in another file. */
function externalModel(location: string): Uint8Array {
  const model = parseModel(tinyModel());
  const [kernel] = model.graph!.initializer;
  kernel!.rawData = new Uint8Array();
  kernel!.dataLocation = TensorProto_DataLocation.EXTERNAL;
  kernel!.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: location })];
  return toBinary(ModelProtoSchema, model);
}

describe('a model file that is no good', () => {
  it('is refused when it is missing, a folder, empty or a text', async () => {
    const missing = await refuse(world.at('nowhere.onnx'));
    expect(missing.code).toBe('model-unreadable');
    expect(missing.message).toContain(world.at('nowhere.onnx'));
    expect(missing.message).toMatch(/Check the path/);
    expect(await refuse(world.imagesFolder)).toMatchObject({
      code: 'model-unreadable',
      message: expect.stringMatching(/it is a folder/),
    });
    for (const [name, bytes] of [
      ['empty.onnx', ''],
      ['text.onnx', 'this is no model\n'],
    ] as const) {
      put(world.at(name), bytes);
      const refusal = await refuse(world.at(name));
      expect(refusal.code).toMatch(/^model-(unreadable|invalid)$/);
      expect(refusal.message).toContain(name);
    }
  });

  it('is refused when it is cut off anywhere', async () => {
    const bytes = tinyModel();
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      put(world.at('cut.onnx'), bytes.subarray(0, Math.floor(bytes.length * share)));
      const refusal = await refuse(world.at('cut.onnx'));
      expect(refusal.name).toBe('EngineError');
      expect(refusal.code).toMatch(/^model-(unreadable|invalid)$/);
      expect(refusal.message).toContain('cut.onnx');
    }
  });

  it('is refused by the name of its external data, and only that file is opened', async () => {
    put(world.at('missing.onnx'), externalModel('weights.bin'));
    const missing = await refuse(world.at('missing.onnx'));
    expect(missing.code).toBe('external-data');
    expect(missing.message).toMatch(/"weights.bin" is missing.*Put it beside the model file/);

    put(world.at('short.onnx'), externalModel('short.bin'));
    put(world.at('short.bin'), new Uint8Array(10));
    expect((await refuse(world.at('short.onnx'))).message).toMatch(/kernel|short.bin/);

    put(world.at('outside', 'secret.bin'), new Uint8Array(8 * 3 * 16 * 4));
    for (const location of ['../outside/secret.bin', world.at('outside', 'secret.bin')]) {
      put(world.at('models', 'escape.onnx'), externalModel(location));
      expect(await refuse(world.at('models', 'escape.onnx'))).toMatchObject({
        code: 'external-data',
        message: expect.stringContaining('is outside of the model’s folder'),
      });
    }
    symlinkSync(world.at('outside', 'secret.bin'), world.at('models', 'link.bin'));
    put(world.at('models', 'linked.onnx'), externalModel('link.bin'));
    expect(await refuse(world.at('models', 'linked.onnx'))).toMatchObject({
      code: 'external-data',
      message: expect.stringMatching(/"link.bin" is a link to a place outside/),
    });
  });

  it('is refused by the name of a tensor it cannot be cut at', async () => {
    const refusal = await refuse(world.modelPath, { cut: 'mapp' });
    expect(refusal.code).toBe('cut-point');
    expect(refusal.message).toMatch(/"mapp".*"map"/);
  });
});

describe('labels and preprocessing that do not fit', () => {
  it('names the label file with both counts, or the empty line', async () => {
    put(world.at('two.txt'), 'red\ngreen\n');
    expect(await refuse(world.modelPath, { labelsPath: world.at('two.txt') })).toMatchObject({
      code: 'labels-mismatch',
      message: expect.stringMatching(/two.txt" holds 2 class names, the model has 3 classes. Give one name a line/),
    });
    put(world.at('blank.txt'), 'red\n\nblue\n');
    expect(await refuse(world.modelPath, { labelsPath: world.at('blank.txt') })).toMatchObject({
      code: 'labels-mismatch',
      message: expect.stringMatching(/^Line 2 of .*blank.txt" is empty/),
    });
    expect(await refuse(world.modelPath, { labelsPath: world.at('none.txt') })).toMatchObject({
      name: 'FileError',
      code: 'missing',
      message: expect.stringContaining('none.txt'),
    });
  });

  it('names the preprocessing there is, and the field that is wrong', async () => {
    expect(await refuse(world.modelPath, { preprocess: 'imagenett' })).toMatchObject({
      code: 'preprocessing',
      message: expect.stringMatching(/"imagenett".*imagenet, tf, cifar/),
    });
    put(world.at('bad.json'), '{"preset": "unit", "std": [1, 0, 1]}');
    expect(await refuse(world.modelPath, { preprocess: world.at('bad.json') })).toMatchObject({
      code: 'preprocessing',
      message: expect.stringMatching(/bad.json: "std" should be/),
    });
    put(world.at('torn.json'), '{"preset": ');
    expect(await refuse(world.modelPath, { preprocess: world.at('torn.json') })).toMatchObject({
      code: 'preprocessing',
      message: expect.stringMatching(/torn.json" is not JSON/),
    });
  });

  it('warns when the base model is no better than chance: wrong preprocessing, or labels in another order', async () => {
    // All light is taken away: every logit is 0.
    put(world.at('dark.json'), '{"preset": "unit", "mean": [9, 9, 9]}');
    const dark = await world.make('dark.vislex', { preprocess: world.at('dark.json') });
    expect(dark.warnings.join(' ')).toMatch(/right on 5 of 15 .*guessing among 3 classes.*Check the preprocessing/);
    put(world.at('turned.txt'), 'green\nblue\nred\n');
    const turned = await world.make('turned.vislex', { labelsPath: world.at('turned.txt') });
    expect(turned.warnings.join(' ')).toMatch(/right on 0 of 15 .*order of the labels/);
    const right = await world.make('right.vislex');
    expect(right.warnings).toEqual([]);
    expect(right.baseAccuracy).toMatchObject({ value: 1, n: 15 });
  });
});

describe('a model that changes after it was imported', () => {
  it('is refused by learn until the original is back; the project is as it was', async () => {
    const modelPath = world.at('changing.onnx');
    put(modelPath, tinyModel());
    put(world.at('changing.labels.txt'), readFileSync(world.at('tiny.labels.txt')));
    await world.make('changing.vislex', { modelPath });
    const path = world.at('changing.vislex');
    const other = tinyModel();
    // A byte of a weight: still a sound model, but another one.
    other[other.length >> 1]! ^= 1;
    put(modelPath, other);
    const refusal = await refusalOf(world.services.learn(path, { preset: 'kmeans', wordCount: 4, device: 'cpu' }));
    expect(refusal.code).toBe('model-invalid');
    expect(refusal.message).toMatch(/changing.onnx" has changed since it was imported. Put the original back/);
    const { isOk, checks } = await world.services.verify(path);
    expect(isOk).toBe(false);
    expect(checks.filter((check) => !check.isOk).map(({ name }) => name)).toEqual(['model file']);
    put(modelPath, tinyModel());
    const run = await world.services.learn(path, { preset: 'kmeans', wordCount: 4, device: 'cpu' });
    expect(run).toMatchObject({ id: 1, status: 'done', error: null });
    expect((await world.services.verify(path)).isOk).toBe(true);
  });
});
