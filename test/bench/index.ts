/** `npm run bench [-- name ...]`: runs the benches, prints them beside targets and the last run, keeps the numbers. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { meetsTarget } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';
import { load, readMachine } from './machine.ts';
import type { Machine } from './machine.ts';

const OUTPUT = join(import.meta.dirname, '../output/bench.json');
const SUFFIX = '.bench.ts';

/** Results of one bench file, with the load around it. */
interface BenchRun {
  readonly date: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly results: readonly BenchResult[];
}

/** What test/output/bench.json holds: the latest run of every bench. */
interface BenchReport {
  readonly machine: Machine;
  readonly benches: Readonly<Record<string, BenchRun>>;
}

/** The chosen bench files by name, or all of them. @throws Error naming what does not exist */
function chooseBenches(wanted: readonly string[]): ReadonlyMap<string, string> {
  const files = globSync(`*${SUFFIX}`, { cwd: import.meta.dirname }).toSorted();
  const known = new Map(files.map((file) => [basename(file, SUFFIX), join(import.meta.dirname, file)]));
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`No bench "${unknown.join('", "')}"; there are: ${[...known.keys()].join(', ')}.`);
  return wanted.length === 0 ? known : new Map(wanted.map((name) => [name, known.get(name)!]));
}

async function runBench(file: string): Promise<BenchRun> {
  const { run } = (await import(pathToFileURL(file).href)) as { run: () => Promise<readonly BenchResult[]> };
  const loadBefore = load();
  const results = await run();
  return { date: new Date().toISOString(), loadBefore, loadAfter: load(), results };
}

/** Three significant digits, whole numbers in full. */
function figure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

/** The last run of the same measurement, when the machine was the same. */
function change(result: BenchResult, before: BenchRun | undefined): string {
  const last = before?.results.find(({ name, unit }) => name === result.name && unit === result.unit);
  if (!last) return '';
  // Ratios were measured within one run: they can be compared where absolute numbers depend on the load.
  const percent = (result.ratio ?? result.value) / (last.ratio ?? last.value) - 1;
  return `${percent < 0 ? '' : '+'}${Math.round(100 * percent)} %`;
}

function row(result: BenchResult, before: BenchRun | undefined): string[] {
  const kept = meetsTarget(result);
  return [
    result.name,
    `${figure(result.value)} ${result.unit}`,
    result.ratio === undefined ? '' : `${figure(result.ratio)} x`,
    result.target === undefined ? '' : `${figure(result.target)} ${result.ratio === undefined ? result.unit : 'x'}`,
    kept === undefined ? '' : kept ? 'pass' : 'MISS',
    change(result, before),
  ];
}

const HEADER = ['', 'value', 'ratio', 'target', '', 'last run'];

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADER.map((_, column) => Math.max(...[HEADER, ...rows].map((cells) => cells[column]!.length)));
  return [HEADER, ...rows]
    .map((cells) =>
      cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
    )
    .join('\n');
}

/** The numbers of the last run; none from another machine, which would compare what cannot be compared. */
function readLast(machine: Machine): BenchReport['benches'] {
  if (!existsSync(OUTPUT)) return {};
  const last = JSON.parse(readFileSync(OUTPUT, 'utf8')) as BenchReport;
  return last.machine.cpu === machine.cpu && last.machine.cores === machine.cores ? last.benches : {};
}

async function main(): Promise<void> {
  const chosen = chooseBenches(process.argv.slice(2));
  const machine = readMachine();
  const last = readLast(machine);
  const { cpu, cores, memory, system, node, onnxruntime } = machine;
  console.log(`${cpu}, ${cores} cores, ${memory} GiB, ${system}, node ${node}, onnxruntime ${onnxruntime}`);
  let benches = last;
  for (const [name, file] of chosen) {
    const run = await runBench(file);
    console.log(`\n${name} (load ${run.loadBefore} -> ${run.loadAfter})`);
    console.log(table(run.results.map((result) => row(result, last[name]))));
    benches = { ...benches, [name]: run };
    // After every bench: a later one that fails must not lose the numbers so far.
    mkdirSync(dirname(OUTPUT), { recursive: true });
    writeFileSync(OUTPUT, `${JSON.stringify({ machine, benches } satisfies BenchReport, undefined, 2)}\n`);
  }
}

await main();
