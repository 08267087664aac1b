/** Names of header fields, which compare without case. Most are told apart without lower-casing them, which is slow. */

/** A name's length and first letter, as far as they fit into ten bits. */
function look(name: string): number {
  return ((name.length & 31) << 5) | (name.charCodeAt(0) & 31);
}

/** Whether `name` is `lower`. */
export function isNamed(name: string, lower: string): boolean {
  if (name.length !== lower.length) return false;
  if (name === lower) return true;
  return look(name) === look(lower) && name.toLowerCase() === lower;
}

/** Whether two names are the same. */
export function areNamesEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  return a === b || (look(a) === look(b) && a.toLowerCase() === b.toLowerCase());
}

/** Some names. */
export class FieldNames {
  readonly #looks = new Uint8Array(1024);

  /** In lower case. */
  constructor(names: readonly string[]) {
    for (const name of names) this.#looks[look(name)] = 1;
  }

  /** `name` in lower case if it may be one of these; else empty. */
  lower(name: string): string {
    return this.#looks[look(name)] === 1 ? name.toLowerCase() : '';
  }
}
