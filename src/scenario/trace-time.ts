/** When a request came, from the time items of a log format: `%t` and `%{…}t`, which may be several. */
import type { FormatProblem } from '../config/log-format.ts';

/** What the items of a line say together. */
interface Clock {
  /** Seconds since 1970; NaN when the line has a date instead. */
  epoch: number;
  year: number;
  /** From 0. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  us: number;
  /** Minutes ahead of UTC; a time without zone is taken as UTC, as only differences matter. */
  zone: number;
}

interface Conversion {
  readonly source: string;
  /** What it says of the time: half of the alternatives of `needed`. */
  readonly says: string;
  readonly set: (clock: Clock, text: string) => void;
}

/** One item: a pattern without groups, and one with a group for each of its conversions. */
export interface TimeItem {
  readonly source: string;
  readonly regex: RegExp;
  readonly conversions: readonly Conversion[];
  /** The time at which the answer was sent, not that at which the request came. */
  readonly isEnd: boolean;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function field(source: string, says: Exclude<keyof Clock, 'zone'>, factor = 1, minus = 0) {
  const set = (clock: Clock, text: string) => {
    clock[says] = Number(text) * factor - minus;
  };
  return { source, says, set };
}

function monthName(source: string): Conversion {
  const set = (clock: Clock, text: string) => {
    clock.month = months.indexOf(text.slice(0, 3));
  };
  return { source, says: 'month', set };
}

const nothing = (source: string): Conversion => ({ source, says: '', set: () => {} });

/** strftime's, and `L` and `f` for thousandths and millionths of a second. */
const conversions: Readonly<Record<string, Conversion>> = {
  Y: field('\\d{4}', 'year'),
  y: field('\\d\\d', 'year', 1, -2000),
  m: field('0[1-9]|1[0-2]', 'month', 1, 1),
  b: monthName('[A-Z][a-z]{2}'),
  h: monthName('[A-Z][a-z]{2}'),
  B: monthName('[A-Z][a-z]{2,}'),
  d: field('\\d\\d', 'day'),
  e: field(' ?\\d{1,2}', 'day'),
  H: field('[01]\\d|2[0-3]', 'hour'),
  M: field('[0-5]\\d', 'minute'),
  S: field('[0-5]\\d|60', 'second'),
  s: field('\\d+', 'epoch'),
  L: field('\\d{3}', 'us', 1000),
  f: field('\\d{6}', 'us'),
  z: {
    source: '[+-]\\d\\d:?[0-5]\\d|Z',
    says: 'zone',
    set: (clock, text) => {
      const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)/.exec(text) ?? [text, '+', '0', '0'];
      clock.zone = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    },
  },
  a: nothing('[A-Za-z]+'),
  A: nothing('[A-Za-z]+'),
  Z: nothing('\\S+'),
};

/** Conversions and arguments of httpd that stand for others. */
const short: Readonly<Record<string, string>> = {
  '%F': '%Y-%m-%d',
  '%T': '%H:%M:%S',
  '%R': '%H:%M',
  '%D': '%m/%d/%y',
};
const named: Readonly<Record<string, string>> = {
  '': '[%d/%b/%Y:%H:%M:%S %z]',
  sec: '%s',
  msec: '%s%L',
  usec: '%s%f',
  msec_frac: '%L',
  usec_frac: '%f',
};

/** The item with this argument (spec: mod_log_config). */
export function timeItem(argument: string): TimeItem | FormatProblem {
  const [, which, said = ''] = /^(?:(begin|end)(?::|$))?([\s\S]*)$/.exec(argument) ?? [];
  const format = (named[said] ?? said).replace(/%[FTRD]/g, (letter) => short[letter]!);
  const found: Conversion[] = [];
  let problem: string | null = null;
  const parts = format.split(/(%[EO]?[a-zA-Z%])/).map((part) => {
    const letter = /^%[EO]?(.)$/.exec(part)?.[1];
    if (letter === undefined || letter === '%') return escapedForRegex(letter ?? part);
    const conversion = conversions[letter];
    if (conversion === undefined) problem = `%${letter} in %{${argument}}t cannot be read back.`;
    else found.push(conversion);
    return conversion ?? '';
  });
  if (problem !== null) return { problem };
  const pattern = (open: '(' | '(?:') =>
    parts.map((one) => (typeof one === 'string' ? one : `${open}${one.source})`)).join('');
  return {
    source: pattern('(?:'),
    regex: new RegExp(`^${pattern('(')}$`),
    conversions: found,
    isEnd: which === 'end',
  };
}

/** What items say together: how exactly, and how to read it; null when it is no full time. */
export interface TimeReader {
  readonly resolutionNs: number;
  /** Microseconds since 1970 from what the items say, in their order; null when there is no such day. */
  read(texts: readonly string[]): number | null;
}

export function timeReader(items: readonly TimeItem[]): TimeReader | null {
  const all = items.flatMap((item) => item.conversions);
  const says = (what: string) => all.some((one) => one.says === what);
  const full = ['year', 'month', 'day', 'hour', 'minute', 'second'].every(says);
  if (!full && !says('epoch')) return null;
  const micro = all.some((one) => one === conversions['f']);
  const blank = { epoch: Number.NaN, year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  const read = (texts: readonly string[]) => {
    const clock: Clock = { ...blank, us: 0, zone: 0 };
    items.forEach(({ regex, conversions }, i) => {
      const found = regex.exec(texts[i]!);
      conversions.forEach((one, j) => {
        one.set(clock, found![j + 1]!);
      });
    });
    const seconds = Number.isNaN(clock.epoch) ? secondsOf(clock) : clock.epoch;
    return seconds === null ? null : seconds * 1e6 + clock.us;
  };
  let last: readonly string[] = [];
  let lastUs: number | null = null;
  return {
    resolutionNs: micro ? 1e3 : says('us') ? 1e6 : 1e9,
    read: (texts) => {
      if (last.length === 0 || texts.some((text, i) => text !== last[i])) {
        last = texts;
        lastUs = read(texts); // once for all lines of a second
      }
      return lastUs;
    },
  };
}

function secondsOf({ year, month, day, hour, minute, second, zone }: Clock): number | null {
  const midnight = new Date(Date.UTC(year, month, day));
  if (month < 0 || midnight.getUTCDate() !== day) return null;
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - zone * 60;
}

export function escapedForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
