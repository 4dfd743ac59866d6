/** Small things a window remembers on this machine: widths, what is folded away. */

/** A value kept in the browser's storage under a name; the start value where there is none or no storage. */
export class Remembered<T extends string | number | boolean> {
  readonly #key: string;
  readonly #storage: Storage | null;
  #value: T = $state.raw()!;

  constructor(name: string, start: T, storage: Storage | null = storageOrNone()) {
    this.#key = `vislex.${name}`;
    this.#storage = storage;
    this.#value = parse(storage?.getItem(this.#key) ?? null, start);
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    this.#storage?.setItem(this.#key, JSON.stringify(value));
  }
}

function parse<T extends string | number | boolean>(text: string | null, start: T): T {
  if (text === null) return start;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === typeof start ? (value as T) : start;
  } catch {
    // Written by something else: a width is not worth a message.
    return start;
  }
}

function storageOrNone(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    // Forbidden by the browser's settings: nothing is remembered then.
    return null;
  }
}
