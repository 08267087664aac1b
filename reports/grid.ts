/** A plain table for terminals: columns two spaces apart, a rule under the head, and no more columns than fit. */
import Table from 'cli-table3';
import type pc from 'picocolors';

/** One column. `rank` 0 always stays; the highest rank goes first when space is short. */
export interface Column {
  /** One or two lines; the first is the name to search for. */
  readonly head: readonly string[];
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  readonly rank: number;
}

/** The text of a table and the names of the columns it had no room for. */
export interface Grid {
  readonly text: string;
  readonly dropped: readonly string[];
}

/** Longest name that is printed whole. */
const NAME_LIMIT = 32;

/** How a table is drawn: the width it has, and the colours, which do nothing when colour is off. */
export interface Ink {
  readonly width: number;
  readonly paint: ReturnType<typeof pc.createColors>;
}

/** A title, its table, and a line naming the columns that did not fit. */
export function titled(title: string, columns: readonly Column[], ink: Ink, legend = ''): string {
  const { text, dropped } = grid(columns, ink.width, ink.paint.dim);
  const missing = dropped.length === 0 ? '' : `not shown for want of width: ${dropped.join(', ')}`;
  const below = [legend, missing].filter((line) => line !== '');
  const lines = below.map((line) => ink.paint.dim(wrap(line, ink.width, ' ', ' ')));
  return [ink.paint.bold(title), text, ...lines].join('\n');
}

/** Lays `columns` out in at most `width` columns of text. `rule` may colour the line under the head. */
export function grid(columns: readonly Column[], width: number, rule = (s: string) => s): Grid {
  const kept = [...columns];
  const dropped: string[] = [];
  let table = build(kept);
  while (table.width > width) {
    const last = kept.reduce((worst, c, i) => (c.rank >= kept[worst]!.rank ? i : worst), 0);
    if (kept[last]!.rank === 0) break;
    dropped.unshift(kept[last]!.head[0]!.trim());
    kept.splice(last, 1);
    table = build(kept);
  }
  const lines = table.toString().split('\n');
  const heads = Math.max(...kept.map((c) => c.head.length));
  lines.splice(heads, 0, ` ${'─'.repeat(table.width - 2)}`);
  lines[heads] = rule(lines[heads]!);
  return { text: lines.map((line) => line.trimEnd()).join('\n'), dropped };
}

function build(columns: readonly Column[]): Table.Table {
  const table = new Table({
    chars: bare,
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1 },
    colAligns: columns.map((c) => c.align ?? 'right'),
  });
  const heads = Math.max(...columns.map((c) => c.head.length));
  for (let i = 0; i < heads; i += 1) table.push(columns.map((c) => c.head[i] ?? ''));
  const rows = Math.max(...columns.map((c) => c.cells.length));
  for (let i = 0; i < rows; i += 1) table.push(columns.map((c) => c.cells[i] ?? ''));
  return table;
}

const bare = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

/** A name from the user's files, safe for a terminal: no control characters, not longer than a column may be. */
export function printable(name: string, limit = NAME_LIMIT): string {
  const clean = name.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

/** Breaks `text` at spaces, never between a number and its unit, into lines of at most `width` with indents. */
export function wrap(text: string, width: number, indent = '', hang = `${indent}  `): string {
  const [first = '', ...words] = text.split(/ (?!(?:%|ms|s|pp)(?![\w]))/);
  const lines = [indent + first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length > width) lines.push(hang + word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join('\n');
}
