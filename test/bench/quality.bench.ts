/** Quality on caltech24's test split, mean of three seeds, for the presets people choose from; everything is selected on validation. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assessment, EvaluationReport } from '../../preload/contract/index.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { silentLog } from '../../main/platform/log.ts';
import { createServices } from '../../main/services/index.ts';
import type { BenchResult } from './bench-result.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, '../shared/data');

const PRESETS = ['evidence', 'balanced', 'parts'] as const;

/** Fresh seeds: none of them was used while the presets were chosen. */
const SEEDS = [101, 102, 103] as const;

/** What is reported of each evaluation. */
const FIGURES: Readonly<Record<string, (report: EvaluationReport) => Assessment>> = {
  predictionFidelity: (report) => report.predictionFidelity,
  'attentionFidelity 50': (report) => report.attentionFidelity['50'],
  'attentionFidelity 75': (report) => report.attentionFidelity['75'],
  'attentionFidelity 90': (report) => report.attentionFidelity['90'],
  'margin 50': (report) => report.attentionMargin['50'],
  wordsPerDecision: (report) => report.wordsPerDecision,
  sharedness: (report) => report.sharedness,
  useSharedness: (report) => report.useSharedness,
  classes80: (report) => report.classes80,
  partness: (report) => report.partness,
  explainedShare: (report) => report.explainedShare,
};

/** Learns and evaluates every preset with every seed in one project, so that features are extracted once. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-bench-'));
  const services = createServices({
    jobs: createJobQueue(),
    clock: systemClock,
    log: silentLog,
    actor: 'bench',
    appVersion: '0.0.0',
    resourcesFolder: join(ROOT, 'resources'),
    dataFolder: folder,
  });
  const project = join(folder, 'caltech24.vislex');
  try {
    await services.createProject(project, {
      modelPath: join(DATA, 'models/mobilenetv2_caltech24.onnx'),
      imagesFolder: join(DATA, 'caltech24'),
    });
    const results: BenchResult[] = [];
    for (const preset of PRESETS) {
      const reports: EvaluationReport[] = [];
      for (const seed of SEEDS) {
        await services.learn(project, { preset, seed, device: 'cpu' });
        reports.push(await services.evaluate(project, { withoutControls: true }));
      }
      for (const [name, figure] of Object.entries(FIGURES)) {
        const values = reports.map((report) => figure(report).value ?? NaN);
        const value = values.reduce((sum, item) => sum + item, 0) / values.length;
        results.push({ name: `${preset}: ${name}, mean of ${SEEDS.length} seeds`, value, unit: '' });
      }
    }
    return results;
  } finally {
    await services.dispose();
    rmSync(folder, { recursive: true });
  }
}
