/** Text of the doctor's findings. */
import type { DoctorReport, ProviderLine } from '../../services/index.ts';
import { formatBytes, formatTable } from '../format.ts';

function state({ available, working }: ProviderLine): string {
  if (!available) return 'not here';
  return working ? 'works' : 'fails';
}

/** The machine, the versions, the providers, and what `--device auto` would take. */
export function doctorText(report: DoctorReport): string {
  const machine = [
    ['Vislex', report.appVersion],
    ['Node', report.node],
    ['system', `${report.platform}, ${report.cores} cores, ${formatBytes(report.memoryBytes)}`],
    ...Object.entries(report.versions),
  ];
  const providers = report.providers.map((line) => [
    line.provider,
    state(line),
    line.stepMs === null ? '' : `${line.stepMs.toFixed(1)} ms a step`,
    line.differenceToCpu === null ? '' : `${line.differenceToCpu.toExponential(1)} from cpu`,
    line.reason ?? '',
  ]);
  return [
    formatTable(machine),
    '',
    formatTable(providers, [2, 3]),
    '',
    `--device auto takes ${report.chosen}: ${report.reason}`,
  ].join('\n');
}
