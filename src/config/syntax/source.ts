/** One configuration file as text: its lines, joined where a backslash continues them, and places in it. */
import type { Place } from '../config.ts';
import { parse } from '../grammar.js';

/** A stretch of a line's text and where it stands in the file; `fixed`: all of it stands at that one offset. */
export interface Stretch {
  readonly at: number;
  readonly offset: number;
  readonly fixed: boolean;
}

/** A line that says something, without its continuations, then with its variables replaced. */
export interface Line {
  readonly text: string;
  readonly stretches: readonly Stretch[];
}

/** A line as it is put together. */
export interface MutableLine {
  text: string;
  readonly stretches: Stretch[];
}

/** What the grammar makes of a word; `open`: its quote is never closed. */
export interface RawWord {
  readonly offset: number;
  readonly text: string;
  readonly open: boolean;
}

/** What the grammar makes of a line. Offsets count within the line's text. */
export type Statement =
  | { kind: 'directive'; offset: number; name: string; words: readonly RawWord[] }
  /** `closed`: there is a `>`; `rest`: what follows it. */
  | {
      kind: 'open';
      offset: number;
      name: string;
      words: readonly RawWord[];
      closed: boolean;
      rest: { offset: number; text: string } | null;
    }
  | { kind: 'close'; offset: number; name: string; closed: boolean };

/** The argument of a conditional section: `[!]word`. */
export interface Condition {
  readonly negated: boolean;
  readonly word: RawWord | null;
}

export interface Source {
  /** Name for messages. */
  readonly file: string;
  readonly length: number;
  /** false: bytes that are no UTF-8 stand as U+FFFD in the text. Comments may hold what they like. */
  readonly utf8: boolean;
  readonly lines: readonly Line[];
  placeAt(offset: number): Place;
}

/** `text`: what the file holds. */
export function sourceOf(file: string, text: string, utf8: boolean): Source {
  const starts = lineStarts(text);
  const lines: readonly { offset: number; text: string }[][] = parse(text, { startRule: 'File' });
  return {
    file,
    length: text.length,
    utf8,
    lines: lines.map(joined),
    placeAt(offset) {
      const line = lastAtMost(starts, offset, (start) => start);
      const start = starts[line]!;
      const end = starts[line + 1] ?? text.length + 1;
      const source = text.slice(start, end - 1).replace(/\r$/, '');
      return { file, line: line + 1, column: offset - start + 1, source };
    },
  };
}

/** Where in its file the character at `at` of the line's text stands; a variable's value, where its `$` does. */
export function offsetIn({ stretches }: Line, at: number): number {
  const stretch = stretches[lastAtMost(stretches, at, ({ at: start }) => start)]!;
  return stretch.fixed ? stretch.offset : stretch.offset + at - stretch.at;
}

/** Appends the line's text from `from` to `to`, with where it stands. */
export function append(
  to: MutableLine,
  { text, stretches }: Line,
  from: number,
  end: number,
): void {
  let i = lastAtMost(stretches, from, ({ at }) => at);
  for (; i < stretches.length && stretches[i]!.at < end; i++) {
    const { at, offset, fixed } = stretches[i]!;
    const into = Math.max(from - at, 0);
    const start = to.text.length + at + into - from;
    to.stretches.push({ at: start, offset: fixed ? offset : offset + into, fixed });
  }
  to.text += text.slice(from, end);
}

/** The line cut into words. */
export function statementOf(text: string): Statement {
  return parse(text, { startRule: 'Statement' });
}

/** What stands between the name of a conditional section and its `>`. */
export function conditionOf(text: string): Condition {
  return parse(text, { startRule: 'Condition' });
}

function joined(pieces: readonly { offset: number; text: string }[]): Line {
  const line: MutableLine = { text: '', stretches: [] };
  for (const { offset, text } of pieces) {
    if (text !== '') line.stretches.push({ at: line.text.length, offset, fixed: false });
    line.text += text;
  }
  line.text = trimmedEnd(line.text);
  return line;
}

/** Without the blanks at its end, which not even an open quote takes in. Those in front the grammar leaves out. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\v\f\r'.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last of ascending `items` that does not start after `value`; the first one does not. */
function lastAtMost<Item>(
  items: readonly Item[],
  value: number,
  startOf: (item: Item) => number,
): number {
  let low = 0;
  let high = items.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (startOf(items[middle]!) <= value) low = middle;
    else high = middle;
  }
  return low;
}
