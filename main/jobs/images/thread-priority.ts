/** Lets the decoding thread give way to the model where both want the same core. */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lowers the priority of the calling thread; only Linux has priorities by thread, elsewhere nothing happens.
 * The model's threads wait for each other at every layer, so one that is pushed off its core holds up all of them;
 * the decoder works ahead and can wait.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  // "<process>/task/<thread>" of whoever reads it.
  const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  setPriority(threadId, constants.priority.PRIORITY_LOW);
}
