/** The sample project with a second run of 1,000 words, really learned once and kept beside the sample itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sampleProject } from '../support/sample-project.ts';
import { copyProject } from '../support/serve.ts';

const CLI = resolve(import.meta.dirname, '../../main/cli/index.ts');

export const THOUSAND = 1_000;

/** Path of the project; copy it before changing it. The first time it takes some minutes. */
export async function thousandWords(): Promise<string> {
  const sample = await sampleProject();
  const folder = `${dirname(sample)}.words`;
  const project = join(folder, 'demo.vislex');
  if (existsSync(project)) return project;
  const draft = mkdtempSync(`${folder}-`);
  // Clustering is the quickest way to that many words; what a page shows of a word does not depend on how it was learned.
  const given = ['learn', copyProject(sample, draft), '--preset', 'kmeans', '--words', `${THOUSAND}`, '--quiet'];
  const made = spawnSync(process.execPath, [CLI, ...given], { encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(draft, { recursive: true });
    throw new Error(`1,000 words could not be learned: ${made.stderr}`);
  }
  renameSync(draft, folder);
  return project;
}
