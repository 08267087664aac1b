/** In which format a log was written, and what tells its sessions apart. */
import { basename } from 'node:path';
import type { AccessLogConf } from '../../config/config.ts';
import { readLogFormat } from '../../config/log-format.ts';
import { optionError } from '../../problems/errors.ts';
import type { StickySpec } from '../../scenario/scenario.ts';
import { commonReader } from '../../scenario/trace.ts';
import { formatNames, formatReader, type LineReader } from '../../scenario/trace-format.ts';
import { jsonReader } from '../../scenario/trace-json.ts';
import type { SessionKey } from '../../scenario/trace-session.ts';

export interface FormatOptions {
  readonly format?: string;
  readonly session?: string;
}

/** A reader, and in words as what it reads. */
export interface ChosenFormat {
  readonly reader: LineReader;
  readonly as: string;
}

/**
 * What `--format` says; else what the configuration has written this log in, by its name; else common or combined.
 * @throws LabError
 */
export function chosenFormat(
  log: string,
  logs: readonly AccessLogConf[],
  sticky: StickySpec | null,
  { format, session }: FormatOptions,
): ChosenFormat {
  const known = format === undefined ? configured(log, logs) : undefined;
  const text = format === undefined ? known?.format : (formatNames.get(format) ?? format);
  if (text === undefined && session !== undefined) {
    throw optionError('--session', '--session goes with --format, whose items it names.');
  }
  if (text === undefined) return { reader: commonReader(sticky), as: 'common or combined format' };
  const as =
    known === undefined
      ? 'the format of --format'
      : `the log of ${known.place.file}:${known.place.line}`;
  if (text === null || text === 'json') return { reader: jsonReader(), as };
  if (!text.includes('%')) {
    const names = [...formatNames.keys(), 'json'].join(', ');
    const message = `--format is ${text}; expected a LogFormat such as "%h %{usec}t \\"%r\\" %>s %b %D", or one of ${names}.`;
    throw optionError('--format', message);
  }
  const reader = formatReader(text, { session: sessionKey(session, sticky) });
  if (!('problem' in reader)) return { reader, as };
  throw optionError('--format', `${as} is ${text}: ${reader.problem}`);
}

/** The format of the logs that this one may be by its name, `.1` or `.gz` aside; undefined when they differ. */
function configured(log: string, logs: readonly AccessLogConf[]): AccessLogConf | undefined {
  const name = basename(log);
  const same = logs.filter(({ file }) => name.startsWith(basename(file)));
  return same.every(({ format }) => format === same[0]?.format) ? same[0] : undefined;
}

/** By what `--session` names, else by the session cookie of the balancer. */
function sessionKey(text: string | undefined, sticky: StickySpec | null): SessionKey | null {
  if (text === undefined) return sticky;
  const read = readLogFormat(text);
  const [item, ...more] = 'problem' in read ? [] : read;
  if (item === undefined || typeof item === 'string' || more.length > 0) {
    const message = `--session is ${text}; expected one item of the format, such as %{JSESSIONID}C or %{X-Forwarded-For}i.`;
    throw optionError('--session', message);
  }
  if (item.letter !== 'C') return { item };
  const separator = sticky?.cookie === item.argument ? sticky.separator : '';
  return { cookie: item.argument, separator, path: null };
}
