/** Pictures for the canvas of the map: each is asked for once, arrivals are told once a frame. */

/** Pictures by number of the image. */
export interface MapPictures {
  /** The picture; null until it has come. The first call asks for it. */
  get(imageId: number): HTMLImageElement | null;
}

/** @param onArrival called when further pictures can be painted */
export function createMapPictures(addressOf: (imageId: number) => string, onArrival: () => void): MapPictures {
  const pictures = new Map<number, HTMLImageElement>();
  const here = new Set<number>();
  let isTold = false;

  function arrive(imageId: number): void {
    here.add(imageId);
    if (isTold) return;
    isTold = true;
    requestAnimationFrame(() => {
      isTold = false;
      onArrival();
    });
  }
  return {
    get(imageId) {
      const known = pictures.get(imageId);
      if (known !== undefined) return here.has(imageId) ? known : null;
      const image = new Image();
      pictures.set(imageId, image);
      image.decoding = 'async';
      image.onload = () => arrive(imageId);
      image.src = addressOf(imageId);
      return null;
    },
  };
}
