/** All that is seen of a proxy at work. It is made before the proxy listens, and closed after its last request. */
import type { ProxyConfig } from '../../config/config.ts';
import { AccessLogs, cannotOpen } from './access-log.ts';
import { ErrorLog } from './error-log.ts';
import { escaped } from './log-text.ts';
import type { Cause, Observer, Sight } from './sight.ts';

export class Observation implements Observer {
  readonly errors: ErrorLog;
  readonly #access: AccessLogs | null;
  /** Requests that are looked at. */
  #open = 0;
  #idle: () => void = () => {};

  /**
   * `log` takes lines about trouble when no ErrorLog does.
   * @throws LabError with the line of the log that cannot be opened.
   */
  constructor(config: ProxyConfig, log: (line: string) => void) {
    this.errors = errorLogOf(config, log);
    const tell = (line: string) => this.errors.tell('log_config', 'error', line);
    const logs = config.servers.some(({ accessLogs }) => accessLogs !== undefined);
    this.#access = logs ? new AccessLogs(config, tell) : null;
  }

  /** Who looks at each request; null when nobody does. */
  get observer(): Observer | null {
    const { errors } = this;
    const tells = errors.tells('proxy', 'info') || errors.tells('proxy_balancer', 'debug');
    return this.#access !== null || tells ? this : null;
  }

  /** A request that `closed` will tell the end of. */
  began(): void {
    this.#open++;
  }

  picked(sight: Sight): void {
    if (!this.errors.tells('proxy_balancer', 'debug')) return;
    const { group, worker, via } = sight;
    const who = group?.members[worker]?.name;
    this.errors.tell('proxy_balancer', 'debug', `${about(sight)}: ${via}: ${who}`);
  }

  connected(): void {}

  responded(): void {}

  failed(sight: Sight, cause: Cause): void {
    if (!this.errors.tells('proxy', 'info')) return;
    const { group, worker } = sight;
    const who = cause === 'nobody' ? group?.name : group?.members[worker]?.name;
    this.errors.tell('proxy', 'info', `${about(sight)}: ${who}: ${cause}`);
  }

  headers(_: Sight, headers: readonly string[]): readonly string[] {
    return headers;
  }

  closed(sight: Sight): void {
    this.#access?.closed(sight);
    if (--this.#open === 0) this.#idle();
  }

  /** Opens every log anew, as after a rotation. */
  reopen(): void {
    this.#access?.reopen();
    this.errors.reopen();
  }

  /** Resolves when the last request is over and every line is written. */
  async close(): Promise<void> {
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#access?.close();
    await this.errors.close();
  }
}

function errorLogOf({ errorLog }: ProxyConfig, log: (line: string) => void): ErrorLog {
  try {
    return new ErrorLog(errorLog, log);
  } catch (error) {
    const { path, place } = errorLog!.file!;
    throw cannotOpen(path, place, error as NodeJS.ErrnoException);
  }
}

function about({ request }: Sight): string {
  return `[client ${request.remoteAddress}:${request.remotePort}] ${request.method} ${escaped(request.target)}`;
}
