/** Errors the engine raises: expected ones carry a code and fields; broken invariants say "internal:". */

/** Where an expected failure was found; every field that is known is filled. */
export interface ErrorDetails {
  readonly file?: string;
  readonly node?: string;
  readonly op?: string;
  readonly tensor?: string;
  readonly step?: number;
  readonly phase?: string;
  readonly expected?: string;
  readonly found?: string;
}

/** Codes of expected failures, one per kind; the carriers translate them to sentences and exit codes. */
export type EngineErrorCode =
  | 'model-unreadable'
  | 'model-invalid'
  | 'model-unsupported'
  | 'model-too-large'
  | 'external-data'
  | 'labels-mismatch'
  | 'cut-point'
  | 'preprocessing'
  | 'image-unreadable'
  | 'image-refused'
  | 'gradient-forbidden'
  | 'non-finite-loss'
  | 'provider-missing'
  | 'provider-failed'
  | 'too-few-images'
  | 'checkpoint'
  | 'configuration'
  | 'cache'
  | 'cancelled';

/**
 * A failure the user can act on. `message` says what, where and what to do, with the value quoted.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly details: ErrorDetails;

  constructor(code: EngineErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** A broken invariant of our own code; never caught locally. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';

  constructor(message: string) {
    super(`internal: ${message}`);
  }
}
