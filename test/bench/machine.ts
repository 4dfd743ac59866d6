/** The machine and the moment a bench ran on: without them its numbers say nothing. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';

/** Facts that stay the same during a run. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** GiB */
  readonly memory: number;
  /** Such as 'linux x64'. */
  readonly system: string;
  readonly node: string;
  readonly onnxruntime: string;
}

/** Reads the facts of this machine. */
export function readMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    onnxruntime: versionOf('onnxruntime-node'),
  };
}

/** Processes that wanted a processor over the last minute; 0 where the system does not say (Windows). */
export function load(): number {
  return Math.round(loadavg()[0]! * 100) / 100;
}

function versionOf(packageName: string): string {
  const file = join(import.meta.dirname, '../../node_modules', packageName, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
