/** How a failure crosses a process border: a code, a sentence, and the fields it speaks of. */
import { z } from 'zod';

/**
 * A failure a user can act on, or `internal` for a bug of ours. `code` is that of EngineError, StoreError, JobError or
 * FileError, or one of the carriers' own: 'bad-request' (input does not fit the schema), 'unknown-procedure',
 * 'forbidden' (role, token, origin), 'not-open' (no such project is open), 'not-here' (this carrier cannot do that),
 * 'disconnected' (made by the client when the carrier is gone).
 */
export const wireErrorSchema = z.object({
  code: z.string(),
  /** What, where and what to do, in one or two sentences. */
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** What every call answers on every carrier. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/** A failed call as the client throws it. */
export class CallError extends Error {
  readonly code: string;
  readonly details: WireError['details'];

  constructor({ code, message, details }: WireError) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.details = details;
  }
}
