/** Random inputs from a schema: mostly of the right shape, with hostile values where the schema leaves room. */
import fc from 'fast-check';
import type { z } from 'zod';

/** A schema's own description, as far as it is looked at here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

const HOSTILE_TEXT = fc.constantFrom(
  '',
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  'C:\\Windows',
  '\u202Eevil',
  "'; DROP TABLE words; --",
  'x'.repeat(10_001),
  '\0',
  '__proto__',
);

/** Texts: handles of projects, hostile ones, and anything. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('p1', 'p999', 'u1') },
  HOSTILE_TEXT,
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);

const number = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.integer(), fc.double());

/** Values that come close to what a schema accepts. */
export function fromSchema(schema: z.ZodType): fc.Arbitrary<unknown> {
  const definition = (schema as unknown as { readonly def: Definition }).def;
  const { type, shape, element, innerType, options, entries, values } = definition;
  switch (type) {
    case 'object': {
      const fields = Object.fromEntries(Object.entries(shape!).map(([name, field]) => [name, fromSchema(field)]));
      const required = Object.keys(fields).filter((name) => !shape![name]!.safeParse(undefined).success);
      return fc.record(fields, { requiredKeys: required });
    }
    case 'array':
      return fc.array(fromSchema(element!), { maxLength: 3 });
    case 'optional':
      return fc.option(fromSchema(innerType!), { nil: undefined });
    case 'nullable':
      return fc.option(fromSchema(innerType!), { nil: null });
    case 'union':
      return fc.oneof(...options!.map(fromSchema));
    case 'enum':
      return fc.constantFrom(...Object.values(entries!));
    case 'literal':
      return fc.constantFrom(...values!);
    case 'string':
      return text;
    case 'number':
      return number;
    case 'boolean':
      return fc.boolean();
    case 'custom':
      return fc.uint8Array({ maxLength: 64 });
    default:
      return fc.anything();
  }
}

/** Values from a schema, some of them with a field too much or another value somewhere. */
export function nearSchema(schema: z.ZodType): fc.Arbitrary<unknown> {
  const right = fromSchema(schema);
  const broken = fc
    .tuple(right, fc.string(), fc.anything())
    .map(([value, name, other]) => (typeof value === 'object' && value !== null ? { ...value, [name]: other } : other));
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 2, arbitrary: broken }, fc.anything());
}
