/** Numbers and JSON in columns: little-endian bytes and checked parsing. */
import { createHash } from 'node:crypto';
import { corrupt } from './failures.ts';
import type { Json } from './records.ts';

/** The bytes of an array of numbers, little-endian as on every platform we build for; shares memory. */
export function bytesOf(values: Float32Array | Uint32Array | Uint16Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** float32 values of a blob. @throws StoreError 'corrupt' when the length is not a multiple of 4 */
export function float32Of(bytes: Uint8Array, file: string, what: string): Float32Array {
  if (bytes.byteLength % 4 !== 0) throw corrupt(file, `${what} has ${bytes.byteLength} bytes, not a multiple of 4`);
  return new Float32Array(aligned(bytes));
}

/** uint16 values of a blob. @throws StoreError 'corrupt' when the length is odd */
export function uint16Of(bytes: Uint8Array, file: string, what: string): Uint16Array {
  if (bytes.byteLength % 2 !== 0) throw corrupt(file, `${what} has ${bytes.byteLength} bytes, not a multiple of 2`);
  return new Uint16Array(aligned(bytes));
}

/** uint32 values of a blob. @throws StoreError 'corrupt' when the length is not a multiple of 4 */
export function uint32Of(bytes: Uint8Array, file: string, what: string): Uint32Array {
  if (bytes.byteLength % 4 !== 0) throw corrupt(file, `${what} has ${bytes.byteLength} bytes, not a multiple of 4`);
  return new Uint32Array(aligned(bytes));
}

/** A copy with a buffer of its own: blobs arrive as views at any offset of a larger buffer, number views need an aligned one. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** 32-byte SHA-256 over the parts of a row, kept beside blobs that can be recomputed so that `verify` sees a flipped bit. */
export function checksum(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** A JSON column's value; `Type` is what the writer of the column stored. @throws StoreError 'corrupt' naming the row */
export function parseJson<Type extends Json>(text: string, file: string, what: string): Type {
  try {
    return JSON.parse(text) as Type;
  } catch (error) {
    throw corrupt(file, `${what} is not JSON`, { cause: error });
  }
}
