import type { ErrorLogConf, LogLevel, ServerConf } from '../../config/config.ts';
import { combinedFormat, commonFormat, readLogFormat } from '../../config/log-format.ts';
import type { Context } from '../context.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';

/** What an httpd.conf says by LogFormat, CustomLog, ErrorLog and LogLevel. */
export interface Logs {
  readonly access: Pick<ServerConf, 'accessLogs'>;
  readonly errors: { readonly errorLog?: ErrorLogConf };
}

const nicknames: ReadonlyMap<string, string | null> = new Map([
  ['json', null],
  ['common', commonFormat],
  ['combined', combinedFormat],
]);

/** Relative paths start at the file's folder. */
export function resolveLogs(raw: Loose<RawProxied['log']> | undefined, context: Context): Logs {
  const { access, format = 'combined', errors, level = 'warn' } = raw ?? {};
  const text = nicknames.has(format) ? (nicknames.get(format) ?? null) : format;
  const read = text === null ? [] : readLogFormat(text);
  if ('problem' in read || !(nicknames.has(format) || format.includes('%'))) {
    const why = 'problem' in read ? `: ${read.problem} E` : '; e';
    const message = `log.format is "${format}"${why}xpected json, common, combined or a LogFormat such as "%h %t %r %>s %D".`;
    context.report('VALUE', ['log', 'format'], message);
  }
  if (raw?.format !== undefined && access === undefined) {
    context.report('MISSING', ['log'], 'log.format is there without log.access, the file.', 'key');
  }
  const at = (key: string, path: string) => ({
    path: context.files.absolute(path),
    place: placeIn(context.document, ['log', key]),
  });
  const file = access === undefined ? null : at('access', access);
  return {
    access:
      file === null
        ? {}
        : { accessLogs: [{ place: file.place, file: file.path, format: text, env: null }] },
    errors:
      errors === undefined && raw?.level === undefined
        ? {}
        : {
            errorLog: {
              file: errors === undefined ? null : at('errors', errors),
              level: level as LogLevel,
              levels: {},
            },
          },
  };
}
