/** Streams images as model input: decoding threads fill a ring of shared batches ahead of the model. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { inputLength } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { BatchReply, BatchRequest, BatchThreadData } from './batch-thread.ts';
import type { ImageReference, SkippedImage } from './image-reference.ts';

/** Batches ready or in work ahead of the model: one could do, two smooth out large images. */
const BATCHES_AHEAD = 2;

/** One decoding thread (600 images a second) keeps up with a model on this many cores. */
const CORES_PER_THREAD = 4;

/** More threads than this wait for the disk. */
const MAXIMUM_THREADS = 4;

/** Some images, ready for the model. */
export interface ImageBatch {
  /** The images in `data`, in order; those that could not be used are left out. */
  readonly images: readonly ImageReference[];
  readonly skipped: readonly SkippedImage[];
  /**
   * Values of `batchSize` images; only the first `images.length` mean something.
   * Shared memory that is filled anew once the next batch is asked for.
   */
  readonly data: Float32Array;
}

/** How images are loaded. */
export interface LoadOptions {
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
  /** The worker's file, which serves as decoding thread too. */
  readonly workerPath: string;
}

/**
 * Decodes images in threads of their own, in order, a few batches ahead; memory is bounded by the ring.
 * Threads end with the iteration, also when it is left early.
 */
export async function* loadBatches(
  images: readonly ImageReference[],
  options: LoadOptions,
): AsyncGenerator<ImageBatch> {
  const { preprocessing, batchSize } = options;
  const length = inputLength(preprocessing);
  const threadCount = Math.min(MAXIMUM_THREADS, Math.ceil(availableParallelism() / CORES_PER_THREAD));
  const slotCount = BATCHES_AHEAD + threadCount;
  const slots = Array.from({ length: slotCount }, () => new SharedArrayBuffer(batchSize * length * 4));
  const workerData: BatchThreadData = { preprocessing, slots };
  const threads = Array.from({ length: threadCount }, () => new Worker(options.workerPath, { workerData }));
  const replies = createMailbox(threads, slotCount);
  const send = (thread: number, request: BatchRequest) => threads[thread]!.postMessage(request);

  const batchCount = Math.ceil(images.length / batchSize);
  const imagesOf = (batch: number) => images.slice(batch * batchSize, (batch + 1) * batchSize);
  const request = (batch: number) => {
    if (batch < batchCount)
      send(batch % threadCount, { kind: 'load', slot: batch % slotCount, images: imagesOf(batch) });
  };
  try {
    for (let batch = 0; batch < slotCount; batch++) request(batch);
    for (let batch = 0; batch < batchCount; batch++) {
      const slot = batch % slotCount;
      const { reasons } = await replies.take(slot);
      yield compact(imagesOf(batch), reasons, new Float32Array(slots[slot]!), length);
      request(batch + slotCount);
    }
  } finally {
    // Asked, not terminated: a decoder in mid-image ends by itself.
    threads.forEach((_, thread) => send(thread, { kind: 'close' }));
  }
}

/** Moves the images that were decoded to the front. */
function compact(
  images: readonly ImageReference[],
  reasons: readonly (string | undefined)[],
  data: Float32Array,
  length: number,
): ImageBatch {
  const used: ImageReference[] = [];
  const skipped: SkippedImage[] = [];
  images.forEach((image, index) => {
    const reason = reasons[index];
    if (reason !== undefined) {
      skipped.push({ ...image, reason });
      return;
    }
    if (used.length < index) data.copyWithin(used.length * length, index * length, (index + 1) * length);
    used.push(image);
  });
  return { images: used, skipped, data };
}

/** Keeps the replies of the threads until they are asked for; a thread that fails fails whoever waits. */
function createMailbox(threads: readonly Worker[], slotCount: number) {
  const ready = new Array<BatchReply | undefined>(slotCount).fill(undefined);
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  for (const thread of threads) {
    thread.on('message', (reply: BatchReply) => {
      ready[reply.slot] = reply;
      wake?.();
    });
    thread.on('error', (error) => {
      failure ??= { error };
      wake?.();
    });
  }
  return {
    async take(slot: number): Promise<BatchReply> {
      for (;;) {
        const reply = ready[slot];
        if (reply !== undefined) {
          ready[slot] = undefined;
          return reply;
        }
        if (failure) throw failure.error;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
