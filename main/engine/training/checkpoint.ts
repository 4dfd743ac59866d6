/** Bytes <-> the state of a learning run, versioned: a header of ASCII JSON and the tensors behind it. */
import { EngineError } from '../errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * "VXCK", then version, length of the header and checksum of everything behind the prefix (uint32, little endian), the
 * header, padding to 4, the tensors.
 */
const MAGIC = [0x56, 0x58, 0x43, 0x4b];
const VERSION = 1;
const PREFIX_BYTES = 16;

/** What a checkpoint holds: plain JSON data and named tensors. */
export interface Checkpoint {
  /** Identifies preset, seed, images and options; a run resumes only from its own checkpoints. */
  readonly fingerprint: string;
  /** JSON values only. */
  readonly data: unknown;
  readonly tensors: Readonly<Record<string, Tensor<'float32'>>>;
}

interface Header {
  readonly fingerprint: string;
  readonly data: unknown;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Writes a checkpoint. Equal contents give equal bytes. */
export function encodeCheckpoint({ fingerprint, data, tensors }: Checkpoint): Uint8Array {
  const entries = Object.entries(tensors);
  const header: Header = { fingerprint, data, tensors: entries.map(([name, { shape }]) => ({ name, shape })) };
  const text = asciiJson(header);
  const start = PREFIX_BYTES + Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(start + entries.reduce((sum, [, value]) => sum + value.data.byteLength, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, text.length, true);
  for (let index = 0; index < text.length; index++) bytes[PREFIX_BYTES + index] = text.charCodeAt(index);
  let at = start;
  for (const [, value] of entries) {
    bytes.set(new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength), at);
    at += value.data.byteLength;
  }
  view.setUint32(12, checksumOf(bytes, text.length), true);
  return bytes;
}

/**
 * Reads a checkpoint.
 * @param fingerprint what the running options have
 * @throws EngineError 'checkpoint' when the bytes are damaged, of a newer version or of another run
 */
export function decodeCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint {
  const header = readHeader(bytes);
  if (header.fingerprint !== fingerprint) {
    throw refuse('belongs to a run with other settings, another seed or other images', 'Start this run anew.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = PREFIX_BYTES + Math.ceil(view.getUint32(8, true) / 4) * 4;
  const tensors: Record<string, Tensor<'float32'>> = {};
  for (const { name, shape } of header.tensors) {
    const byteLength = sizeOf(shape) * 4;
    // A copy: the tensors may not start at a multiple of 4 in the caller's buffer. Not `slice`: what a database hands
    // over is a node Buffer, whose `slice` shares its memory.
    tensors[name] = float32(new Float32Array(new Uint8Array(bytes.subarray(at, at + byteLength)).buffer), shape);
    at += byteLength;
  }
  if (at !== bytes.length)
    throw refuse(`is ${bytes.length} bytes long instead of ${at}`, 'Resume from an earlier one.');
  return { fingerprint, data: header.data, tensors };
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < PREFIX_BYTES || MAGIC.some((value, index) => bytes[index] !== value)) {
    throw refuse('does not begin with "VXCK"', 'Give a checkpoint that this program wrote.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4, true);
  if (version !== VERSION) {
    throw refuse(
      `has version ${version}, this program reads ${VERSION}`,
      'Start the run anew or use the newer program.',
    );
  }
  const length = view.getUint32(8, true);
  if (PREFIX_BYTES + length > bytes.length || view.getUint32(12, true) !== checksumOf(bytes, length)) {
    throw refuse('is damaged or cut off', 'Resume from an earlier one.');
  }
  let text = '';
  for (let index = 0; index < length; index++) text += String.fromCharCode(bytes[PREFIX_BYTES + index]!);
  return JSON.parse(text) as Header;
}

/** FNV-1a over the header's length and the bytes behind the prefix; a single wrong byte always changes it. */
function checksumOf(bytes: Uint8Array, headerLength: number): number {
  let hash = Math.imul(0x811c9dc5 ^ headerLength, 0x01000193);
  for (let index = PREFIX_BYTES; index < bytes.length; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  return hash >>> 0;
}

function refuse(what: string, advice: string): EngineError {
  return new EngineError('checkpoint', `The checkpoint ${what}. ${advice}`);
}

/** JSON with every character beyond ASCII escaped, so that one character is one byte. Infinity and NaN become null. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    // eslint-disable-next-line no-control-regex -- the range of ASCII is what is meant
    /[^\x00-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
