/** Which pictures a page shows: keys, images, boxes and maps, for somebody who can draw them. */
import type {
  BaseModelSummary,
  Box,
  CompactMap,
  Explanation,
  PatchEvidence,
  WordSheet,
  WordSummary,
} from '../../preload/contract/index.ts';

/** Where a page finds its pictures: key -> relative address or data URI. A missing key is drawn as a placeholder. */
export type Pictures = ReadonlyMap<string, string>;

/** Everything a page wants drawn. No key occurs twice. */
export interface WantedPictures {
  readonly views: readonly { readonly key: string; readonly imageKey: string; readonly scale: 1 | 2 }[];
  readonly crops: readonly {
    readonly key: string;
    readonly imageKey: string;
    readonly box: Box;
    readonly sizePx: number;
  }[];
  readonly maps: readonly { readonly key: string; readonly map: CompactMap; readonly ramp: 'inferno' | 'viridis' }[];
  /** Project images by `imageKey`; the explained image has the key of `EXPLAINED_IMAGE` and is not in here. */
  readonly imageIds: ReadonlyMap<string, number>;
}

/** Key of the image an explanation is about. */
export const EXPLAINED_IMAGE = 'explained';

/** Patches of one kind that a card shows; more would be smaller than a thumb. */
export const PATCHES_PER_ROW = 8;

/** Contributions an explanation shows one by one; the rest is one bar. */
export const SHOWN_CONTRIBUTIONS = 12;

/** Longer side of a small patch, px: 64 on the page, sharp on fine screens. */
const SMALL_CROP_PX = 96;

/** Smallest part shown, as a share of the view's shorter side: less is a blur that nobody recognises. */
const SMALLEST_CROP_SHARE = 0.25;

/** Key of the model's view of an image. */
export function viewKey(imageId: number): string {
  return `view-${imageId}`;
}

/** Key of a part of an image. */
export function cropKey(imageId: number, box: Box): string {
  return `crop-${imageId}-${[box.left, box.top, box.width, box.height].map(Math.round).join('-')}`;
}

/** Key of the map of a word's pushed patch. */
export function pushedMapKey(word: WordSummary): string {
  return `map-${word.index}`;
}

/** Key of a word's map on the explained image. */
export function contributionMapKey(wordIndex: number): string {
  return `contribution-${wordIndex}`;
}

/** The patch a word stands for: the pushed one, or its strongest when it was not pushed. */
export function heroPatch(word: WordSummary): PatchEvidence | undefined {
  return word.patches.find(({ kind }) => kind === 'pushed') ?? word.patches.find(({ kind }) => kind === 'top');
}

/** A square around a box, large enough to be recognised, inside the view as far as it fits. */
export function squareAround(box: Box, model: Pick<BaseModelSummary, 'inputWidthPx' | 'inputHeightPx'>): Box {
  const shorter = Math.min(model.inputWidthPx, model.inputHeightPx);
  const side = Math.min(shorter, Math.max(box.width, box.height, SMALLEST_CROP_SHARE * shorter));
  const place = (start: number, length: number, whole: number): number =>
    Math.round(Math.min(whole - side, Math.max(0, start + (length - side) / 2)));
  return {
    left: place(box.left, box.width, model.inputWidthPx),
    top: place(box.top, box.height, model.inputHeightPx),
    width: Math.round(side),
    height: Math.round(side),
  };
}

/** Patches of a row, as many as are shown. */
export function patchesOf(word: WordSummary, kind: PatchEvidence['kind']): readonly PatchEvidence[] {
  return word.patches.filter((patch) => patch.kind === kind).slice(0, PATCHES_PER_ROW);
}

/** Pictures of a contact sheet. */
export function picturesOfSheet(sheet: WordSheet): WantedPictures {
  const wanted = collector();
  for (const word of sheet.words) {
    const hero = heroPatch(word);
    if (hero !== undefined) {
      wanted.view(hero.imageId);
      wanted.map({ key: pushedMapKey(word), map: hero.map, ramp: 'inferno' });
    }
    for (const kind of ['top', 'random', 'counter'] as const) {
      for (const patch of patchesOf(word, kind)) {
        wanted.crop(patch.imageId, squareAround(patch.activationCrop, sheet.model));
      }
    }
  }
  return wanted.finish();
}

/** Pictures of an explanation; the explained image is `EXPLAINED_IMAGE`, as image and as key of its view. */
export function picturesOfExplanation(explanation: Explanation): WantedPictures {
  const wanted = collector();
  wanted.map({ key: 'grad-cam', map: explanation.gradCam, ramp: 'viridis' });
  wanted.map({ key: 'word-attention', map: explanation.wordAttention, ramp: 'inferno' });
  for (const row of explanation.contributions.slice(0, SHOWN_CONTRIBUTIONS)) {
    wanted.crop(row.pushedImageId, row.pushedCrop);
    wanted.map({ key: contributionMapKey(row.wordIndex), map: row.map, ramp: 'inferno' });
  }
  const pictures = wanted.finish();
  return { ...pictures, views: [{ key: EXPLAINED_IMAGE, imageKey: EXPLAINED_IMAGE, scale: 2 }] };
}

/** Gathers wishes, each key once. */
function collector() {
  const views = new Map<string, WantedPictures['views'][number]>();
  const crops = new Map<string, WantedPictures['crops'][number]>();
  const maps = new Map<string, WantedPictures['maps'][number]>();
  const imageIds = new Map<string, number>();
  const imageKey = (imageId: number): string => {
    const key = `image-${imageId}`;
    imageIds.set(key, imageId);
    return key;
  };
  return {
    view: (imageId: number): void => {
      const key = viewKey(imageId);
      views.set(key, { key, imageKey: imageKey(imageId), scale: 1 });
    },
    crop: (imageId: number, box: Box): void => {
      const key = cropKey(imageId, box);
      crops.set(key, { key, imageKey: imageKey(imageId), box, sizePx: SMALL_CROP_PX });
    },
    map: (map: WantedPictures['maps'][number]): void => void maps.set(map.key, map),
    finish: (): WantedPictures => ({
      views: [...views.values()],
      crops: [...crops.values()],
      maps: [...maps.values()],
      imageIds,
    }),
  };
}
