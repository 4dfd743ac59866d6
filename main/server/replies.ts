/** Replies as HTTP answers. */
import { toWire } from '../../preload/contract/index.ts';
import type { Reply } from '../../preload/contract/index.ts';

/** Status by error code; what a user can act on but is not listed is 422. */
const STATUS: Readonly<Record<string, number>> = {
  'bad-request': 400,
  forbidden: 403,
  'unknown-procedure': 404,
  'not-found': 404,
  missing: 404,
  'not-open': 409,
  locked: 409,
  'not-here': 501,
  internal: 500,
};

/** Status of everything a user can act on. */
const REFUSED = 422;

/** An answer with a reply in it. @param status default: by the reply's code */
export function answer(reply: Reply, status?: number): Response {
  return new Response(toWire(reply), {
    status: status ?? (reply.ok ? 200 : (STATUS[reply.error.code] ?? REFUSED)),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
}

/** An answer that refuses, in a sentence. */
export function refuse(status: number, code: string, message: string): Response {
  return answer({ ok: false, error: { code, message, details: {} } }, status);
}
