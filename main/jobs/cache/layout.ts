/** The form of the feature cache on disk: its key, its record, its manifest. */
import { EngineError } from '../../engine/errors.ts';
import type { AttentionSource } from '../../engine/explain/grad-cam.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { sha256 } from '../../platform/hash.ts';

/*
 * <project>.vislex.cache/<key>/
 *   manifest.json        what the records are (below)
 *   index.bin            entries of 48 bytes: image SHA-256 | shard | slot | CRC-32 of the record | CRC-32 of the entry
 *   shard-000000.bin ... records of one fixed size, slot after slot
 * A record counts once its index entry is whole. Records are synced to the disk before their entries are written, so
 * a kill or a power cut at any moment loses the last images only. Deleting the folder is safe: it is made again.
 * All numbers are little-endian, as every machine we run on is.
 */

/** Raised when records made by an older program must not be read. Part of the key. */
export const CACHE_FORMAT = 1;

/** A shard is closed before it grows past this, bytes: small enough to copy, few enough to keep open. */
const SHARD_BYTES = 512 * 1024 * 1024;

/** Everything that decides the content of a record besides the image. */
export interface CacheIdentity {
  /** Hash of the model and its external data. */
  readonly modelSha256: string;
  readonly preprocessing: Preprocessing;
  /** Name of the tensor at the cut point. */
  readonly cut: string;
}

/** What the records of a cache hold. */
export interface CacheShape {
  readonly channels: number;
  /** Rows and columns of the feature map. */
  readonly height: number;
  readonly width: number;
  readonly classCount: number;
  /** How the attention maps were made. */
  readonly attentionSource: AttentionSource;
}

/** Stored form of the features; logits and attention are always float32. */
export type FeaturePrecision = 'float16' | 'float32';

/** The content of manifest.json. */
export interface CacheManifest {
  readonly format: number;
  readonly identity: CacheIdentity;
  readonly shape: CacheShape;
  readonly precision: FeaturePrecision;
}

/** Sizes of one record. Order: attention, logits (float32), then features, so that all are aligned. */
export interface RecordLayout {
  readonly recordBytes: number;
  readonly recordsPerShard: number;
  /** Elements of each part. */
  readonly attentionLength: number;
  readonly logitsLength: number;
  readonly featuresLength: number;
  /** Byte offsets of each part. */
  readonly logitsOffset: number;
  readonly featuresOffset: number;
}

/** Name of the cache folder of a model with its preprocessing and cut: 32 hexadecimal digits. */
export function cacheKey(identity: CacheIdentity): string {
  return sha256(canonicalJson({ format: CACHE_FORMAT, ...identity })).slice(0, 32);
}

/** JSON with sorted keys: equal values, equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** Works out the record of a cache. */
export function recordLayout(shape: CacheShape, precision: FeaturePrecision): RecordLayout {
  const attentionLength = shape.height * shape.width;
  const logitsLength = shape.classCount;
  const featuresLength = shape.channels * attentionLength;
  const logitsOffset = attentionLength * 4;
  const featuresOffset = logitsOffset + logitsLength * 4;
  const bytes = featuresOffset + featuresLength * (precision === 'float16' ? 2 : 4);
  // Records start at multiples of 4: parts can be viewed in place.
  const recordBytes = Math.ceil(bytes / 4) * 4;
  return {
    recordBytes,
    recordsPerShard: Math.max(1, Math.floor(SHARD_BYTES / recordBytes)),
    attentionLength,
    logitsLength,
    featuresLength,
    logitsOffset,
    featuresOffset,
  };
}

/**
 * Reads a manifest.
 * @throws EngineError 'cache' when it is no manifest of this format
 */
export function parseManifest(text: string, file: string): CacheManifest {
  let manifest: Partial<CacheManifest>;
  try {
    manifest = JSON.parse(text) as Partial<CacheManifest>;
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause);
  }
  if (manifest.format !== CACHE_FORMAT || !manifest.identity || !manifest.shape || !manifest.precision) {
    throw damaged(file, 'it is of another format');
  }
  return manifest as CacheManifest;
}

/** The error for a cache that cannot be trusted, with the way out. */
export function damaged(file: string, why: string, cause?: unknown): EngineError {
  return new EngineError(
    'cache',
    `The feature cache file ${JSON.stringify(file)} is damaged: ${why}. Delete the cache folder; it is made again from the images.`,
    { file, found: why },
    { cause },
  );
}
