/** Access logs in httpd's common or combined format as arrivals. */
import { commonFormat } from '../config/log-format.ts';
import { LabError, type Problem } from '../problems/errors.ts';
import type { TraceSpec } from './scenario.ts';
import { TraceColumns } from './trace-columns.ts';
import { formatReader, type LineReader } from './trace-format.ts';
import type { SessionKey } from './trace-session.ts';

/** How many bad lines are shown one by one. */
const shownMax = 3;

/** Reads common and combined format, with further fields behind and a virtual host before. */
export function commonReader(session: SessionKey | null = null): LineReader {
  const reader = formatReader(commonFormat, { session, loose: true });
  if ('problem' in reader) throw new Error(reader.problem);
  return reader;
}

/**
 * A log as a trace: sorted by time (lines of one second keep their order), clients numbered by address in
 * order of appearance. Empty lines are skipped, and those of requests that never came (`"-"`). `path` is where the
 * scenario names the log.
 * @throws LabError with the first bad lines and their number.
 */
export function parseTrace(text: string, file: string, path: string): TraceSpec {
  const reader = commonReader();
  const columns = new TraceColumns();
  const bad: Problem[] = [];
  let badCount = 0;
  const problem = (at: number, message: string, source?: string): Problem => {
    const place = { file, line: at, column: at === 0 ? 0 : 1, path };
    const base = { ...place, message, code: 'VALUE', severity: 'error' } as const;
    return source === undefined ? base : { ...base, source };
  };
  text.split('\n').forEach((raw, i) => {
    const source = raw.replace(/\r$/, '');
    if (source.trim() === '') return;
    const entry = reader.read(source);
    if (entry === 'no request') return;
    if (entry !== null) columns.add(entry);
    else if (++badCount <= shownMax) {
      const message = `this line is not of an access log; expected ${reader.expected}.`;
      bad.push(problem(i + 1, message, source));
    }
  });
  if (badCount > shownMax) {
    bad.push(
      problem(0, `${badCount} lines in all are not of an access log; correct or remove them.`),
    );
  }
  if (badCount === 0 && columns.count === 0) {
    bad.push(problem(0, `the access log is empty; expected lines such as ${reader.expected}.`));
  }
  if (bad.length > 0) throw new LabError(bad);
  return columns.trace(file, reader.resolutionNs);
}
