/** Typed reads from untrusted JSON; every refusal names the field, what was expected and what was found. */
import { EngineError } from '../errors.ts';

/** A JSON object under inspection. Reading a field marks it; {@link Fields.finish} refuses fields nobody read. */
export class Fields {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  /** @param path where the object stands, for messages: "phases[1].rates" */
  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(path, 'an object', value);
    this.#values = value as Record<string, unknown>;
  }

  /** True when the field is present and not null. */
  has(name: string): boolean {
    this.#read.add(name);
    return Object.hasOwn(this.#values, name) && this.#values[name] !== null;
  }

  text(name: string): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || value.trim() === '') throw refuse(this.#at(name), 'a text', value);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value !== 'boolean') throw refuse(this.#at(name), 'true or false', value);
    return value;
  }

  /** A finite number in [low, high]. */
  number(name: string, low: number, high: number = Number.MAX_VALUE): number {
    return checkNumber(this.#take(name), this.#at(name), low, high);
  }

  /** A whole number in [low, high]. */
  count(name: string, low: number, high: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(name, low, high);
    if (!Number.isInteger(value)) throw refuse(this.#at(name), 'a whole number', value);
    return value;
  }

  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#take(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw refuse(this.#at(name), `one of ${choices.join(', ')}`, value);
    return found;
  }

  object(name: string): Fields {
    return new Fields(this.#take(name), this.#at(name));
  }

  /** Every element of a list, read by `element`, which gets the element's path. */
  list<T>(name: string, element: (value: unknown, path: string) => T): T[] {
    const value = this.#take(name);
    if (!Array.isArray(value)) throw refuse(this.#at(name), 'a list', value);
    return value.map((item, index) => element(item, `${this.#at(name)}[${index}]`));
  }

  /** @throws EngineError 'configuration' when a field was never read: most likely a typing error */
  finish(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#read.has(name));
    if (unknown === undefined) return;
    const known = [...this.#read].join(', ');
    throw new EngineError('configuration', `${this.#at(unknown)} is not a known field; known are ${known}.`);
  }

  #take(name: string): unknown {
    this.#read.add(name);
    if (!Object.hasOwn(this.#values, name)) throw refuse(this.#at(name), 'a value', undefined);
    return this.#values[name];
  }

  #at(name: string): string {
    return `${this.#path}.${name}`;
  }
}

/** A finite number in [low, high]. @throws EngineError 'configuration' */
export function checkNumber(value: unknown, path: string, low: number, high: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(path, 'a number', value);
  const limits = high === Number.MAX_VALUE ? `at least ${low}` : `between ${low} and ${high}`;
  if (value < low || value > high) throw refuse(path, `a number ${limits}`, value);
  return value;
}

function refuse(path: string, expected: string, found: unknown): EngineError {
  const shown = found === undefined ? 'missing' : JSON.stringify(found);
  return new EngineError('configuration', `${path} must be ${expected}, but is ${shown}.`, { expected, found: shown });
}
