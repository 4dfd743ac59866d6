/** A small demo from pixels to report: what was planted is what is found. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { silentLog } from '../../main/platform/log.ts';
import { runDemo } from '../../main/services/demo.ts';
import { createContext, createServices } from '../../main/services/index.ts';
import type { DemoReport, ServiceContext, Services } from '../../main/services/index.ts';

const SIZES = { counts: { train: 40, val: 10, test: 10 }, epochs: 20, wordCount: 24, seed: 1 } as const;
const TIMEOUT_MS = 240_000;

let folder: string;
let context: ServiceContext;
let services: Services;
let report: DemoReport;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vislex-demo-'));
  context = createContext({
    jobs: createJobQueue(),
    clock: systemClock,
    log: silentLog,
    actor: 'tester',
    appVersion: '0.0.0',
    resourcesFolder: join(import.meta.dirname, '../../resources'),
    dataFolder: folder,
  });
  services = createServices(context);
  report = await runDemo(context, services, undefined, {}, SIZES);
}, TIMEOUT_MS);

afterAll(async () => {
  await services.dispose();
  rmSync(folder, { recursive: true });
});

/** The value of a measure that must have been taken. */
function valueOf(measure: { readonly value: number | null }): number {
  if (measure.value === null) throw new Error('not assessed');
  return measure.value;
}

describe('runDemo', () => {
  it('puts everything into the data folder and the contact sheet where it says', () => {
    expect(report.folder).toBe(join(folder, 'demo'));
    expect(existsSync(report.projectPath)).toBe(true);
    expect(existsSync(report.sheetPath)).toBe(true);
  });

  it('takes images and base model of an earlier demo, and only of the same seed', async () => {
    const { counts, seed, epochs } = SIZES;
    const imagesFolder = join(report.folder, 'images');
    const modelPath = join(report.folder, 'demo.onnx');
    const data = await context.jobs.run('makeDemoData', { folder: imagesFolder, counts, seed });
    expect(data).toEqual({ imageCount: 360, isReused: true });
    const model = await context.jobs.run('trainDemoModel', { imagesFolder, modelPath, counts, seed, epochs });
    expect(model.isReused).toBe(true);
    const other = join(folder, 'other');
    mkdirSync(other);
    const few = { train: 1, val: 1, test: 1 };
    const draw = (withSeed: number) => context.jobs.run('makeDemoData', { folder: other, counts: few, seed: withSeed });
    expect(await draw(1)).toEqual({ imageCount: 18, isReused: false });
    expect(await draw(2)).toEqual({ imageCount: 18, isReused: false });
    expect(await draw(2)).toEqual({ imageCount: 18, isReused: true });
  });

  it('trains a base model far above chance, and words that agree with it far above chance', () => {
    // Six classes, ten test images each: chance is 1/6.
    expect(valueOf(report.baseAccuracy)).toBeGreaterThan(0.6);
    expect(valueOf(report.evaluation.predictionFidelity)).toBeGreaterThan(0.6);
  });

  it('finds more energy in the true parts than an even map has', () => {
    const { energyInParts } = report;
    if (energyInParts.value === null) throw new Error('not assessed');
    expect(energyInParts.low).toBeGreaterThan(energyInParts.chance!);
  });

  it('misleads the base model with the sticker, and names the word that carries it', () => {
    const { reliance, shortcut } = report;
    if (reliance.misledWith.value === null) throw new Error('not assessed');
    expect(reliance.misledWith.low).toBeGreaterThan(reliance.misledWith.chance!);
    expect(shortcut?.className).toBe('kite');
    expect(shortcut!.energyInSticker).toBeGreaterThan(2 * shortcut!.stickerShare);
  });
});
