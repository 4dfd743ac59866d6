/** A patch: one spatial position of one image's feature map. */

/** Where a patch lies. */
export interface Patch {
  /** Index of the image in the feature source. */
  readonly imageIndex: number;
  /** Row of the feature map, 0 at the top. */
  readonly row: number;
  /** Column of the feature map, 0 at the left. */
  readonly column: number;
}

/** The training patch a word was moved onto (push, method.md section 3). */
export interface PushedPatch extends Patch {
  /**
   * How far the word had to move: squared L2 distance for `log` and `linear` similarity, 1 - cosine for `cosinePower`;
   * 0 when the word already was that patch.
   */
  readonly distance: number;
}
