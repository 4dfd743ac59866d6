/** JSON for carriers without structured clone: typed arrays travel as base64 under a mark, NaN as a mark of its own. */

// Node and browsers both have them; this folder knows the library of neither.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

const MARK = '$vislex';

const ARRAYS = { Uint8Array, Int16Array, Int32Array, Float32Array } as const;
type ArrayName = keyof typeof ARRAYS;

/** Value to JSON text. Typed arrays are little-endian, as on every machine we run on. */
export function toWire(value: unknown): string {
  // Marked first: a replacer would take JSON.stringify off its fast path, five times slower for a thousand words.
  return JSON.stringify(marked(value));
}

/** The value with marks in place of what JSON has not; parts without any are the same objects. */
function marked(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [MARK]: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return markedBytes(value);
  if (Array.isArray(value)) return markedList(value);
  // Such as a date.
  if (!isPlain(value) && 'toJSON' in value) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const part = (value as Readonly<Record<string, unknown>>)[key];
    const own = marked(part);
    if (own === part) continue;
    copy ??= { ...value };
    put(copy, key, own);
  }
  return copy ?? value;
}

function markedList(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const own = marked(list[index]);
    if (own !== list[index]) (copy ??= [...list])[index] = own;
  }
  return copy ?? list;
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

/** Sets a property of any name: '__proto__' too is a name like others. */
function put(target: object, key: string, value: unknown): void {
  if (key !== '__proto__') (target as Record<string, unknown>)[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Arrays of other types go as JSON has them. A node Buffer is a Uint8Array. */
function markedBytes(view: ArrayBufferView): unknown {
  for (const name of Object.keys(ARRAYS) as ArrayName[]) {
    if (!(view instanceof ARRAYS[name])) continue;
    return { [MARK]: name, base64: toBase64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) };
  }
  return view;
}

/** JSON text to value. @throws SyntaxError for text that is no JSON or carries a mark that we never write */
export function fromWire(text: string): unknown {
  // Walked afterwards: a reviver would be called for every value, in the slow way that can delete them.
  return unmarked(JSON.parse(text));
}

/** The value with what the marks stand for, changed in place. */
function unmarked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = unmarked(value[index]);
    return value;
  }
  for (const key of Object.keys(value)) {
    const part = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof part !== 'object' || part === null) continue;
    const own = unmarked(part);
    if (own !== part) put(value, key, own);
  }
  return Object.hasOwn(value, MARK) ? meant(value as Readonly<Record<string, unknown>>) : value;
}

/** What a mark stands for. */
function meant({ [MARK]: name, base64 }: Readonly<Record<string, unknown>>): unknown {
  if (name === 'NaN' || name === 'Infinity' || name === '-Infinity') return Number(name);
  if (typeof name !== 'string' || !Object.hasOwn(ARRAYS, name) || typeof base64 !== 'string') {
    throw new SyntaxError(`unknown mark ${JSON.stringify(name)}`);
  }
  const bytes = fromBase64(base64);
  const type = ARRAYS[name as ArrayName];
  if (bytes.byteLength % type.BYTES_PER_ELEMENT !== 0) throw new SyntaxError(`a ${name} of ${bytes.byteLength} bytes`);
  return new type(bytes.buffer);
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
