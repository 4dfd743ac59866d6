/** JSON for carriers without structured clone: typed arrays travel as base64 under a mark, NaN as a mark of its own. */

// Node and browsers both have them; this folder knows the library of neither.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

const MARK = '$vislex';

const ARRAYS = { Uint8Array, Int16Array, Int32Array, Float32Array } as const;
type ArrayName = keyof typeof ARRAYS;

/** Value to JSON text. Typed arrays are little-endian, as on every machine we run on. */
export function toWire(value: unknown): string {
  // The holder's own value: a node Buffer, which is a Uint8Array, was turned into something else by its toJSON before.
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key: string, part: unknown) {
    const own = this[key];
    for (const name of Object.keys(ARRAYS) as ArrayName[]) {
      if (own instanceof ARRAYS[name]) {
        return { [MARK]: name, base64: toBase64(new Uint8Array(own.buffer, own.byteOffset, own.byteLength)) };
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

/** Codecs that newer runtimes have on the array itself. */
interface NativeBytes {
  toBase64?(): string;
}
interface NativeArrays {
  fromBase64?(base64: string): Uint8Array<ArrayBuffer>;
}

/** In pieces: a call of `fromCharCode` takes a limited number of arguments. */
const PIECE = 0x8000;

function toBase64(bytes: Uint8Array): string {
  const native = (bytes as NativeBytes).toBase64;
  if (native) return native.call(bytes);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += PIECE) {
    // Not spread: that walks an iterator, ten times slower than handing over the array.
    const piece = bytes.subarray(start, start + PIECE) as unknown as number[];
    pieces.push(String.fromCharCode.apply(null, piece));
  }
  return btoa(pieces.join(''));
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  try {
    const native = (Uint8Array as NativeArrays).fromBase64;
    if (native) return native.call(Uint8Array, base64);
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
    return bytes;
  } catch (error) {
    throw new SyntaxError('broken base64', { cause: error });
  }
}
