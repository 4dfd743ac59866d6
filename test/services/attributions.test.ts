/** Attributions of a whole project: sums that must hold, methods that agree on a plain case, refusals by name. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeModel, encodeModel, GraphBuilder, int, ints } from '../../main/engine/onnx/index.ts';
import { encodeImage } from '../../main/engine/runtime/encode-image.ts';
import { ATTRIBUTION_METHODS } from '../../preload/contract/index.ts';
import type { Attribution, AttributionReport } from '../../preload/contract/index.ts';
import { openTinyWorld, refusalOf, TINY_SIZE_PX } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

let world: TinyWorld;
let report: AttributionReport;
const learned = { preset: 'kmeans', wordCount: 5, seed: 2, device: 'cpu' } as const;
const image = () => world.at('images/test/green/0.png');

beforeAll(async () => {
  world = await openTinyWorld(10);
  await world.make('p.vislex');
  await world.services.learn(world.at('p.vislex'), learned);
  report = await world.services.attribute(world.at('p.vislex'), image());
});
afterAll(() => world.close());

const one = ({ attributions }: AttributionReport, method: string): Attribution =>
  attributions.find((found) => found.method === method)!;

/** Value of a map at a place given in shares of the picture. */
function valueAt({ map }: Attribution, across: number, down: number): number {
  const level = map.values[Math.floor(down * map.height) * map.width + Math.floor(across * map.width)]!;
  return map.low + (level / 255) * (map.high - map.low);
}

test('every method answers, in the order of the list, with its own settings', () => {
  expect(report.attributions.map(({ method }) => method)).toEqual(ATTRIBUTION_METHODS);
  expect(report.refused).toEqual([]);
  expect(report.className).toBe('green');
  expect(one(report, 'grad-cam').settings).toEqual({ attentionSource: 'closedForm' });
  const { segmentCount } = one(report, 'lime').settings;
  expect(segmentCount).toBeGreaterThan(25);
  expect(one(report, 'kernel-shap').settings.segmentCount).toBe(segmentCount);
  expect(one(report, 'lime').evaluationCount).toBe(400);
  for (const { insertion, deletion } of report.attributions) {
    expect(insertion).toBeGreaterThan(0);
    expect(deletion).toBeLessThanOrEqual(1);
  }
});

test('SHAP over words is efficient: the shares sum to the logit minus the mean logit of the training images', async () => {
  // The other side of the equation comes from the explanation and from the words' weights and scores, one by one.
  const { services } = world;
  const P = world.at('p.vislex');
  const shap = one(report, 'linear-shap');
  const logitOf = async (path: string): Promise<number> => {
    const explanation = await services.explain(P, path, { className: 'green' });
    return explanation.contributions.reduce((sum, { contribution }) => sum + contribution, explanation.bias);
  };
  const train: number[] = [];
  for (const label of ['red', 'green', 'blue']) {
    for (const index of [2, 3, 4, 7, 8, 9]) train.push(await logitOf(world.at(`images/train/${label}/${index}.png`)));
  }
  const mean = train.reduce((sum, logit) => sum + logit, 0) / train.length;
  expect(shap.settings).toEqual({ wordCount: 5, backgroundCount: train.length });
  const sum = report.words.reduce((total, { contribution }) => total + contribution, 0);
  expect(Math.abs(sum - ((await logitOf(image())) - shap.baselineLogit!))).toBeLessThan(1e-5);
  expect(Math.abs(shap.gap!)).toBeLessThan(1e-5);
  // The scores of training images come from features that were kept with 16 bits.
  expect(shap.baselineLogit).toBeCloseTo(mean, 3);
});

test('KernelSHAP and integrated gradients sum to the logit minus that of the mean colour', () => {
  const [shap, gradients] = [one(report, 'kernel-shap'), one(report, 'integrated-gradients')];
  expect(Math.abs(shap.gap!)).toBeLessThan(1e-9);
  expect(Math.abs(gradients.gap!)).toBeLessThan(0.02 * Math.abs(report.baseLogit));
  // Both start from the same image.
  expect(gradients.baselineLogit).toBeCloseTo(shap.baselineLogit!, 4);
});

test('the same seed gives the same maps', async () => {
  const again = await world.services.attribute(world.at('p.vislex'), image(), { methods: ['kernel-shap', 'lime'] });
  expect(one(again, 'lime').map).toEqual(one(report, 'lime').map);
  expect(one(again, 'kernel-shap').map).toEqual(one(report, 'kernel-shap').map);
  expect(again.attributions.map(({ method }) => method)).toEqual(['lime', 'kernel-shap']);
});

test('evidence that is in one corner is found there by all, and against another class', async () => {
  // Blue everywhere but for a green corner at the top left.
  const data = Uint8Array.from({ length: TINY_SIZE_PX ** 2 * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % TINY_SIZE_PX, Math.floor(index / 3 / TINY_SIZE_PX)];
    return index % 3 === (x < 14 && y < 14 ? 1 : 2) ? 220 : 60;
  });
  const path = world.at('corner.png');
  writeFileSync(path, await encodeImage({ width: TINY_SIZE_PX, height: TINY_SIZE_PX, channels: 3, data }));
  const found = await world.services.attribute(world.at('p.vislex'), path, { className: 'green' });
  for (const method of ['grad-cam', 'lime', 'kernel-shap', 'integrated-gradients', 'occlusion']) {
    const attribution = one(found, method);
    expect(valueAt(attribution, 0.2, 0.2), method).toBeGreaterThan(valueAt(attribution, 0.8, 0.8));
  }
  const { rankCorrelation, halfIou, chance } = found.agreement;
  const [lime, shap] = [1, 2];
  expect(rankCorrelation[lime]![shap]).toBeGreaterThan(0.8);
  expect(halfIou[lime]![shap]).toBeGreaterThan(2 * chance.halfIou);
  expect(one(found, 'kernel-shap').deletion).toBeLessThan(found.random.deletion);
});

test('excluded words add nothing, merged words are one', async () => {
  const P = world.at('changed.vislex');
  copyFileSync(world.at('p.vislex'), P);
  const { services } = world;
  const before = report.words.find(({ wordIndex }) => wordIndex === 1)!;
  await services.editWords(P, [{ index: 0, isExcluded: true }]);
  await services.mergeWords(P, 1, [2]);
  const found = await services.attribute(P, image(), { methods: ['linear-shap'] });
  expect(found.words.map(({ wordIndex }) => wordIndex).toSorted()).toEqual([1, 3, 4]);
  const second = report.words.find(({ wordIndex }) => wordIndex === 2)!;
  const merged = found.words.find(({ wordIndex }) => wordIndex === 1)!;
  expect(merged.contribution).toBeCloseTo(before.contribution + second.contribution, 9);
  expect(Math.abs(one(found, 'linear-shap').gap!)).toBeLessThan(1e-5);
});

test('a model that cannot be differentiated loses integrated gradients alone, by the name of the node', async () => {
  const { graph } = decodeModel(readFileSync(world.modelPath), { file: 'tiny.onnx' });
  const builder = new GraphBuilder({ name: 'root' });
  const input = builder.input('image', 'float32', [1, 3, TINY_SIZE_PX, TINY_SIZE_PX]);
  const root = builder.op('LpPool', [input], { kernel_shape: ints([1, 1]), p: int(2) }, 'absolute');
  builder.output(builder.inline(graph, { image: root })['logits']!, 'logits');
  writeFileSync(world.at('root.onnx'), encodeModel(builder.build()));
  copyFileSync(world.at('tiny.labels.txt'), world.at('root.labels.txt'));
  await world.make('root.vislex', { modelPath: world.at('root.onnx') });
  await world.services.learn(world.at('root.vislex'), learned);
  const found = await world.services.attribute(world.at('root.vislex'), image(), {
    methods: ['grad-cam', 'integrated-gradients', 'occlusion'],
  });
  expect(found.attributions.map(({ method }) => method)).toEqual(['grad-cam', 'occlusion']);
  expect(found.refused).toEqual([
    { method: 'integrated-gradients', reason: expect.stringContaining('(LpPool) has no gradient') as string },
  ]);
  expect(found.agreement.rankCorrelation).toHaveLength(2);
});

describe('hostile input', () => {
  test('an image of one colour: no evidence, no fit, no agreement, but an answer', async () => {
    const data = new Uint8Array(TINY_SIZE_PX ** 2 * 3).fill(120);
    const path = world.at('flat.png');
    writeFileSync(path, await encodeImage({ width: TINY_SIZE_PX, height: TINY_SIZE_PX, channels: 3, data }));
    const found = await world.services.attribute(world.at('p.vislex'), path);
    expect(found.attributions).toHaveLength(6);
    expect([one(found, 'lime').fit, one(found, 'kernel-shap').fit]).toEqual([null, null]);
    expect(one(found, 'integrated-gradients').map.high).toBe(0);
    expect(found.agreement.rankCorrelation[4]![5]).toBeNull();
  });

  test.each([
    [{ className: 'purple' }, /no class "purple"/],
    [{ methods: ['lime', 'magic'] }, /no method "magic"\. The methods: grad-cam, lime/],
    [{ methods: [] }, /No method is named/],
    [{ samples: 0 }, /need at least \d+ samples for them, not 0/],
    [{ samples: 20, methods: ['lime'] }, /need at least \d+ samples for them, not 20/],
  ])('%o is refused', async (options, message) => {
    const refusal = await refusalOf(world.services.attribute(world.at('p.vislex'), image(), options));
    expect(refusal).toMatchObject({ name: 'EngineError', code: 'configuration' });
    expect(refusal.message).toMatch(message);
  });

  test('a file that is no image is refused', async () => {
    writeFileSync(world.at('text.png'), 'not a picture');
    const refusal = await refusalOf(world.services.attribute(world.at('p.vislex'), world.at('text.png')));
    expect(refusal.code).toBe('image-refused');
  });

  test('a request to stop is followed', async () => {
    const controller = new AbortController();
    const running = world.services.attribute(
      world.at('p.vislex'),
      image(),
      { samples: 20_000, methods: ['lime'] },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    expect((await refusalOf(running)).code).toBe('cancelled');
  });
});

test('the page holds every map and shows names as text', async () => {
  const P = world.at('named.vislex');
  copyFileSync(world.at('p.vislex'), P);
  await world.services.editWords(P, [{ index: 0, name: '<b>beak</b>' }]);
  await world.services.writeAttributions(P, image(), world.at('page.html'));
  const page = readFileSync(world.at('page.html'), 'utf8');
  expect(page.match(/class="heat" src="data:image\/png/g)).toHaveLength(6);
  expect(page).toContain('&lt;b&gt;beak&lt;/b&gt;');
  expect(page).not.toContain('<b>beak');
  expect(page).not.toContain('<script');
  expect(page).toContain('Integrated gradients');
});
