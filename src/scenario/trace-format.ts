/** A LogFormat read backwards: from a line of an access log to what the simulator needs of it. */
import {
  combinedFormat,
  commonFormat,
  type FormatProblem,
  type LogItem,
  readLogFormat,
} from '../config/log-format.ts';
import { type Misfit, type Pattern, patternOf, textOf } from './trace-pattern.ts';
import { keyReader, type SessionKey } from './trace-session.ts';
import { timeReader } from './trace-time.ts';

/** One request of a log. */
export interface LogEntry {
  readonly address: string;
  /** What else tells its session from others; null: nothing does. */
  readonly session: string | null;
  /** Microseconds since 1970. */
  readonly atUs: number;
  /** Size of the response; negative: unknown. */
  readonly bytes: number;
  /** Path asked for, without a query. */
  readonly path: string;
  /** How long it took; NaN: unknown. */
  readonly serviceNs: number;
}

/** What a line is: a request, nothing that was a request (it never came, or not to a balancer), or null: no fit. */
export type LogLine = LogEntry | 'no request' | null;

/** Reads the lines of one log. */
export interface LineReader {
  read(line: string): LogLine;
  /** Where a line that does not fit leaves the format, and what should stand there. */
  misfit(line: string): Misfit;
  /** Of the time stamps. */
  readonly resolutionNs: number;
  /** The item that gives service times; null: none. */
  readonly service: string | null;
  readonly hasBytes: boolean;
  /** What lines look like, for messages. */
  readonly expected: string;
}

export interface FormatOptions {
  /** By what sessions are told apart, beside addresses. */
  readonly session?: SessionKey | null;
  /** Whether fields may follow, and `host:port` come first, as in Debian's vhost_combined. */
  readonly loose?: boolean;
}

/** Formats by the names that Debian's and httpd's own configuration give them. */
export const formatNames: ReadonlyMap<string, string> = new Map([
  ['common', commonFormat],
  ['combined', combinedFormat],
  ['vhost_combined', `%v:%p ${combinedFormat}`],
]);

const unitNs: Readonly<Record<string, number>> = { '': 1e9, s: 1e9, ms: 1e6, us: 1e3 };

/** The reader for lines that `format` writes. */
export function formatReader(
  format: string,
  { session = null, loose = false }: FormatOptions = {},
): LineReader | FormatProblem {
  const items = readLogFormat(format.replaceAll('\\"', '"')); // as it stands between quotes in an httpd.conf
  if ('problem' in items) return items;
  const pattern = patternOf(items, loose);
  if ('problem' in pattern) return pattern;
  const { regex, groups, misfit } = pattern;
  const clock = clockOf(pattern);
  if (clock === null) {
    return { problem: 'it does not say when a request came; add %t, or better %{usec}t.' };
  }
  const key = keyReader(session, groups);
  if ('problem' in key) return key;
  const logged = [...groups.keys()];
  const of = (...letters: string[]) => firstOf(logged, letters);
  const service = serviceOf(logged);
  const at = (item: LogItem | undefined) => (item === undefined ? -1 : groups.get(item)!);
  const [address, request, path] = [at(of('h', 'a')), at(of('r')), at(of('U'))];
  const [bytes, took] = [at(of('b', 'B', 'O')), at(service?.item)];
  return {
    read: (line) => {
      const found = regex.exec(line);
      const atUs = found === null ? null : clock.read(found);
      if (found === null || atUs === null) return null;
      const target = request < 0 ? found[path] : found[request]!.split(' ')[1];
      if (target === undefined && request >= 0) return 'no request';
      const serviceNs = took < 0 ? Number.NaN : lengthNs(found[took]!, service!.unitNs);
      return {
        address: found[address] ?? '',
        session: key.read(found, target ?? ''),
        atUs: clock.isEnd && serviceNs > 0 ? atUs - Math.round(serviceNs / 1e3) : atUs,
        bytes: bytes < 0 ? -1 : Number(found[bytes] === '-' ? 0 : found[bytes]),
        path: target?.replace(/\?.*/, '') ?? '',
        serviceNs,
      };
    },
    misfit,
    resolutionNs: clock.resolutionNs,
    service: service === null ? null : textOf(service.item),
    hasBytes: bytes >= 0,
    expected: loose
      ? '1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 512, with or without referer and agent'
      : `the format ${format}`,
  };
}

function firstOf(items: readonly LogItem[], letters: readonly string[]): LogItem | undefined {
  for (const letter of letters) {
    const found = items.find((item) => item.letter === letter);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The time of the request, or else that of its answer. */
function clockOf({ times, groups }: Pattern) {
  for (const isEnd of [false, true]) {
    const chosen = [...times].filter(([, time]) => time.isEnd === isEnd);
    const reader = timeReader(chosen.map(([, time]) => time));
    if (reader === null) continue;
    const indices = chosen.map(([item]) => groups.get(item)!);
    const read = (found: RegExpExecArray) => reader.read(indices.map((index) => found[index]!));
    return { isEnd, resolutionNs: reader.resolutionNs, read };
  }
  return null;
}

/** The finest of the items that say how long a request took. */
function serviceOf(items: readonly LogItem[]) {
  const found = items.flatMap((item) => {
    const ns = item.letter === 'D' ? 1e3 : unitNs[item.argument.toLowerCase()];
    return 'DT'.includes(item.letter) && ns !== undefined ? [{ item, unitNs: ns }] : [];
  });
  return found.sort((a, b) => a.unitNs - b.unitNs)[0] ?? null;
}

/**
 * The middle of what the text stands for, as httpd cuts times to its unit. NaN where it says nothing: `-`, and whole
 * seconds, which are 0 for nearly all.
 */
function lengthNs(text: string, unit: number): number {
  const decimals = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  if (text === '-' || (unit === 1e9 && decimals === 0)) return Number.NaN;
  return Math.round((Number(text) + 0.5 * Number(`1e-${decimals}`)) * unit);
}
