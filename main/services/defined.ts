/** Absent and undefined are two things to our types; schemas give the latter. */

/** An object without its undefined fields, for types that tell absent from undefined. */
export function definedOf<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
