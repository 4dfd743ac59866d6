/** What one server takes at most, so that neither a slow nor a greedy client can hold it. */

/** Numbers that tests make small. */
export interface ServerLimits {
  /** Open connections; a browser holds six per window and one more for events. */
  readonly connections: number;
  /** Open event streams, one per page. */
  readonly eventStreams: number;
  /** Until a request's head must be here, ms. */
  readonly headersMs: number;
  /** Until a request must be here whole, ms: the largest image through a tunnel of 6 Mbit/s. */
  readonly requestMs: number;
  /** An idle connection is kept for the next request, ms: shorter, and pages run into connections that just close. */
  readonly keepAliveMs: number;
  /** A connection on which nothing moved for so long is cut, ms; longer than any query takes. */
  readonly idleMs: number;
  /** How often these times are looked at, ms. */
  readonly checkMs: number;
  /** Between two signs of life on an event stream, ms. */
  readonly heartbeatMs: number;
  /** Events waiting for a page that does not read, bytes; then it is cut off and catches up when it returns. */
  readonly eventBufferBytes: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  connections: 128,
  eventStreams: 24,
  headersMs: 10_000,
  requestMs: 120_000,
  keepAliveMs: 60_000,
  idleMs: 300_000,
  checkMs: 2_000,
  heartbeatMs: 15_000,
  eventBufferBytes: 8 * 1024 * 1024,
};
