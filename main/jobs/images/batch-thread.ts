/** The decoding thread: reads, checks, decodes and normalises images into shared memory, beside the blocking model. */
import type { MessagePort } from 'node:worker_threads';
import { EngineError } from '../../engine/errors.ts';
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import type { ImageReference } from './image-reference.ts';
import { mapInOrder } from './ordered-pool.ts';
import { readImageFile } from './read-file.ts';
import { giveWay } from './thread-priority.ts';

/** What a decoding thread is started with. */
export interface BatchThreadData {
  readonly preprocessing: Preprocessing;
  /** Memory of one batch each: float32, batch x values of one image. */
  readonly slots: readonly SharedArrayBuffer[];
}

/** Fill a slot, or end. */
export type BatchRequest =
  | { readonly kind: 'load'; readonly slot: number; readonly images: readonly ImageReference[] }
  | { readonly kind: 'close' };

/** The slot is filled; `reasons[i]` says why image i is not in it. */
export interface BatchReply {
  readonly slot: number;
  readonly reasons: readonly (string | undefined)[];
}

/** Images in work at a time: the codec runs in node's thread pool while this thread resizes another image. */
const CONCURRENCY = 3;

/** Serves requests until told to close. */
export function serveBatches(port: MessagePort, data: BatchThreadData): void {
  giveWay();
  const { preprocessing } = data;
  const length = inputLength(preprocessing);
  const slots = data.slots.map((memory) => new Float32Array(memory));

  async function load(slot: Float32Array, image: ImageReference, index: number): Promise<string | undefined> {
    try {
      const file = await readImageFile(image.path);
      if (file.sha256 !== image.sha256) return 'The file has changed since it was imported. Import it again.';
      const pixels = fitToModel(preprocessing, await decodeImage(file.bytes, image.path));
      normalizePixels(preprocessing, pixels, slot, index * length);
      return undefined;
    } catch (error) {
      if (error instanceof EngineError) return error.message;
      throw error;
    }
  }

  port.on('message', (request: BatchRequest) => {
    if (request.kind === 'close') {
      port.close();
      return;
    }
    const slot = slots[request.slot]!;
    void (async () => {
      const reasons: (string | undefined)[] = [];
      const numbered = request.images.map((image, index) => ({ image, index }));
      for await (const reason of mapInOrder(numbered, CONCURRENCY, (item) => load(slot, item.image, item.index))) {
        reasons.push(reason);
      }
      port.postMessage({ slot: request.slot, reasons } satisfies BatchReply);
    })();
  });
}
