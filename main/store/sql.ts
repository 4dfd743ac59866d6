/** The sql template: the only way to a query, and it only ever binds. */

/** A value that can be bound. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** A statement with its values apart. Made by the template only. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Fragments made by the template; nothing else may enter a statement's text. */
const made = new WeakSet<object>();

function isFragment(value: SqlValue | Sql): value is Sql {
  return typeof value === 'object' && value !== null && made.has(value);
}

/**
 * A query: every `${value}` is bound as a parameter, every `${sql`...`}` is spliced in with its own parameters.
 * Text from outside can therefore never become part of a statement.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly (SqlValue | Sql)[]): Sql {
  let text = strings[0] ?? '';
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    if (isFragment(part)) {
      text += part.text;
      values.push(...part.values);
    } else {
      text += '?';
      values.push(part);
    }
    text += strings[index + 1] ?? '';
  });
  const query: Sql = Object.freeze({ text, values: Object.freeze(values) });
  made.add(query);
  return query;
}

/** Conditions joined by AND; no condition is always true. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.reduce((left, right) => sql`${left} AND ${right}`, sql`TRUE`);
}

/** A list as one bound value, for `IN (SELECT value FROM json_each(...))`: one statement for any length. */
export function listOf(values: readonly (number | string)[]): string {
  return JSON.stringify(values);
}
