/** Text of a verification. */
import type { VerifyResult } from '../../services/index.ts';
import { formatCount, formatTable } from '../format.ts';

/** One line per check, then the verdict and the journal's head, which can be written down elsewhere. */
export function verifyText({ checks, isOk, journalHead }: VerifyResult): string {
  const rows = checks.map(({ name, isOk: isGood, checked, broken }) => [
    isGood ? 'ok' : 'BROKEN',
    name,
    formatCount(checked),
    broken ?? '',
  ]);
  const verdict = isOk ? 'The project is whole.' : 'The project is damaged: see the first broken check above.';
  return [formatTable(rows, [2]), verdict, `journal head ${journalHead}`].join('\n');
}
