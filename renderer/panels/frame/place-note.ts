/** Where a note lies beside the thing it speaks of. Pure; px of the window. */

interface Size {
  readonly width: number;
  readonly height: number;
}
interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
}

/** Place of the note, and the ring around the thing; null: there is no thing in view. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly ring: Rectangle | null;
}

/** Between the note and the thing, and around the thing. */
const GAP = 14;
const MARGIN = 4;
const EDGE = 12;

/** Below the thing where there is room, else above it; in the middle when there is no thing. Never outside the window. */
export function placeNote(thing: Rectangle | null, note: Size, frame: Size): Place {
  if (thing === null || thing.width === 0) {
    return {
      left: Math.max(EDGE, (frame.width - note.width) / 2),
      top: Math.max(EDGE, (frame.height - note.height) / 2),
      ring: null,
    };
  }
  const ring = {
    left: thing.left - MARGIN,
    top: thing.top - MARGIN,
    width: thing.width + 2 * MARGIN,
    height: thing.height + 2 * MARGIN,
  };
  const below = thing.top + thing.height + GAP;
  const hasRoomBelow = below + note.height + EDGE <= frame.height;
  const top = hasRoomBelow ? below : Math.max(EDGE, thing.top - GAP - note.height);
  const left = Math.min(Math.max(EDGE, thing.left), Math.max(EDGE, frame.width - note.width - EDGE));
  return { left, top, ring };
}
