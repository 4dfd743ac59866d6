/** The time of day, handed in so that tests can set it. */

/** Gives the present time. */
export interface Clock {
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };
