/** One spelling per JSON value, so that equal values have equal hashes (after RFC 8785). */
import { sha256 } from '../platform/hash.ts';
import type { Json } from './records.ts';

/**
 * JSON without spaces, keys sorted by UTF-16 code units, numbers as ECMAScript prints them; absent (undefined) fields are left out.
 * @throws RangeError for a number that JSON cannot hold
 */
export function canonicalJson(value: Json | undefined): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`JSON cannot hold ${value}`);
  if (value === null || value === undefined || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${fields.join(',')}}`;
}

/** SHA-256 of a value's canonical JSON. */
export function digestOf(value: Json): string {
  return sha256(canonicalJson(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
