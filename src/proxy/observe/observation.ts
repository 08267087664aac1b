/** All that is seen of a proxy at work. It is made before the proxy listens, and closed after its last request. */
import type { ProxyConfig } from '../../config/config.ts';
import { dirsOf } from '../../config/parts.ts';
import { AccessLogs, cannotOpen } from './access-log.ts';
import { ErrorLog } from './error-log.ts';
import { escaped } from './log-text.ts';
import { serverTiming, timesRequests, wantsTiming } from './server-timing.ts';
import type { Shadow } from './shadow.ts';
import type { Cause, Observer, Sight } from './sight.ts';
import type { Traffic } from './traffic.ts';

export class Observation implements Observer {
  readonly errors: ErrorLog;
  /** null: nobody asks for counters. */
  readonly traffic: Traffic | null;
  readonly #access: AccessLogs | null;
  readonly #shadow: Shadow | null;
  readonly #times: boolean;
  /** Requests that are looked at. */
  #open = 0;
  #idle: () => void = () => {};

  /**
   * `log` takes lines about trouble when no ErrorLog does; `traffic` is counted in if somebody may ask for it.
   * @throws LabError with the line of the log that cannot be opened.
   */
  constructor(
    config: ProxyConfig,
    log: (line: string) => void,
    traffic: Traffic,
    shadow: Shadow | null = null,
  ) {
    this.errors = errorLogOf(config, log);
    const tell = (line: string) => this.errors.tell('log_config', 'error', line);
    const logs = config.servers.some(({ accessLogs }) => accessLogs !== undefined);
    this.traffic = countersAreShown(config) ? traffic : null;
    this.#shadow = shadow;
    this.#times = timesRequests(config);
    this.#access = logs ? new AccessLogs(config, tell) : null;
  }

  /** Who looks at each request; null when nobody does. */
  get observer(): Observer | null {
    const { errors } = this;
    const looks =
      this.#access !== null ||
      this.traffic !== null ||
      this.#shadow !== null ||
      this.#times ||
      errors.tells('proxy', 'info') ||
      errors.tells('proxy_balancer', 'debug');
    return looks ? this : null;
  }

  /** Lines that no log could take. */
  get lostLines(): number {
    return this.#access?.lost ?? 0;
  }

  /** A request that `closed` will tell the end of. */
  began(): void {
    this.#open++;
  }

  picked(sight: Sight): void {
    this.traffic?.picked(sight);
    this.#shadow?.picked(sight);
    if (!this.errors.tells('proxy_balancer', 'debug')) return;
    const { group, worker, via } = sight;
    const who = group?.members[worker]?.name;
    this.errors.tell('proxy_balancer', 'debug', `${about(sight)}: ${via}: ${who}`);
  }

  connected(sight: Sight): void {
    this.traffic?.connected(sight);
  }

  responded(sight: Sight, status: number): void {
    this.traffic?.responded(sight, status);
  }

  failed(sight: Sight, cause: Cause): void {
    this.traffic?.failed(sight, cause);
    if (!this.errors.tells('proxy', 'info')) return;
    const { group, worker } = sight;
    const who = cause === 'nobody' ? group?.name : group?.members[worker]?.name;
    this.errors.tell('proxy', 'info', `${about(sight)}: ${who}: ${cause}`);
  }

  headers(sight: Sight, headers: readonly string[]): readonly string[] {
    if (!this.#times || !wantsTiming(sight)) return headers;
    return [...headers, 'Server-Timing', serverTiming(sight)];
  }

  closed(sight: Sight): void {
    this.traffic?.closed(sight);
    this.#shadow?.closed(sight);
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

/** Pages that show what is counted; the admin listener has one. */
function countersAreShown(config: ProxyConfig): boolean {
  if (config.listen.some(({ admin }) => admin !== undefined)) return true;
  return dirsOf(config).some(({ handler }) => handler === 'fairlead-metrics');
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
