/** The feature cache of one model: open or make, append records, commit, read. One process writes at a time. */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { EngineError, InvariantError } from '../../engine/errors.ts';
import type { FeatureBatch, FeatureSource } from '../../engine/training/feature-source.ts';
import { fileError, writeFileAtomic } from '../../platform/files.ts';
import { createCachedSource } from './cached-source.ts';
import { packHalf } from './half.ts';
import { ENTRY_BYTES, packEntries, unpackEntries } from './index-file.ts';
import type { IndexEntry } from './index-file.ts';
import { CACHE_FORMAT, cacheKey, parseManifest, recordLayout } from './layout.ts';
import type { CacheIdentity, CacheManifest, CacheShape, FeaturePrecision, RecordLayout } from './layout.ts';

/** Appended records wait for their index entries at most this many images: what a kill can lose. */
const COMMIT_INTERVAL = 256;

/** An open cache. */
export interface FeatureCache {
  readonly folder: string;
  readonly shape: CacheShape;
  readonly precision: FeaturePrecision;
  /** Images that have a committed or appended record. */
  readonly count: number;
  /** True when the image has a record. */
  has(sha256: string): boolean;
  /**
   * Adds the records of some images, in memory order of the batch; commits by itself now and then.
   * @param images SHA-256 of each image, none of them in the cache yet
   * @returns false when a feature does not fit float16: nothing was added, the caller widens the cache
   */
  append(images: readonly string[], batch: FeatureBatch): Promise<boolean>;
  /** Drops every record and goes on with float32 features. */
  widen(): Promise<void>;
  /** Makes everything appended durable. */
  commit(): Promise<void>;
  /**
   * Reads records as the training sees them.
   * @param images SHA-256 of image 0, 1, ... of the source
   * @throws EngineError 'cache' when one has no record
   */
  source(images: readonly string[]): FeatureSource;
  /** Commits and closes the files; sources cannot be read afterwards. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the cache of a model, or makes it. A manifest or index that cannot be trusted starts the cache afresh:
 * everything in it can be computed again.
 * @param cachesFolder holds all caches of a project
 * @throws FileError 'disk-full', 'read-only' or 'no-permission'
 */
export async function openFeatureCache(
  cachesFolder: string,
  identity: CacheIdentity,
  shape: CacheShape,
): Promise<FeatureCache> {
  const folder = join(cachesFolder, cacheKey(identity));
  try {
    await mkdir(folder, { recursive: true });
    const known = await readManifest(folder);
    const isUsable = known !== undefined && sameShape(known.shape, shape);
    const cache = new OpenCache(folder, identity, shape, isUsable ? known.precision : 'float16');
    if (!isUsable) await cache.clear();
    await cache.load();
    return cache;
  } catch (error) {
    throw fileError(error, folder);
  }
}

/**
 * Opens a cache that must exist, to read it.
 * @param folder of this one cache: `<caches>/<key>`
 * @throws EngineError 'cache' when there is none, or it is damaged
 */
export async function readFeatureCache(folder: string): Promise<FeatureCache> {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) {
    throw new EngineError(
      'cache',
      `There is no feature cache in ${JSON.stringify(folder)}. Extract the features again.`,
      { file: folder },
    );
  }
  const manifest = parseManifest(await readFile(path, 'utf8'), path);
  const cache = new OpenCache(folder, manifest.identity, manifest.shape, manifest.precision);
  await cache.load();
  return cache;
}

async function readManifest(folder: string): Promise<CacheManifest | undefined> {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) return undefined;
  try {
    return parseManifest(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof EngineError) return undefined; // made again by the caller
    throw error;
  }
}

function sameShape(a: CacheShape, b: CacheShape): boolean {
  return (Object.keys(b) as (keyof CacheShape)[]).every((key) => a[key] === b[key]);
}

class OpenCache implements FeatureCache {
  readonly folder: string;
  readonly shape: CacheShape;
  readonly #identity: CacheIdentity;
  readonly #entries = new Map<string, IndexEntry>();
  readonly #shards = new Map<number, FileHandle>();
  #precision: FeaturePrecision;
  #layout: RecordLayout;
  #index: FileHandle | undefined;
  #indexBytes = 0;
  /** Records written, entries not yet. */
  #pending: IndexEntry[] = [];
  /** Where the next record goes, counted over all shards. */
  #next = 0;

  constructor(folder: string, identity: CacheIdentity, shape: CacheShape, precision: FeaturePrecision) {
    this.folder = folder;
    this.shape = shape;
    this.#identity = identity;
    this.#precision = precision;
    this.#layout = recordLayout(shape, precision);
  }

  get precision(): FeaturePrecision {
    return this.#precision;
  }

  get count(): number {
    return this.#entries.size;
  }

  has(sha256: string): boolean {
    return this.#entries.has(sha256);
  }

  /** Reads the index; a torn end, or entries of records that never reached the disk, are cut off. */
  async load(): Promise<void> {
    this.#index = await openForUpdate(join(this.folder, 'index.bin'));
    const entries = unpackEntries(await this.#index.readFile());
    this.#indexBytes = 0;
    for (const entry of entries) {
      const end = (entry.slot + 1) * this.#layout.recordBytes;
      if ((await (await this.#shard(entry.shard)).stat()).size < end) break;
      this.#entries.set(entry.sha256, entry);
      this.#next = Math.max(this.#next, entry.shard * this.#layout.recordsPerShard + entry.slot + 1);
      this.#indexBytes += ENTRY_BYTES;
    }
    await this.#index.truncate(this.#indexBytes);
  }

  /** Empties the folder and writes the manifest. */
  async clear(): Promise<void> {
    await this.#closeFiles();
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    this.#entries.clear();
    this.#pending = [];
    this.#next = 0;
    this.#indexBytes = 0;
    const manifest: CacheManifest = {
      format: CACHE_FORMAT,
      identity: this.#identity,
      shape: this.shape,
      precision: this.#precision,
    };
    writeFileAtomic(join(this.folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }

  async widen(): Promise<void> {
    this.#precision = 'float32';
    this.#layout = recordLayout(this.shape, 'float32');
    await this.clear();
    await this.load();
  }

  async append(images: readonly string[], batch: FeatureBatch): Promise<boolean> {
    const { recordBytes, recordsPerShard } = this.#layout;
    const records = new Uint8Array(images.length * recordBytes);
    for (let image = 0; image < images.length; image++) {
      if (!this.#pack(records.subarray(image * recordBytes, (image + 1) * recordBytes), batch, image)) return false;
    }
    try {
      for (let image = 0; image < images.length;) {
        // A batch may end one shard and begin the next.
        const shard = Math.floor(this.#next / recordsPerShard);
        const slot = this.#next % recordsPerShard;
        const count = Math.min(images.length - image, recordsPerShard - slot);
        const part = records.subarray(image * recordBytes, (image + count) * recordBytes);
        await writeAll(await this.#shard(shard), part, slot * recordBytes);
        for (let index = 0; index < count; index++) {
          const checksum = crc32(part.subarray(index * recordBytes, (index + 1) * recordBytes));
          const entry = { sha256: images[image + index]!, shard, slot: slot + index, checksum };
          this.#entries.set(entry.sha256, entry);
          this.#pending.push(entry);
        }
        image += count;
        this.#next += count;
      }
      if (this.#pending.length >= COMMIT_INTERVAL) await this.commit();
    } catch (error) {
      throw fileError(error, this.folder);
    }
    return true;
  }

  /** Writes one image's record. @returns false when a feature does not fit */
  #pack(record: Uint8Array, batch: FeatureBatch, image: number): boolean {
    const { attentionLength, logitsLength, featuresLength, logitsOffset, featuresOffset } = this.#layout;
    const part = (data: Float32Array, length: number) => data.subarray(image * length, (image + 1) * length);
    const start = record.byteOffset;
    new Float32Array(record.buffer, start, attentionLength).set(part(batch.attention.data, attentionLength));
    new Float32Array(record.buffer, start + logitsOffset, logitsLength).set(part(batch.logits.data, logitsLength));
    const features = part(batch.features.data, featuresLength);
    if (this.#precision === 'float16') {
      return packHalf(features, new Float16Array(record.buffer, start + featuresOffset, featuresLength));
    }
    new Float32Array(record.buffer, start + featuresOffset, featuresLength).set(features);
    return true;
  }

  async commit(): Promise<void> {
    if (this.#pending.length === 0) return;
    if (!this.#index) throw new InvariantError('feature cache committed after close');
    const pending = this.#pending;
    try {
      for (const shard of new Set(pending.map((entry) => entry.shard))) await (await this.#shard(shard)).datasync();
      const bytes = packEntries(pending);
      await writeAll(this.#index, bytes, this.#indexBytes);
      await this.#index.datasync();
      this.#indexBytes += bytes.length;
      this.#pending = [];
    } catch (error) {
      throw fileError(error, this.folder);
    }
  }

  source(images: readonly string[]): FeatureSource {
    const places = images.map((sha256) => {
      const entry = this.#entries.get(sha256);
      if (entry !== undefined) return entry;
      throw new EngineError(
        'cache',
        `The feature cache ${JSON.stringify(this.folder)} has no record of the image ${sha256}. Extract the features again.`,
        { file: this.folder, found: sha256 },
      );
    });
    return createCachedSource({
      places,
      shape: this.shape,
      precision: this.#precision,
      layout: this.#layout,
      folder: this.folder,
      shard: (shard) => this.#shard(shard),
    });
  }

  async close(): Promise<void> {
    await this.commit();
    await this.#closeFiles();
  }

  async #closeFiles(): Promise<void> {
    const files = [...this.#shards.values(), ...(this.#index ? [this.#index] : [])];
    this.#shards.clear();
    this.#index = undefined;
    for (const file of files) await file.close();
  }

  async #shard(shard: number): Promise<FileHandle> {
    const known = this.#shards.get(shard);
    if (known) return known;
    const file = await openForUpdate(join(this.folder, `shard-${String(shard).padStart(6, '0')}.bin`));
    this.#shards.set(shard, file);
    return file;
  }
}

/** Opens a file to read and to write at any place; makes it when there is none. */
async function openForUpdate(path: string): Promise<FileHandle> {
  if (!existsSync(path)) await (await open(path, 'a')).close();
  return open(path, 'r+');
}

/** One call may write less than it was given, for example on an almost full disk. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
