/** What is said beside the address while Vislex is served. */

/** For the person at the terminal; the address itself goes to stdout. */
export const servingText =
  'Open this address in a browser on this machine, once; for a new one end Vislex and start it again. Ctrl-C ends it.';

/** When the system's opener could not be started. */
export function notOpenedText(reason: string): string {
  return `The browser could not be opened (${reason}): open the address by hand.`;
}

/** At the end. */
export const endedText = 'Vislex has ended; everything that was named is kept.';
