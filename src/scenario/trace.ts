/** Access logs in httpd's common or combined format as arrivals. */
import { keyOf } from '../core/index.ts';
import { LabError, type Problem } from '../problems/errors.ts';
import type { TraceSpec } from './scenario.ts';

const inside = String.raw`(?:[^"\\]|\\.)*`;
const quoted = `"${inside}"`;
/** Further fields after those of the combined format are allowed. */
const line = new RegExp(
  String.raw`^(\S+) \S+ .*?\[(\d\d)/([A-Z][a-z]{2})/(\d{4}):([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) ([+-])(\d\d)([0-5]\d)\] ` +
    String.raw`"(${inside})" \d{3} (\d+|-)(?: ${quoted} ${quoted})?(?: .*)?$`,
);
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const format =
  '1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 512, with or without referer and agent';
/** How many bad lines are shown one by one. */
const shownMax = 3;

/** One request of a log. */
export interface LogEntry {
  readonly address: string;
  /** Seconds since 1970. */
  readonly second: number;
  readonly bytes: number;
  /** Path asked for, without a query. */
  readonly path: string;
}

/** Reads one line; null when it is in neither format. */
export function readLogLine(text: string): LogEntry | null {
  const found = line.exec(text);
  if (found === null) return null;
  const [
    ,
    address,
    day,
    name,
    year,
    hour,
    minute,
    second,
    sign,
    zoneHours,
    zoneMinutes,
    request,
    bytes,
  ] = found;
  const month = months.indexOf(name!);
  const midnight = new Date(Date.UTC(Number(year), month, Number(day)));
  if (month < 0 || midnight.getUTCDate() !== Number(day)) return null;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -60 : 60);
  const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return {
    address: address!,
    second: midnight.getTime() / 1000 + ofDay - zone,
    bytes: bytes === '-' ? 0 : Number(bytes),
    path: request!.split(' ')[1]?.replace(/\?.*/, '') ?? '',
  };
}

/**
 * A log as a trace: sorted by time (lines of one second keep their order), clients numbered by address in
 * order of appearance. Empty lines are skipped. `path` is where the scenario names the log.
 * @throws LabError with the first bad lines and their number.
 */
export function parseTrace(text: string, file: string, path: string): TraceSpec {
  const entries: LogEntry[] = [];
  const bad: Problem[] = [];
  let badCount = 0;
  const problem = (at: number, message: string, source?: string): Problem => {
    const place = { file, line: at, column: at === 0 ? 0 : 1, path };
    const base = { ...place, message, code: 'VALUE', severity: 'error' } as const;
    return source === undefined ? base : { ...base, source };
  };
  const lines = text.split('\n');
  lines.forEach((raw, i) => {
    const source = raw.replace(/\r$/, '');
    if (source.trim() === '') return;
    const entry = readLogLine(source);
    if (entry !== null) entries.push(entry);
    else if (++badCount <= shownMax) {
      bad.push(problem(i + 1, `this line is not of an access log; expected ${format}.`, source));
    }
  });
  if (badCount > shownMax) {
    bad.push(
      problem(0, `${badCount} lines in all are not of an access log; correct or remove them.`),
    );
  }
  if (badCount === 0 && entries.length === 0) {
    bad.push(problem(0, `the access log is empty; expected lines such as ${format}.`));
  }
  if (bad.length > 0) throw new LabError(bad);
  return columnsOf(entries, file);
}

function columnsOf(entries: LogEntry[], file: string): TraceSpec {
  entries.sort((a, b) => a.second - b.second);
  const first = entries[0]!.second;
  const numbers = new Map<string, number>();
  const client = entries.map(({ address }) => {
    const number = numbers.get(address) ?? numbers.size;
    numbers.set(address, number);
    return number;
  });
  return {
    file,
    atNs: Float64Array.from(entries, (entry) => (entry.second - first) * 1e9),
    client: Uint32Array.from(client),
    bytes: Float64Array.from(entries, (entry) => entry.bytes),
    clientCount: numbers.size,
    sourceKey: Uint32Array.from(numbers.keys(), keyOf),
    uriKey: Uint32Array.from(entries, (entry) => keyOf(entry.path)),
    resolutionNs: 1e9,
  };
}
