/** Addresses of pictures, relative to the page: the same on every carrier. */
import type { VIEW_SCALES } from './limits.ts';
import type { ImageChoice } from './schemas/images.ts';

/** Small JPEG of an image, whole, aspect kept, as stored at import. */
export function thumbnailUrl(project: string, imageId: number): string {
  return `assets/${project}/thumbnail/${imageId}`;
}

/**
 * What the base model sees of an image: the model's input view (resized and cropped as the preprocessing says), JPEG,
 * `scale` times the size of the input where the original has the pixels. Boxes and maps refer to this view.
 */
export function viewUrl(project: string, image: ImageChoice, scale: (typeof VIEW_SCALES)[number] = 1): string {
  const which = 'imageId' in image ? `view/${image.imageId}` : `upload/${image.uploadId}`;
  return `assets/${project}/${which}?scale=${scale}`;
}

/** A picture of the guide. */
export function guidePictureUrl(file: string): string {
  return `assets/guide/${encodeURIComponent(file)}`;
}
