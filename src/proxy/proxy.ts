/** What a live proxy is to those who run one: it listens by a configuration, exchanges it for another one, and ends. */
import type { ProxyConfig } from '../config/config.ts';
import type { Balancer, LbMethod } from '../core/index.ts';
import type { Address } from './announce.ts';
import type { ClientLimits } from './fronts.ts';
import type { ShadowReport } from './observe/shadow.ts';
import type { Reloads } from './reloads.ts';
import { Running } from './running.ts';

export interface ProxyOptions extends ClientLimits {
  /** Words that the lbmethods' own draws start from; random without. */
  readonly rng?: [number, number, number, number];
  /**
   * Takes what an ErrorLog would, when the configuration names none: a line for each kind of trouble with a member, not
   * more often than every ten seconds, and others as LogLevel says.
   */
  readonly log?: (line: string) => void;
  /** Decides beside the lbmethod of every balancer, without effect; see `RunningProxy.shadow`. */
  readonly shadow?: LbMethod;
}

export interface RunningBalancer {
  /** The core: its columns are the workers' counters, `manage` and `manageWorker` change it. */
  readonly balancer: Balancer;
  /** Names of the members, in the order of the columns' rows. */
  readonly members: readonly string[];
}

export interface RunningProxy {
  /** In the order of `config.listen`; ports are those the system gave. */
  readonly addresses: readonly Address[];
  /** By name, without `balancer://`; of virtual hosts with balancers of one name the second's is `NAME#2`. */
  readonly balancers: ReadonlyMap<string, RunningBalancer>;
  /** Requests that were picked for and are not closed yet, tunnels among them. */
  readonly open: number;
  /** Whether every worker's `busy` is what the open requests charged it with (unless a reset cleared it). */
  readonly balanced: boolean;
  /**
   * How the shadow's picks compare with those that were made, by balancer; empty without a shadow. Of several threads
   * it is known when they have ended.
   */
  readonly shadow: readonly ShadowReport[];
  /** What the manager's page says of configurations taken over and refused. */
  readonly reloads: Reloads;
  /**
   * Takes over `config`: new requests go by it, those under way end as they began, clients keep their connections.
   * Calls that overlap take effect one after the other.
   * @throws LabError when one of its addresses cannot be listened on, a log cannot be opened, or an lbmethod of the
   *   user's cannot be loaded; then nothing has changed.
   */
  reload(config: ProxyConfig): Promise<void>;
  /** Opens every log anew, as after a rotation. A log whose file was moved is opened anew by itself, too. */
  reopenLogs(): void;
  /**
   * Stops listening, lets requests finish for at most `deadlineMs` (default: for ever), those among them that come within
   * a second on connections that are open, then ends every connection.
   * A second call with another deadline hurries the first.
   */
  close(deadlineMs?: number): Promise<void>;
}

/**
 * @throws LabError when an address cannot be listened on, a log cannot be opened, or an lbmethod of the user's cannot be
 * loaded.
 */
export async function startProxy(
  config: ProxyConfig,
  options: ProxyOptions = {},
): Promise<RunningProxy> {
  const running = new Running(options);
  await running.reload(config);
  return running;
}
