/** Public entry of the transport: the client, and what it speaks through. */
export type { Carrier } from './carrier.ts';
export { createClient } from './client.ts';
export type { Client, JobHandle } from './client.ts';
export { hasEnded } from './job-waiters.ts';
