/** Anything that a client can send, at every procedure: a reply each time, and a server that lives on. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROCEDURES } from '../../preload/contract/index.ts';
import type { Reply } from '../../preload/contract/index.ts';
import { callOver, openServed, post, raw } from '../support/served.ts';
import type { Served } from '../support/served.ts';

/** Procedures that change this machine when they are called rightly: a lucky guess must not. */
const NEVER_GUESSED = ['projects.sample', 'projects.create'];

const NAMES = Object.keys(PROCEDURES).filter((name) => !NEVER_GUESSED.includes(name));

let served: Served;
let cookie: string;
beforeAll(async () => {
  served = await openServed();
  cookie = await served.signIn();
});
afterAll(() => served.close());

/** True for what every call must be answered with; a bug of ours is no answer. */
function isProper(reply: Reply): boolean {
  if (reply.ok) return true;
  const { code, message } = reply.error;
  return code !== 'internal' && message.length > 0 && message.length < 2_000;
}

/** Inputs that look like real ones: fields of the contract with any value. */
const nearlyRight = fc.dictionary(
  fc.constantFrom(
    ...[
      'project',
      'runId',
      'imageId',
      'index',
      'edits',
      'leader',
      'members',
      'limit',
      'path',
      'name',
      'bytes',
      'image',
    ],
    ...['jobId', 'kind', 'folder', 'split', 'note', 'change', '__proto__', 'constructor', 'toString'],
  ),
  fc.oneof(fc.jsonValue(), fc.constantFrom('p1', 'p0', -1, 2 ** 53, '', '../../etc/passwd', '\u0000', '<script>')),
);

test.each(NAMES)('%s answers whatever it is sent', async (name) => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue({ maxDepth: 4 }), nearlyRight), async (input) => {
      const { status, reply } = await callOver(served, cookie, name, input);
      expect(reply).toSatisfy(isProper);
      expect(status === 200).toBe(reply.ok);
    }),
    { numRuns: 15, seed: 20_261_124 },
  );
});

test.each([
  ['no JSON', '{'],
  ['nothing', ''],
  ['a number too many', '{} 1'],
  ['an unknown mark', '{"$vislex":"Function","base64":""}'],
  ['a mark with broken base64', '{"$vislex":"Uint8Array","base64":"*"}'],
  ['a mark with half a number', '{"$vislex":"Float32Array","base64":"AAA="}'],
  ['a prototype', '{"__proto__":{"ok":true}}'],
  ['brackets without end', '['.repeat(1_000_000)],
  ['a very deep value', `${'['.repeat(400_000)}${']'.repeat(400_000)}`],
])('%s is refused as a bad request', async (_what, body) => {
  const { status, reply } = await post(served, 'app.info', body, { cookie });
  expect(status).toBe(400);
  expect(reply).toMatchObject({ ok: false, error: { code: 'bad-request' } });
});

test('bytes that are no UTF-8 are refused instead of being turned into other letters', async () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('{"a":"'), 0xff, 0xfe, ...new TextEncoder().encode('"}')]);
  const { status } = await post(served, 'app.info', bytes, { cookie });
  expect(status).toBe(400);
});

test.each([
  'nope',
  '',
  'toString',
  '__proto__',
  'constructor',
  'app.info/..',
  '../app.info',
  'a'.repeat(3_000),
  '%00',
  'é',
])('the procedure "%.20s" is not there', async (name) => {
  const { status, reply } = await post(served, name, '{}', { cookie });
  expect(status).toBe(404);
  expect(reply.ok).toBe(false);
});

test('arbitrary bytes on the line do no harm', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const answer = await raw(served.port, [Buffer.from(bytes).toString('latin1')], { waitMs: 20 });
      expect(answer).not.toContain('"ok":true');
    }),
    { numRuns: 50, seed: 20_261_124 },
  );
  expect((await callOver(served, cookie, 'app.info', {})).reply.ok).toBe(true);
});
