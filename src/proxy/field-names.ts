/**
 * Names of header fields, which compare without case. Heads are full of the same few: those are the same string
 * wherever they come from, and their lower case is known.
 */

const usual = [
  'Accept Accept-Encoding Accept-Language Authorization Cache-Control Connection',
  'Content-Encoding Content-Length Content-Type Cookie Date ETag Expires Host',
  'If-Modified-Since If-None-Match Keep-Alive Last-Modified Location Origin Pragma Range',
  'Referer Server Set-Cookie Transfer-Encoding Upgrade User-Agent Vary Via X-Forwarded-For',
  'X-Forwarded-Host X-Forwarded-Proto X-Request-Id',
].flatMap((names) => names.split(' '));

/** By `place`; where two have the same, one is left out. */
const known = new Array<string>(1024).fill('');
const lowers = new Array<string>(1024).fill('');
for (const name of usual) {
  const lower = name.toLowerCase();
  for (const one of [name, lower]) {
    const at = place(one.length, one.charCodeAt(0), one.charCodeAt(one.length - 1));
    known[at] = one;
    lowers[at] = lower;
  }
}

function place(length: number, first: number, last: number): number {
  return (length * 37 + first * 11 + last) & 1023;
}

/** The name that stands in `text` between the two places. */
export function nameIn(text: string, start: number, end: number): string {
  const name = known[place(end - start, text.charCodeAt(start), text.charCodeAt(end - 1))]!;
  const written = text.slice(start, end);
  return name === written ? name : written;
}

function lowerCase(name: string): string {
  const at = place(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1));
  return known[at] === name && name !== '' ? lowers[at]! : name.toLowerCase();
}

/** A name's length and first letter, as far as they fit into ten bits: most names differ in it. */
function look(name: string): number {
  return ((name.length & 31) << 5) | (name.charCodeAt(0) & 31);
}

/** Whether `name` is `lower`. */
export function isNamed(name: string, lower: string): boolean {
  if (name.length !== lower.length || look(name) !== look(lower)) return false;
  return name === lower || lowerCase(name) === lower;
}

/** Whether two names are the same. */
export function areNamesEqual(a: string, b: string): boolean {
  if (a.length !== b.length || look(a) !== look(b)) return false;
  return a === b || lowerCase(a) === lowerCase(b);
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
    return this.#looks[look(name)] === 1 ? lowerCase(name) : '';
  }
}
