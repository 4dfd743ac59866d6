/** An image by its place and by its content. */

/** An image by its file and the content it had when it was imported. */
export interface ImageReference {
  /** Absolute path. */
  readonly path: string;
  /** SHA-256 of the file's bytes, lower-case hexadecimal; a file that changed since is skipped and listed. */
  readonly sha256: string;
}

/** An image that could not be used, and why. */
export interface SkippedImage extends ImageReference {
  readonly reason: string;
}
