/** A LogFormat as a pattern that its lines fit, with a group for each of its items. */
import type { FormatProblem, LogItem } from '../config/log-format.ts';
import { escapedForRegex, type TimeItem, timeItem } from './trace-time.ts';

/** Which group of a match holds an item. */
export type Groups = ReadonlyMap<LogItem, number>;

export interface Pattern {
  readonly regex: RegExp;
  readonly groups: Groups;
  readonly times: ReadonlyMap<LogItem, TimeItem>;
  /** Where a line that does not fit leaves the format, and what should stand there. */
  misfit(line: string): Misfit;
}

export interface Misfit {
  readonly column: number;
  readonly expected: string;
}

/** A piece of the pattern, and how a message names it. */
interface Piece {
  readonly source: string;
  readonly shown: string;
}

const inside = String.raw`(?:[^"\\]|\\.)*`;
const virtualHost = String.raw`(?:\S+:\d+ (?=\d+\.\d+\.\d+\.\d+ |[\da-fA-F]*:[\da-fA-F:.]+ ))?`;
/** Letters whose values have no blanks. */
const words = new Set('hapAlmPHXvVkRID');

/** `loose`: fields may follow, and `host:port` may come first, as in Debian's vhost_combined. */
export function patternOf(
  items: readonly (string | LogItem)[],
  loose: boolean,
): Pattern | FormatProblem {
  const pieces: Piece[] = loose ? [{ source: virtualHost, shown: '' }] : [];
  const groups = new Map<LogItem, number>();
  const times = new Map<LogItem, TimeItem>();
  for (const [i, item] of items.entries()) {
    if (typeof item === 'string') {
      pieces.push({ source: escapedForRegex(item), shown: `"${item}"` });
      continue;
    }
    const time = item.letter === 't' ? timeItem(item.argument) : null;
    if (time !== null && 'problem' in time) return time;
    if (time !== null) times.set(item, time);
    const quoted = isText(items[i - 1], /"$/) && isText(items[i + 1], /^"/);
    const source = time?.source ?? (quoted ? inside : sourceOf(item));
    pieces.push({ source: `(${source})`, shown: textOf(item) });
    groups.set(item, groups.size + 1);
  }
  if (loose) pieces.push({ source: '(?: .*)?', shown: 'the end' });
  const regex = new RegExp(`^${pieces.map(({ source }) => source).join('')}$`);
  return { regex, groups, times, misfit: (line) => misfitOf(pieces, line) };
}

/** What a LogFormat calls an item. */
export function textOf({ letter, argument }: LogItem): string {
  return `%${argument === '' ? '' : `{${argument}}`}${letter}`;
}

function isText(item: string | LogItem | undefined, form: RegExp): boolean {
  return typeof item === 'string' && form.test(item);
}

function sourceOf({ letter }: LogItem): string {
  if (letter === 's') return String.raw`\d{3}|-`;
  if ('bBO'.includes(letter)) return String.raw`\d+|-`;
  if ('DT'.includes(letter)) return String.raw`\d+(?:\.\d+)?|-`;
  return words.has(letter) ? String.raw`\S*?` : '.*?';
}

/** The end of an item is where the next text begins, so that without the text it is the item that is wrong. */
function misfitOf(pieces: readonly Piece[], line: string): Misfit {
  const matched = (count: number) => {
    const sources = pieces.slice(0, count).map(({ source }) => source);
    return new RegExp(`^${sources.join('')}`).exec(line)?.[0].length ?? -1;
  };
  let count = pieces.length - 1;
  while (matched(count) < 0) count--;
  const { shown } = pieces[count]!;
  const before = pieces[count - 1]?.shown ?? '';
  if (!shown.startsWith('"') || before === '')
    return { column: matched(count) + 1, expected: shown };
  return { column: matched(count - 1) + 1, expected: `${before} and ${shown}` };
}
