/** The access logs of all servers: which request goes to which file, in which words. */
import type { AccessLogConf, ProxyConfig } from '../../config/config.ts';
import { LabError } from '../../problems/errors.ts';
import { jsonLine } from './json-line.ts';
import { LogFile } from './log-file.ts';
import { logLine } from './log-line.ts';
import type { Sight } from './sight.ts';

interface Log {
  readonly file: LogFile;
  readonly line: (sight: Sight) => string;
  readonly env: AccessLogConf['env'];
}

export class AccessLogs {
  /** By server. */
  readonly #logs: readonly (readonly Log[])[];
  /** Each is opened once, however many logs go there. */
  readonly #files = new Map<string, LogFile>();

  /**
   * `tell` takes a line about trouble with a file.
   * @throws LabError with the line of the log whose file cannot be opened.
   */
  constructor({ servers }: ProxyConfig, tell: (line: string) => void) {
    this.#logs = servers.map(({ accessLogs = [] }) =>
      accessLogs.map((conf) => ({
        file: this.#fileOf(conf, tell),
        line: conf.format === null ? jsonLine : logLine(conf.format),
        env: conf.env,
      })),
    );
  }

  /** The request is over. */
  closed(sight: Sight): void {
    for (const { file, line, env } of this.#logs[sight.server]!) {
      if (env === null || (sight.variable(env.name) !== undefined) !== env.negated) {
        file.write(line(sight));
      }
    }
  }

  /** Lines that could not be written. */
  get lost(): number {
    return [...this.#files.values()].reduce((sum, { lost }) => sum + lost, 0);
  }

  /** Opens every file anew, as after a rotation. */
  reopen(): void {
    for (const file of this.#files.values()) file.reopen();
  }

  /** Resolves when every line is written. */
  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  #fileOf({ file: path, place }: AccessLogConf, tell: (line: string) => void): LogFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    try {
      const file = new LogFile(path, tell);
      this.#files.set(path, file);
      return file;
    } catch (error) {
      throw cannotOpen(path, place, error as NodeJS.ErrnoException);
    }
  }
}

const unusable: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist; make it, or name another file.',
  EACCES: 'this user may not write there; change its rights, or name another file.',
  EISDIR: 'it is a folder; name a file.',
  EROFS: 'the file system cannot be written to; name another file.',
};

/** What to tell of a log that cannot be opened, with its line. */
export function cannotOpen(
  path: string,
  place: AccessLogConf['place'],
  error: NodeJS.ErrnoException,
): LabError {
  const message = `the log ${path} cannot be opened: ${unusable[error.code ?? ''] ?? error.message}`;
  return new LabError([{ ...place, path: 'log', message, code: 'VALUE', severity: 'error' }], {
    cause: error,
  });
}
