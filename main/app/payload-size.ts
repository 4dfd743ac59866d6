/** How big a message is, before anything looks into it. */

/** Bytes that a value without content of its own (number, null, a bracket) counts for. */
const PLAIN_BYTES = 8;

/**
 * Rough size of a message in bytes: text by its characters, arrays of bytes by their length.
 * @param limit counting stops above it, so that a huge or endless message costs no more than a big one
 */
export function payloadBytes(message: unknown, limit: number): number {
  let total = 0;
  const open: unknown[] = [message];
  while (open.length > 0 && total <= limit) {
    const value = open.pop();
    total += PLAIN_BYTES;
    if (typeof value === 'string') total += value.length * 2;
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) total += value.byteLength;
    else if (Array.isArray(value)) {
      total += value.length * PLAIN_BYTES;
      // Not looked into when its length alone is too much: the next turn of the loop does not come.
      if (total <= limit) for (const part of value) open.push(part);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        total += key.length * 2;
        open.push(part);
      }
    }
  }
  return total;
}
