/** What processes really took (Linux): processor time of a thread, without the time others had the processor, and memory. */
import { readFileSync } from 'node:fs';

/** A thread's account since it began. */
export interface ThreadTime {
  /** On a processor, ms. */
  readonly busyMs: number;
  /** Ready but without a processor, because others had them, ms. */
  readonly waitedMs: number;
}

/** The main thread of a process. @throws Error where the system does not tell (not Linux) */
export function mainThreadTime(pid: number): ThreadTime {
  const [busy, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').trim().split(' ').map(Number);
  return { busyMs: busy! / 1e6, waitedMs: waited! / 1e6 };
}

/** Memory of a process with its share of what it has in common with others, MB. */
export function memoryOf(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  if (!line) throw new Error(`the system does not tell the memory of process ${pid}`);
  return (Number(line[1]) * 1024) / 1e6;
}
