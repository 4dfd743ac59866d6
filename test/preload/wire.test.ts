/** JSON for carriers without structured clone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromWire, toWire } from '../../preload/contract/index.ts';

test('plain data, numbers that JSON has not, and typed arrays come back as they were', () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.int16Array(), fc.int32Array(), fc.float32Array());
  const { value: data } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, NaN, Infinity, -Infinity),
      fc.double().map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.string(),
      bytes,
      fc.array(tie('value')),
      // Our own mark is no key of any message; __proto__ is none either.
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__' && !key.startsWith('$')),
        tie('value'),
      ),
    ),
  }));
  fc.assert(
    fc.property(data, (value) => {
      expect(fromWire(toWire({ value }))).toEqual(structuredClone({ value }));
    }),
  );
});

test('a node Buffer and a view into a larger array carry their own bytes alone', () => {
  const large = Float32Array.from([1, 2, 3, 4]);
  expect(fromWire(toWire({ a: Buffer.from([1, 2, 255]), b: large.subarray(1, 3) }))).toEqual({
    a: Uint8Array.from([1, 2, 255]),
    b: Float32Array.from([2, 3]),
  });
});

test('dates and others with a form of their own in JSON keep it', () => {
  expect(toWire({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
});

test.each([
  '{"a":{"$vislex":"Function","base64":""}}',
  '{"a":{"$vislex":"Uint8Array","base64":"%%%"}}',
  '{"a":{"$vislex":"Float32Array","base64":"AAA="}}',
  '{"a":{"$vislex":"constructor","base64":"AAAA"}}',
  '{"a":{"$vislex":1}}',
])('a mark that we never write is refused: %s', (text) => {
  expect(() => fromWire(text)).toThrow(SyntaxError);
});
