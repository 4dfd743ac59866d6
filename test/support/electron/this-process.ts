/** The one stand-in of a process, as there is one Electron in it. */
import { resolve } from 'node:path';
import { createStandIn } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';

const standIn = createStandIn(resolve(import.meta.dirname, '../../..'));

/** The stand-in. */
export function standInOfThisProcess(): StandIn {
  return standIn;
}
