/** Carrier: the contract's table over HTTP, an event stream, pictures and the built pages. It decides nothing itself. */
import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { fromWire, REQUEST_BYTES, UPLOAD_BYTES } from '../../preload/contract/index.ts';
import type { Log } from '../platform/log.ts';
import { PICTURE_POLICY } from '../platform/page-headers.ts';
import type { Application, Caller } from '../services/index.ts';
import type { EventStreams } from './event-stream.ts';
import { isFromOwnPage, refusalOf } from './guard.ts';
import { answer, refuse } from './replies.ts';
import type { Session } from './session.ts';
import type { PageFile, PageFiles } from './static.ts';

/** What the routes are made of. */
export interface CarrierParts {
  readonly application: Application;
  readonly caller: Caller;
  readonly session: Session;
  readonly events: EventStreams;
  readonly pages: PageFiles;
  readonly log: Log;
  /** Name of the cookie. */
  readonly cookieName: string;
  /** Where the printed address leads: a place on the page such as '#/projects'; '' for where the page chooses. */
  readonly startAt: string;
}

/** How to get in again; the page shows it as it is. */
export const NEW_ADDRESS =
  'This browser is not signed in to Vislex, or no longer: the printed address is good once. ' +
  'Stop "vislex serve" in its terminal with Ctrl-C, start it again and open the new address.';

/** The only call that carries a file. */
const UPLOAD = 'images.upload';

/** Base64 takes four characters for three bytes. */
const BASE64_GROWTH = 4 / 3;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

/** Takes bodies up to a size, counted while they come. */
function limited(maxSize: number, limit: number): MiddlewareHandler {
  const message = `A request may have ${megabytes(limit)} at most. Send less at once.`;
  return bodyLimit({ maxSize, onError: () => refuse(413, 'bad-request', message) });
}

/** JSON in UTF-8, or the reason why it is none. Bytes that are no UTF-8 must not become other characters in a name. */
function readBody(bytes: ArrayBuffer): { readonly input: unknown } | { readonly problem: string } {
  try {
    return { input: fromWire(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (error) {
    // TypeError: no UTF-8; SyntaxError: no JSON; RangeError: nested too deeply to be read.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError) {
      return { problem: error.message };
    }
    throw error;
  }
}

/** Sends a file of the built pages. */
function sendPage({ bytes, type, cacheControl }: PageFile): Response {
  return new Response(bytes, { headers: { 'content-type': type, 'cache-control': cacheControl } });
}

/** Everything that the server answers. */
export function createRoutes(parts: CarrierParts): Hono {
  const { application, caller, session, events, pages, log, cookieName, startAt } = parts;
  const app = new Hono();
  const isSignedIn = (context: Context): boolean => session.isCookie(getCookie(context, cookieName));

  app.use(async ({ req }, next) => {
    const refusal = refusalOf({
      method: req.method,
      host: req.header('host'),
      origin: req.header('origin'),
      fetchSite: req.header('sec-fetch-site'),
      contentType: req.header('content-type'),
    });
    if (refusal) {
      log.warn('request refused', { status: refusal.status, reason: refusal.sentence });
      return refuse(refusal.status, refusal.status === 403 ? 'forbidden' : 'bad-request', refusal.sentence);
    }
    return next();
  });

  // The pages' own files are no secret, and a link followed from elsewhere brings no SameSite=Strict cookie: they are
  // sent to everybody on this machine. All that concerns projects needs the cookie.
  const signedIn: MiddlewareHandler = async (context, next) => {
    if (!isFromOwnPage(context.req.header('sec-fetch-site'))) {
      return refuse(403, 'forbidden', 'This request comes from a page that is not Vislex.');
    }
    return isSignedIn(context) ? next() : refuse(401, 'forbidden', NEW_ADDRESS);
  };

  app.get('/', (context) => {
    const token = context.req.query('token');
    if (token === undefined) return sendPage(pages.get('/')!);
    const cookie = session.exchange(token);
    if (cookie !== undefined) setCookie(context, cookieName, cookie, { httpOnly: true, sameSite: 'Strict', path: '/' });
    else if (!isSignedIn(context)) return context.text(`${NEW_ADDRESS}\n`, 401);
    // Away from the address with the token: it would stay in the history.
    return context.redirect(`/${startAt}`, 303);
  });

  const limits = {
    call: limited(REQUEST_BYTES, REQUEST_BYTES),
    upload: limited(Math.ceil(UPLOAD_BYTES * BASE64_GROWTH) + REQUEST_BYTES, UPLOAD_BYTES),
  };
  app.post(
    '/call/:name',
    signedIn,
    (context, next) => (context.req.param('name') === UPLOAD ? limits.upload : limits.call)(context, next),
    async ({ req }) => {
      const body = readBody(await req.arrayBuffer());
      if ('problem' in body) return refuse(400, 'bad-request', `The request is no readable JSON: ${body.problem}.`);
      return answer(await application.call(req.param('name'), body.input, caller));
    },
  );

  app.get('/events', signedIn, () => {
    const stream = events.open();
    if (!stream) return refuse(503, 'too-many', 'Vislex is open in too many windows of this machine. Close one.');
    // A connection that ends with its stream: one that was cut off must not live on as an idle one.
    return new Response(stream, { headers: { 'content-type': 'text/event-stream', connection: 'close' } });
  });

  app.get('*', async ({ req }, next) => {
    const page = pages.get(req.path);
    return page ? sendPage(page) : next();
  });

  // Browsers ask for it by themselves; the page has its mark in itself.
  app.get('/favicon.ico', () => new Response(null, { status: 204 }));

  app.get('/assets/*', signedIn, async ({ req }) => {
    const { pathname, search } = new URL(req.url);
    const asset = await application.asset(pathname.slice('/assets/'.length) + search);
    if (!asset) return refuse(404, 'not-found', 'There is no such picture.');
    return new Response(new Uint8Array(asset.bytes), {
      headers: {
        'content-type': asset.type,
        'content-security-policy': PICTURE_POLICY,
        // Handles of projects mean others after a restart; the cookie differs then too, and nothing old is shown.
        'cache-control': 'private, max-age=300',
        vary: 'cookie',
      },
    });
  });

  app.notFound(() => refuse(404, 'not-found', 'There is nothing at this address.'));
  app.onError((error) => {
    log.error('request failed', { message: error.message, stack: error.stack ?? null });
    return refuse(500, 'internal', 'Vislex made a mistake of its own. Nothing was changed; please report this.');
  });
  return app;
}
