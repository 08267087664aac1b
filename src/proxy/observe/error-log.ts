/** What goes wrong, told in httpd's words: `[time] [module:level] [pid N] message`, by levels (LogLevel). */
import type { ErrorLogConf, LogLevel } from '../../config/config.ts';
import { nowNs } from '../clock.ts';
import { LogFile } from './log-file.ts';
import { errorTime } from './log-time.ts';
import { microsecondsAt } from './sight.ts';

/** Modules of httpd that tell the same. */
export type Module =
  | 'auth_basic'
  | 'core'
  | 'heartmonitor'
  | 'log_config'
  | 'proxy'
  | 'proxy_balancer'
  | 'proxy_hcheck';

/** As httpd cuts them: a client may be the author of some of it. */
const LINE_BYTES = 8190;

const order: readonly LogLevel[] = [
  'emerg',
  'alert',
  'crit',
  'error',
  'warn',
  'notice',
  'info',
  'debug',
];

export class ErrorLog {
  readonly #conf: ErrorLogConf | undefined;
  readonly #file: LogFile | null;
  readonly #otherwise: (line: string) => void;

  /**
   * `otherwise` takes lines when there is no file.
   * @throws Error when the file cannot be opened.
   */
  constructor(conf: ErrorLogConf | undefined, otherwise: (line: string) => void) {
    this.#conf = conf;
    this.#otherwise = otherwise;
    this.#file = conf?.file == null ? null : new LogFile(conf.file.path, otherwise, 0);
  }

  /** Whether `tell` would tell it: ask before making a message for each request. */
  tells(module: Module, level: LogLevel): boolean {
    const least = this.#conf?.levels[module] ?? this.#conf?.level ?? 'warn';
    return order.indexOf(level) <= order.indexOf(least);
  }

  tell(module: Module, level: LogLevel, message: string): void {
    if (!this.tells(module, level)) return;
    if (this.#file === null) {
      this.#otherwise(message);
      return;
    }
    const time = errorTime(microsecondsAt(nowNs()));
    const line = `[${time}] [${module}:${level}] [pid ${process.pid}] ${message}`;
    this.#file.write(`${Buffer.from(line).toString('latin1').slice(0, LINE_BYTES)}\n`);
  }

  reopen(): void {
    this.#file?.reopen();
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
