/** The index of a feature cache: fixed entries, each with its own checksum, so that a torn end is seen. */
import { crc32 } from 'node:zlib';

/** Where an image's record lies. */
export interface IndexEntry {
  /** Lower-case hexadecimal SHA-256 of the image file. */
  readonly sha256: string;
  readonly shard: number;
  /** Number of the record inside its shard. */
  readonly slot: number;
  /** CRC-32 of the record's bytes. */
  readonly checksum: number;
}

/** SHA-256 (32), shard, slot, record checksum, entry checksum (4 each). */
export const ENTRY_BYTES = 48;

/** Writes entries one after the other. */
export function packEntries(entries: readonly IndexEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES);
  entries.forEach((entry, index) => {
    const at = index * ENTRY_BYTES;
    bytes.write(entry.sha256, at, 'hex');
    bytes.writeUInt32LE(entry.shard, at + 32);
    bytes.writeUInt32LE(entry.slot, at + 36);
    bytes.writeUInt32LE(entry.checksum, at + 40);
    bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 44)), at + 44);
  });
  return bytes;
}

/** Reads entries up to the first one that is cut off or damaged; what follows it was never acknowledged. */
export function unpackEntries(bytes: Buffer): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    if (crc32(bytes.subarray(at, at + 44)) !== bytes.readUInt32LE(at + 44)) break;
    entries.push({
      sha256: bytes.toString('hex', at, at + 32),
      shard: bytes.readUInt32LE(at + 32),
      slot: bytes.readUInt32LE(at + 36),
      checksum: bytes.readUInt32LE(at + 40),
    });
  }
  return entries;
}
