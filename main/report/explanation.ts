/** The explanation of one image on one static page. */
import type { Explanation } from '../../preload/contract/index.ts';
import type { Pictures } from './pictures.ts';

export function renderExplanation(explanation: Explanation, pictures: Pictures): string {
  return `${explanation.className}${pictures.size}`;
}
