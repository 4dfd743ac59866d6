/** Runs a command and watches the memory of its whole process tree (Linux). */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** How often memory is read, ms: short against the minutes of a job. */
const POLL_MS = 250;

/** What a command took. */
export interface CommandCost {
  readonly seconds: number;
  /** Largest sum of resident memory over the tree at one moment, bytes. */
  readonly peakBytes: number;
}

/**
 * Runs a program to its end.
 * @throws Error with the end of its error stream when it does not exit with 0
 */
export async function runWatched(file: string, args: readonly string[]): Promise<CommandCost> {
  const started = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    if (child.pid !== undefined) peakBytes = Math.max(peakBytes, residentBytes(child.pid));
  }, POLL_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('close', resolve);
      child.on('error', reject);
    });
    if (code !== 0) throw new Error(`"${args.join(' ')}" exited with ${code}:\n${errors}`);
  } finally {
    clearInterval(timer);
  }
  return { seconds: (performance.now() - started) / 1000, peakBytes };
}

/** Resident memory of a process and everything it started. */
function residentBytes(root: number): number {
  const parents = new Map<number, number>();
  const pages = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    // Fields after the command's closing bracket: state, parent, ..., resident pages as the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    parents.set(pid, Number(fields[1]));
    pages.set(pid, Number(fields[21]));
  }
  const belongs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return [...pages].reduce((sum, [pid, count]) => sum + (belongs(pid) ? count * 4096 : 0), 0);
}

/** Empty for a process that has just ended. */
function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return ') ';
    throw error;
  }
}
