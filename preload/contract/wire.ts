/** JSON for carriers without structured clone: typed arrays travel as base64 under a mark, NaN as a mark of its own. */

// Node and browsers both have them; this folder knows the library of neither.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

const MARK = '$vislex';

const ARRAYS = { Uint8Array, Int16Array, Int32Array, Float32Array } as const;
type ArrayName = keyof typeof ARRAYS;

/** Value to JSON text. Typed arrays are little-endian, as on every machine we run on. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    for (const name of Object.keys(ARRAYS) as ArrayName[]) {
      if (part instanceof ARRAYS[name]) {
        return { [MARK]: name, base64: toBase64(new Uint8Array(part.buffer, part.byteOffset, part.byteLength)) };
      }
    }
    if (typeof part === 'number' && !Number.isFinite(part)) return { [MARK]: String(part) };
    return part;
  });
}

/** JSON text to value. @throws SyntaxError for text that is no JSON or carries a mark that we never write */
export function fromWire(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, MARK)) return part;
    const { [MARK]: name, base64 } = part as Readonly<Record<string, unknown>>;
    if (name === 'NaN' || name === 'Infinity' || name === '-Infinity') return Number(name);
    if (typeof name !== 'string' || !Object.hasOwn(ARRAYS, name) || typeof base64 !== 'string') {
      throw new SyntaxError(`unknown mark ${JSON.stringify(name)}`);
    }
    const bytes = fromBase64(base64);
    const type = ARRAYS[name as ArrayName];
    if (bytes.byteLength % type.BYTES_PER_ELEMENT !== 0)
      throw new SyntaxError(`a ${name} of ${bytes.byteLength} bytes`);
    return new type(bytes.buffer);
  });
}

/** In pieces: a call of `fromCharCode` takes a limited number of arguments. */
const PIECE = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new SyntaxError('broken base64', { cause: error });
  }
}
