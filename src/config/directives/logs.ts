/** LogFormat, CustomLog, TransferLog and GlobalLog: who asked for what; ErrorLog and LogLevel: what went wrong. */
import type { AccessLogConf, LogLevel, Place, ServerConf } from '../config.ts';
import { commonFormat, readLogFormat } from '../log-format.ts';
import type { Word } from '../tree.ts';
import type { ServerDraft } from './drafts.ts';
import type { Reading } from './reading.ts';
import { anywhere, type Line, type Rule, serverOnly } from './rule.ts';

/** A log before nicknames and folders are known. */
export interface AccessLogDraft {
  readonly place: Place;
  readonly file: Word;
  /** null: the one that a LogFormat without nickname gave. */
  readonly format: Word | null;
  readonly env: AccessLogConf['env'];
  /** GlobalLog: of every virtual host. */
  readonly global: boolean;
}

export interface LogsDraft {
  readonly files: AccessLogDraft[];
  readonly formats: Map<string, string>;
  /** Of TransferLog: a format or a nickname; null: not said. */
  standard: string | null;
}

const logFormat: Rule = {
  name: 'LogFormat',
  where: serverOnly,
  words: [1, 2],
  read(_, { server }, line) {
    const [format, nickname] = line.words;
    if (!checked(line, format!)) return;
    if (nickname === undefined) server.logs.standard = format!.text;
    else server.logs.formats.set(nickname.text, format!.text);
  },
};

function custom(name: 'CustomLog' | 'GlobalLog'): Rule {
  return {
    name,
    where: serverOnly,
    words: [2, 3],
    read(reading, { server, inVirtualHost }, line) {
      const [file, format, condition] = line.words;
      const global = name === 'GlobalLog';
      if (global && inVirtualHost) {
        line.refuse(undefined, 'cannot stand in <VirtualHost>.');
        return;
      }
      const env = condition === undefined ? null : conditionOf(line, condition);
      if (env === undefined || !checked(line, format!) || !writable(reading, line, file!)) return;
      server.logs.files.push({ place: line.place, file: file!, format: format!, env, global });
    },
  };
}

const transferLog: Rule = {
  name: 'TransferLog',
  where: serverOnly,
  words: [1, 1],
  read(reading, { server }, line) {
    const file = line.words[0]!;
    if (!writable(reading, line, file)) return;
    server.logs.files.push({ place: line.place, file, format: null, env: null, global: false });
  },
};

/** `env=NAME` or `env=!NAME`; undefined when it is something else (reported). */
function conditionOf(line: Line, word: Word): AccessLogConf['env'] | undefined {
  const [, negated, name] = /^env=(!?)([^!].*)$/i.exec(word.text) ?? [];
  if (name !== undefined) return { name, negated: negated === '!' };
  const later = /^expr=/i.test(word.text);
  const why = later ? ' is not supported yet; use env=NAME.' : ': expected env=NAME or env=!NAME.';
  line.refuse(word, `${word.text}${why}`, later ? 'NOT_SUPPORTED' : 'VALUE');
  return undefined;
}

function checked(line: Line, word: Word): boolean {
  const read = readLogFormat(word.text);
  if (!('problem' in read)) return true;
  line.refuse(word, `${word.text}: ${read.problem}`, read.later ? 'NOT_SUPPORTED' : 'VALUE');
  return false;
}

/** Whether `word` names a file. With a variable that nothing defines it was warned about, and is left out. */
function writable(reading: Reading, line: Line, word: Word): boolean {
  if (word.text.includes('${')) {
    reading.ignore(line.name, line.place);
    return false;
  }
  if (!word.text.startsWith('|')) return true;
  line.refuse(
    word,
    `${word.text}: logs through a program are not supported yet; name a file.`,
    'NOT_SUPPORTED',
  );
  return false;
}

const errorLog: Rule = {
  name: 'ErrorLog',
  where: serverOnly,
  words: [1, 2],
  read(reading, { inVirtualHost }, line) {
    const word = line.words[0]!;
    if (!writable(reading, line, word)) return;
    if (/^syslog(?::|$)/i.test(word.text)) {
      line.refuse(word, `${word.text}: syslog is not supported yet; name a file.`, 'NOT_SUPPORTED');
    } else if (inVirtualHost) {
      const message =
        'ErrorLog of a virtual host has no effect: what goes wrong is told in the one of the main server.';
      reading.warnOnce('ErrorLog', line.place, line.name, message);
    } else reading.errorLog = { place: line.place, file: word.text };
  },
};

const levels: Readonly<Record<string, LogLevel>> = {
  emerg: 'emerg',
  alert: 'alert',
  crit: 'crit',
  error: 'error',
  warn: 'warn',
  notice: 'notice',
  info: 'info',
  debug: 'debug',
  ...Object.fromEntries(Array.from('12345678', (n) => [`trace${n}`, 'debug' as const])),
};

/** `warn`, `proxy:debug`, `mod_proxy.c:debug`, `proxy_module:debug`. */
const logLevel: Rule = {
  name: 'LogLevel',
  where: anywhere,
  words: [1, Number.POSITIVE_INFINITY],
  read(reading, { where, inVirtualHost }, line) {
    const outer = where === 'server' && !inVirtualHost;
    for (const word of line.words) {
      const [, module, name = ''] = /^(?:(.*):)?([^:]*)$/.exec(word.text)!;
      const level = levels[name.toLowerCase()];
      if (level === undefined) {
        line.refuse(
          word,
          `${word.text}: expected emerg, alert, crit, error, warn, notice, info, debug or trace1 to trace8.`,
        );
      } else if (outer && module === undefined) {
        reading.levels.clear();
        reading.levels.set('', level);
      } else if (outer) {
        const [, short = module!] = /^(?:mod_)?(.*?)(?:_module|\.c)?$/i.exec(module!) ?? [];
        reading.levels.set(short.toLowerCase(), level);
      }
    }
    if (outer) return;
    const message = 'LogLevel has an effect only outside of sections and virtual hosts.';
    reading.warnOnce('LogLevel', line.place, line.name, message);
  },
};

export const logRules: readonly Rule[] = [
  logFormat,
  custom('CustomLog'),
  custom('GlobalLog'),
  transferLog,
  errorLog,
  logLevel,
];

/** What a server logs: its own files, else the main server's; GlobalLog in any case. `absolute`: from ServerRoot. */
export function accessLogsOf(
  reading: Reading,
  { logs }: ServerDraft,
  main: ServerDraft,
  absolute: (path: string) => string,
): Pick<ServerConf, 'accessLogs'> {
  const outer = logs === main.logs ? [] : main.logs.files.filter(({ global }) => global);
  const own = [...logs.files, ...outer];
  const files = own.length > 0 ? own : main.logs.files;
  if (files.length === 0) return {};
  const formats = new Map([['CLF', commonFormat], ...main.logs.formats, ...logs.formats]);
  const standard = logs.standard ?? main.logs.standard ?? commonFormat;
  return {
    accessLogs: files.map(({ place, file, format, env }) => ({
      place,
      file: absolute(file.text),
      format: meant(reading, formats, format?.text ?? standard, format ?? file),
      env,
    })),
  };
}

/** The format that `text` names, or is; null: JSON, which is a nickname of ours. */
function meant(
  reading: Reading,
  formats: ReadonlyMap<string, string>,
  text: string,
  { place }: Word,
): string | null {
  const format = formats.get(text);
  if (format !== undefined) return format;
  if (text === 'json') return null;
  if (!text.includes('%')) {
    const message = `${text} is no nickname of a LogFormat: as in httpd, every line is this text.`;
    reading.warnOnce(`format ${text}`, place, 'CustomLog', message);
  }
  return text;
}
