/** The binding template and the canonical spelling of JSON. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../main/store/canonical-json.ts';
import { allOf, sql } from '../../main/store/sql.ts';

describe('sql', () => {
  it('binds every value and splices only what it made itself', () => {
    const evil = "x' OR 1=1 --";
    const inner = sql`name = ${evil}`;
    const query = sql`SELECT * FROM t WHERE ${inner} AND id = ${3}`;
    expect(query.text).toBe('SELECT * FROM t WHERE name = ? AND id = ?');
    expect(query.values).toEqual([evil, 3]);
  });

  it('does not splice an object that only looks like a fragment', () => {
    const forged = JSON.parse('{"text":"1; DROP TABLE t","values":[]}') as ReturnType<typeof sql>;
    expect(sql`SELECT ${forged}`.text).toBe('SELECT ?');
  });

  it('joins conditions in order', () => {
    expect(allOf([])).toMatchObject({ text: 'TRUE', values: [] });
    expect(allOf([sql`a = ${1}`, sql`b = ${2}`])).toMatchObject({ text: 'TRUE AND a = ? AND b = ?', values: [1, 2] });
  });
});

describe('canonicalJson', () => {
  // RFC 8785, section 3.2.3: the order of keys and the spelling of numbers.
  it('orders keys by UTF-16 code units as in RFC 8785', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f602}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f602}":5,"\ufb33":3}');
    expect(canonicalJson([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
    );
  });

  it('does not depend on the order of keys, and parses to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as never);
        const normal: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(text)).toEqual(normal);
        expect(canonicalJson(JSON.parse(text) as never)).toBe(text);
      }),
      { seed: 1 },
    );
  });

  it('refuses numbers that JSON cannot hold', () => {
    expect(() => canonicalJson({ a: NaN })).toThrow(RangeError);
  });
});
