/** Views of images as pages ask for them: from the cache, or drawn in batches, what was asked for last first. */
import { join } from 'node:path';
import type { VIEW_SCALES } from '../../preload/contract/index.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import type { TaskEvent, TaskInput } from '../jobs/index.ts';
import { sha256 } from '../platform/hash.ts';
import { featureCacheFolder } from '../platform/paths.ts';
import { canonicalJson } from '../store/index.ts';
import type { Json } from '../store/index.ts';
import type { ServiceContext } from './context.ts';
import { createViewCache } from './view-cache.ts';
import type { ViewCacheLimits } from './view-cache.ts';

/** Times the size of the model's input. */
export type ViewScale = (typeof VIEW_SCALES)[number];

/** A view to show. */
export interface WantedView {
  /** Path of the project in whose cache the view is kept; null for an image that belongs to none. */
  readonly projectPath: string | null;
  readonly preprocessing: Preprocessing;
  /** Where the image is and what it was; `bytes` when it is in memory, `path` is then its name in messages. */
  readonly image: { readonly path: string; readonly sha256: string; readonly bytes?: Uint8Array };
  readonly scale: ViewScale;
}

/** Views, cached. */
export interface Views {
  /**
   * A JPEG of what the model sees. undefined for an image that is gone, changed or unreadable (logged), and for a request
   * so old that hundreds of newer ones are waiting.
   */
  view(wanted: WantedView): Promise<Uint8Array | undefined>;
}

/** Views drawn by one job: enough to keep the codec's threads busy, few enough that newer requests soon get their turn. */
const BATCH_SIZE = 12;

/** Requests that may wait: several screens. Older ones have been scrolled away. */
const WAITING_LIMIT = 600;

/** JPEG quality, 1..100: no artefact is seen at twice the size. */
const QUALITY = 88;

/** A request that is not drawn yet. */
interface Waiting extends WantedView {
  readonly key: string;
  readonly settingsHash: string;
  readonly promise: Promise<Uint8Array | undefined>;
  readonly resolve: (jpeg: Uint8Array | undefined) => void;
  /** True once it was answered. */
  isDone: boolean;
  /** True after it was in a batch whose process died: it is drawn alone, so that it harms no other. */
  isSuspect: boolean;
}

/** @param context the queue of pictures and the log */
export function createViews(context: Pick<ServiceContext, 'pictures' | 'log'>, limits?: ViewCacheLimits): Views {
  const { pictures, log } = context;
  const cache = createViewCache(log, limits);
  /** Asked for and not answered, by key; the newest last. */
  const waiting = new Map<string, Waiting>();
  const drawing = new Map<string, Waiting>();

  function want(wanted: WantedView, key: string, settingsHash: string): Promise<Uint8Array | undefined> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    waiting.set(key, { ...wanted, key, settingsHash, promise, resolve, isDone: false, isSuspect: false });
    if (waiting.size > WAITING_LIMIT) {
      const [oldest] = waiting.values();
      waiting.delete(oldest!.key);
      settle(oldest!, undefined);
    }
    if (drawing.size === 0) void drawNext();
    return promise;
  }

  async function drawNext(): Promise<void> {
    while (waiting.size > 0) {
      const batch = takeBatch();
      for (const item of batch) drawing.set(item.key, item);
      try {
        await draw(batch);
      } catch (error) {
        giveUp(batch, error);
      } finally {
        drawing.clear();
      }
    }
  }

  /** The newest requests with the same preprocessing. */
  function takeBatch(): Waiting[] {
    const newestFirst = [...waiting.values()].reverse();
    const first = newestFirst[0]!;
    const batch = first.isSuspect
      ? [first]
      : newestFirst.filter((item) => item.settingsHash === first.settingsHash && !item.isSuspect).slice(0, BATCH_SIZE);
    for (const { key } of batch) waiting.delete(key);
    return batch;
  }

  async function draw(batch: readonly Waiting[]): Promise<void> {
    const byKey = new Map(batch.map((item) => [item.key, item]));
    const onEvent = (drawn: TaskEvent<'renderViews'>): void => {
      for (const { key, bytes } of drawn) {
        const item = byKey.get(key);
        if (!item) continue;
        byKey.delete(key);
        settle(item, bytes);
        void cache.write(folderOf(item), nameOf(item), bytes);
      }
    };
    const { skipped } = await pictures.run('renderViews', toInput(batch), { onEvent });
    for (const { path, reason } of skipped) log.warn('view left out', { path, reason });
    for (const item of byKey.values()) settle(item, undefined);
  }

  /** A process that died takes a whole batch with it: its images get a second chance, each alone. */
  function giveUp(batch: readonly Waiting[], error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    log.error('views could not be drawn', { count: batch.length, reason });
    for (const item of batch.filter(({ isDone }) => !isDone)) {
      if (batch.length === 1) {
        settle(item, undefined);
      } else {
        item.isSuspect = true;
        waiting.set(item.key, item);
      }
    }
  }

  return {
    async view(wanted) {
      const settingsHash = hashOf(wanted.preprocessing);
      const key = `${wanted.projectPath ?? ''}|${nameOf({ ...wanted, settingsHash })}`;
      const kept = await cache.read(folderOf(wanted), nameOf({ ...wanted, settingsHash }));
      if (kept) return kept;
      const before = waiting.get(key);
      if (before) {
        // Asked for again: as new as any.
        waiting.delete(key);
        waiting.set(key, before);
        return before.promise;
      }
      return drawing.get(key)?.promise ?? want(wanted, key, settingsHash);
    },
  };
}

function settle(item: Waiting, jpeg: Uint8Array | undefined): void {
  item.isDone = true;
  item.resolve(jpeg);
}

/** Folder of a project's views; safe to delete at any time. */
function folderOf({ projectPath }: WantedView): string | null {
  return projectPath === null ? null : join(featureCacheFolder(projectPath), 'views');
}

function nameOf({ image, settingsHash, scale }: Pick<Waiting, 'image' | 'settingsHash' | 'scale'>): string {
  return `${image.sha256}-${settingsHash}-${scale}.jpg`;
}

/** Short name of a preprocessing: views made under another one are others. */
function hashOf(preprocessing: Preprocessing): string {
  return sha256(canonicalJson(preprocessing as unknown as Json)).slice(0, 12);
}

function toInput(batch: readonly Waiting[]): TaskInput<'renderViews'> {
  const images = new Map(batch.map(({ image }) => [image.sha256, { ...image, key: image.sha256 }]));
  return {
    preprocessing: batch[0]!.preprocessing,
    images: [...images.values()],
    views: batch.map(({ key, image, scale }) => ({ key, imageKey: image.sha256, scale })),
    crops: [],
    maps: [],
    quality: QUALITY,
  };
}
