/** Reads records of a feature cache as the training's FeatureSource: neighbours in one read, checked once. */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { InvariantError } from '../../engine/errors.ts';
import type { FeatureBatch, FeatureSource } from '../../engine/training/feature-source.ts';
import { zeros } from '../../engine/tensor/tensor.ts';
import { createHalfTable, unpackHalf } from './half.ts';
import type { IndexEntry } from './index-file.ts';
import { damaged } from './layout.ts';
import type { CacheShape, FeaturePrecision, RecordLayout } from './layout.ts';

/** Longest single read, bytes: larger ones gain nothing, and the buffer is kept. */
const READ_BYTES = 4 * 1024 * 1024;

/** What a source reads from. */
export interface CachedSourceOptions {
  /** Where the record of image 0, 1, ... lies. */
  readonly places: readonly IndexEntry[];
  readonly shape: CacheShape;
  readonly precision: FeaturePrecision;
  readonly layout: RecordLayout;
  /** Named in messages. */
  readonly folder: string;
  readonly shard: (shard: number) => Promise<FileHandle>;
}

/** One wanted record: its place and where it goes in the batch. */
interface Wanted {
  readonly place: IndexEntry;
  readonly image: number;
  readonly target: number;
}

/** A source over committed or appended records; holds one read buffer of a few MB. */
export function createCachedSource(options: CachedSourceOptions): FeatureSource {
  const { places, shape, layout, folder } = options;
  const { channels, height, width, classCount } = shape;
  const table = options.precision === 'float16' ? createHalfTable() : undefined;
  // Each record's checksum is verified the first time it is read; epochs after that trust it.
  const isVerified = new Uint8Array(places.length);
  const buffer = new Uint8Array(Math.max(READ_BYTES, layout.recordBytes));
  const longestRun = Math.floor(buffer.length / layout.recordBytes);
  // One buffer serves one read at a time.
  let turn: Promise<unknown> = Promise.resolve();

  async function read(indices: readonly number[]): Promise<FeatureBatch> {
    const batch: FeatureBatch = {
      features: zeros('float32', [indices.length, channels, height, width]),
      logits: zeros('float32', [indices.length, classCount]),
      attention: zeros('float32', [indices.length, height, width]),
    };
    const wanted = indices.map((image, target): Wanted => {
      const place = places[image];
      if (place === undefined) throw new InvariantError(`feature source: image ${image} of ${places.length}`);
      return { place, image, target };
    });
    wanted.sort((a, b) => a.place.shard - b.place.shard || a.place.slot - b.place.slot);
    for (let start = 0; start < wanted.length;) {
      const end = endOfRun(wanted, start, longestRun);
      await readRun(wanted.slice(start, end), batch);
      start = end;
    }
    return batch;
  }

  async function readRun(run: readonly Wanted[], batch: FeatureBatch): Promise<void> {
    const first = run[0]!.place;
    const bytes = (run.at(-1)!.place.slot - first.slot + 1) * layout.recordBytes;
    const file = await options.shard(first.shard);
    const { bytesRead } = await file.read(buffer, 0, bytes, first.slot * layout.recordBytes);
    if (bytesRead < bytes) throw damaged(folder, `shard ${first.shard} ends in the middle of a record`);
    for (const { place, image, target } of run) {
      const offset = (place.slot - first.slot) * layout.recordBytes;
      if (isVerified[image] === 0) {
        if (crc32(buffer.subarray(offset, offset + layout.recordBytes)) !== place.checksum) {
          throw damaged(folder, `the record of image ${place.sha256} has a wrong checksum`);
        }
        isVerified[image] = 1;
      }
      unpack(offset, batch, target);
    }
  }

  function unpack(offset: number, batch: FeatureBatch, target: number): void {
    const { attentionLength, logitsLength, featuresLength, logitsOffset, featuresOffset } = layout;
    const floats = (start: number, length: number) => new Float32Array(buffer.buffer, offset + start, length);
    batch.attention.data.set(floats(0, attentionLength), target * attentionLength);
    batch.logits.data.set(floats(logitsOffset, logitsLength), target * logitsLength);
    const to = target * featuresLength;
    if (table === undefined) {
      batch.features.data.set(floats(featuresOffset, featuresLength), to);
    } else {
      const bits = new Uint16Array(buffer.buffer, offset + featuresOffset, featuresLength);
      unpackHalf(table, bits, batch.features.data, to);
    }
  }

  return {
    count: places.length,
    channels,
    height,
    width,
    classCount,
    read(indices) {
      const result = turn.then(() => read(indices));
      turn = result.catch(() => undefined); // the caller gets the failure; the next read only waits
      return result;
    },
  };
}

/** End of the run of records from `start` on that one read can take: same shard, next to each other. */
function endOfRun(wanted: readonly Wanted[], start: number, longest: number): number {
  const first = wanted[start]!.place;
  let end = start + 1;
  while (end < wanted.length) {
    const { place } = wanted[end]!;
    const previous = wanted[end - 1]!.place;
    const isNear = place.shard === first.shard && place.slot - previous.slot <= 1;
    if (!isNear || place.slot - first.slot >= longest) break;
    end++;
  }
  return end;
}
