/**
 * Flat typed columns over one buffer. A table is a set of named columns with a number of rows; tables lie
 * one after the other behind a header that says what the buffer is. Who holds the buffer holds all state:
 * it can be copied, compared, shared between threads and attached to again.
 */

export type ColumnKind = 'i32' | 'u32' | 'f64' | 'text';
export type Columns = Readonly<Record<string, ColumnKind>>;

interface ViewOf {
  i32: Int32Array;
  u32: Uint32Array;
  f64: Float64Array;
  /** `TEXT_BYTES` bytes a row; see `readText` and `writeText`. */
  text: Uint8Array;
}

export type Views<C extends Columns> = { readonly [K in keyof C]: ViewOf[C[K]] };

export interface Table<C extends Columns = Columns> {
  /** Tells tables apart whose columns happen to be the same. */
  readonly name?: string;
  readonly columns: C;
  readonly rows: number;
}

/** Bytes of one text: a length byte and at most 63 bytes of UTF-8 (httpd keeps 63 characters). */
export const TEXT_BYTES = 64;

const MAGIC = 0x46_41_49_52; // "FAIR"
const VERSION = 1;
const HEADER_BYTES = 32;
const bytesPerRow: Record<ColumnKind, number> = { i32: 4, u32: 4, f64: 8, text: TEXT_BYTES };

/** Size in bytes of a buffer that holds `tables`. */
export function bytesOf(tables: readonly Table[]): number {
  return tables.reduce((bytes, table) => bytes + tableBytes(table), HEADER_BYTES);
}

/**
 * Views of the columns of `tables` over `memory`. A buffer of zeros is formatted; any other must have been
 * formatted for the same tables.
 * @throws Error when `memory` is too small or was laid out differently.
 */
export function viewsOver<T extends readonly Table[]>(
  memory: ArrayBufferLike,
  tables: T,
): { [K in keyof T]: T[K] extends Table<infer C> ? Views<C> : never } {
  const header = new Uint32Array(memory, 0, HEADER_BYTES / 4);
  const layout = layoutHash(tables);
  if (header[0] === 0) header.set([MAGIC, VERSION, layout, memory.byteLength]);
  if (header[0] !== MAGIC || header[1] !== VERSION || header[2] !== layout) {
    throw new Error('this buffer was laid out for another balancer or by another version');
  }
  let offset = HEADER_BYTES;
  const views = tables.map((table) => {
    const of = tableViews(memory, offset, table);
    offset += tableBytes(table);
    return of;
  });
  return views as never;
}

/** The text in row `row` of a text column. */
export function readText(column: Uint8Array, row: number): string {
  const at = row * TEXT_BYTES;
  let encoded = '';
  for (let i = 0; i < column[at]; i++)
    encoded += `%${column[at + 1 + i].toString(16).padStart(2, '0')}`;
  return decodeURIComponent(encoded);
}

/** Keeps as much of `text` as fits, cut at a character, and clears the rest of the row. */
export function writeText(column: Uint8Array, row: number, text: string): void {
  const at = row * TEXT_BYTES;
  column.fill(0, at, at + TEXT_BYTES);
  let length = 0;
  for (const character of text) {
    const bytes = utf8(character);
    if (length + bytes.length >= TEXT_BYTES) break;
    column.set(bytes, at + 1 + length);
    length += bytes.length;
  }
  column[at] = length;
}

/** UTF-8 without `TextEncoder`, which is the platform's and not the language's. */
function utf8(character: string): number[] {
  const encoded = encodeURIComponent(/\p{Surrogate}/u.test(character) ? '\ufffd' : character);
  if (!encoded.startsWith('%')) return [encoded.charCodeAt(0)];
  return encoded
    .slice(1)
    .split('%')
    .map((hex) => Number.parseInt(hex, 16));
}

/** Whether `writeText` keeps all of `text`. */
export function fitsText(text: string): boolean {
  return Array.from(text).reduce((sum, character) => sum + utf8(character).length, 0) < TEXT_BYTES;
}

function columnBytes(kind: ColumnKind, rows: number): number {
  return Math.ceil((bytesPerRow[kind] * rows) / 8) * 8; // every column starts at a multiple of eight
}

function tableBytes({ columns, rows }: Table): number {
  return Object.values(columns).reduce((bytes, kind) => bytes + columnBytes(kind, rows), 0);
}

function tableViews(memory: ArrayBufferLike, start: number, { columns, rows }: Table) {
  let offset = start;
  const views = Object.entries(columns).map(([name, kind]) => {
    const at = offset;
    offset += columnBytes(kind, rows);
    return [name, view(memory, at, kind, rows)] as const;
  });
  // Made at once, tables of the same columns share one hidden class in V8; grown name by name they may not.
  return Object.fromEntries(views);
}

function view(memory: ArrayBufferLike, offset: number, kind: ColumnKind, rows: number) {
  if (kind === 'i32') return new Int32Array(memory, offset, rows);
  if (kind === 'u32') return new Uint32Array(memory, offset, rows);
  if (kind === 'f64') return new Float64Array(memory, offset, rows);
  return new Uint8Array(memory, offset, rows * TEXT_BYTES);
}

/** FNV-1a over names, kinds and row counts: two layouts that differ must not be mistaken for each other. */
function layoutHash(tables: readonly Table[]): number {
  const description = JSON.stringify(tables);
  let hash = 0x811c9dc5;
  for (let i = 0; i < description.length; i++) {
    hash = Math.imul(hash ^ description.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
