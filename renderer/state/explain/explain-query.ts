/** The Explain page in the address: image, walk, classes, layer, pinned word. */
import type { ImageChoice } from '../../../preload/contract/index.ts';
import type { RouteQuery } from '../../router.svelte.ts';
import type { QueryChanges } from '../images/filter-query.ts';
import { LAYERS } from './layers.ts';
import type { LayerName } from './layers.ts';
import { WALKS } from './sequence.ts';
import type { Walk } from './sequence.ts';

/** What the address says beside the image. */
export interface ExplainQuery {
  readonly walk: Walk;
  /** The Images page's view, packed; for the walk 'view'. */
  readonly view: string | null;
  /** Explained class; null: the base model's top class. */
  readonly classIndex: number | null;
  /** Class it is compared with; null: none. */
  readonly versus: number | null;
  readonly layer: LayerName;
  /** Word whose bar is pinned. */
  readonly pinned: number | null;
}

/** Reads the address; anything that cannot be read is as if it were absent. */
export function explainFromQuery(query: RouteQuery): ExplainQuery {
  const pinned = whole(query['pin']);
  return {
    walk: WALKS.find((walk) => walk === query['walk']) ?? 'wrong',
    view: query['view'] ?? null,
    classIndex: whole(query['class']),
    versus: whole(query['versus']),
    layer: LAYERS.find((layer) => layer === query['layer']) ?? 'contribution',
    pinned,
  };
}

/** The parameters, every one named: null for those at rest. */
export function explainToQuery(query: ExplainQuery): QueryChanges {
  return {
    walk: query.walk === 'wrong' ? null : query.walk,
    view: query.walk === 'view' ? query.view : null,
    class: query.classIndex === null ? null : String(query.classIndex),
    versus: query.versus === null ? null : String(query.versus),
    layer: query.layer === 'contribution' ? null : query.layer,
    pin: query.pinned === null ? null : String(query.pinned),
  };
}

/** The image that the address names: 'u3' is a dropped one; null for none and for nonsense. */
export function imageFromId(id: string | null): ImageChoice | null {
  if (id === null) return null;
  if (/^u\d{1,9}$/.test(id)) return { uploadId: id };
  return /^\d{1,9}$/.test(id) ? { imageId: Number(id) } : null;
}

/** The other way round. */
export function idOfImage(image: ImageChoice): string {
  return 'imageId' in image ? String(image.imageId) : image.uploadId;
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
