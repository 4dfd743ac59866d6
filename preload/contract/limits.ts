/** Limits both sides keep, named with their units. */

/** Longest name of a word, characters. */
export const NAME_LENGTH = 200;
/** Longest note, characters. */
export const NOTE_LENGTH = 10_000;
/** Longest tag, characters. */
export const TAG_LENGTH = 60;
/** Tags of one word. */
export const TAGS_PER_WORD = 20;
/** Longest path taken from a client, characters. */
export const PATH_LENGTH = 4_096;
/** Words changed in one action. */
export const EDITS_PER_ACTION = 1_000;
/** Largest page of a list, rows. */
export const PAGE_ROWS = 500;
/** Largest image dropped into the window, bytes. */
export const UPLOAD_BYTES = 64 * 1024 * 1024;
/** Largest request without an upload, bytes. */
export const REQUEST_BYTES = 4 * 1024 * 1024;
/** Edge lengths in which views of images are served, px of the model's input times 1, 2 or 4. */
export const VIEW_SCALES = [1, 2, 4] as const;
