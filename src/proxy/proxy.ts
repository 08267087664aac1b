/** The live proxy: a configuration made to listen. */
import type { HeartbeatConf, ListenConf, ProxyConfig, ServerConf } from '../config/config.ts';
import type { Balancer } from '../core/index.ts';
import type { Address } from './announce.ts';
import { nowNs } from './clock.ts';
import type { Front } from './front.ts';
import { Gateway } from './gateway.ts';
import type { Group } from './group.ts';
import { type Groups, groupsOf } from './groups.ts';
import { HealthChecks } from './health/health-checks.ts';
import { HeartbeatMonitor } from './heartbeat/monitor.ts';
import { cannotListen, Listener } from './listener.ts';
import { Observation } from './observe/observation.ts';
import { createFront } from './server.ts';

export interface ProxyOptions {
  /** Words that the lbmethods' own draws start from; random without. */
  readonly rng?: [number, number, number, number];
  /**
   * Takes what an ErrorLog would, when the configuration names none: a line for each kind of trouble with a member, not
   * more often than every ten seconds, and others as LogLevel says.
   */
  readonly log?: (line: string) => void;
  /** How long a request's head may take. Default 20 s. */
  readonly headerSeconds?: number;
  /** How long a request's body may pause in all, beyond a second for every 500 bytes. Default 20 s. */
  readonly bodySeconds?: number;
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
  /** By name, without `balancer://`. */
  readonly balancers: ReadonlyMap<string, RunningBalancer>;
  /** Requests that were picked for and are not closed yet, tunnels among them. */
  readonly open: number;
  /** Whether every worker's `busy` is what the open requests charged it with (unless a reset cleared it). */
  readonly balanced: boolean;
  /**
   * Opens every log anew, as after a rotation. A log whose file was moved is opened anew by itself, too.
   */
  reopenLogs(): void;
  /**
   * Stops listening, lets requests finish for at most `deadlineMs` (default: for ever), then ends every connection.
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
  const groups = await groupsOf(config, options.rng);
  const observation = new Observation(config, options.log ?? (() => {}));
  for (const group of [...groups.balancers, ...groups.workers]) {
    group.onFailure = (line) => observation.errors.tell('proxy', 'error', line);
  }
  const heartbeats =
    config.heartbeat === undefined
      ? null
      : new HeartbeatMonitor(config.heartbeat, groups.balancers, nowNs);
  const gateway = new Gateway(config, groups, heartbeats, observation.observer);
  const listeners: Listener[] = [];
  try {
    for (const listen of config.listen) {
      const listener = new Listener(frontFor(config, listen, gateway, options));
      listeners.push(listener);
      await listener.listen(listen);
    }
    await startHeartbeats(heartbeats, config.heartbeat);
  } catch (error) {
    for (const listener of listeners) {
      listener.front.closeAll();
      void listener.close();
    }
    await observation.close();
    throw error;
  }
  const checks = new HealthChecks(groups.balancers, config.healthChecksAtOnce);
  checks.start();
  return new Running(config, groups, listeners, [checks, gateway, heartbeats], observation);
}

class Running implements RunningProxy {
  readonly addresses: readonly Address[];
  readonly balancers: ReadonlyMap<string, RunningBalancer>;
  readonly #groups: readonly Group[];
  readonly #listeners: readonly Listener[];
  /** What goes on beside requests. */
  readonly #helpers: readonly ({ close(): void } | null)[];
  readonly #observation: Observation;
  #closing: Promise<void> | null = null;
  #hurry: () => void = () => {};

  constructor(
    config: ProxyConfig,
    groups: Groups,
    listeners: readonly Listener[],
    helpers: readonly ({ close(): void } | null)[],
    observation: Observation,
  ) {
    this.addresses = listeners.map(({ address }) => address);
    this.balancers = new Map(
      config.balancers.map(({ name, workers }, i) => [
        name,
        { balancer: groups.balancers[i]!.balancer, members: workers.map((member) => member.name) },
      ]),
    );
    this.#groups = [...groups.balancers, ...groups.workers];
    this.#listeners = listeners;
    this.#helpers = helpers;
    this.#observation = observation;
  }

  get open(): number {
    return this.#groups.reduce((sum, group) => sum + group.open, 0);
  }

  get balanced(): boolean {
    return this.#groups.every(
      ({ balancer, charges }) =>
        balancer.workers.busy.reduce((sum, busy) => sum + busy, 0) === charges,
    );
  }

  reopenLogs(): void {
    this.#observation.reopen();
  }

  close(deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#closing ??= this.#drain();
    if (deadlineMs === 0) this.#hurry();
    else if (deadlineMs < 0x7fff_ffff) {
      const timer = setTimeout(() => this.#hurry(), deadlineMs);
      void this.#closing.then(() => clearTimeout(timer));
    }
    return this.#closing;
  }

  async #drain(): Promise<void> {
    for (const helper of this.#helpers) helper?.close();
    const closed = this.#listeners.map((listener) => listener.close());
    for (const { front } of this.#listeners) front.closeIdle();
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      const check = () => {
        if (this.open === 0) resolve();
      };
      for (const group of this.#groups) group.onIdle = check;
      check();
    });
    await new Promise((resolve) => setImmediate(resolve)); // the last answers' connections end by themselves
    for (const group of this.#groups) group.stop();
    for (const { front } of this.#listeners) front.closeAll();
    await Promise.all(closed);
    await this.#observation.close();
  }
}

function frontFor(
  config: ProxyConfig,
  listen: ListenConf,
  gateway: Gateway,
  options: ProxyOptions,
): Front {
  const server = serverAt(config, listen);
  const { line, fieldSize } = server.limits;
  return createFront((request, response) => gateway.handle(request, response), {
    headerBytes: Math.max(16_384, line + fieldSize),
    headerMs: (options.headerSeconds ?? 20) * 1000,
    bodySeconds: options.bodySeconds ?? 20,
    bodyBytesPerSecond: 500,
    timeoutMs: server.timeoutNs / 1e6,
    keepAliveMs: Math.max(1, server.keepAliveTimeoutNs / 1e6),
    upgradable: upgradable(config),
  });
}

/** Whose time limits hold before it is known which virtual host a request is for: the address's first one's. */
function serverAt(config: ProxyConfig, { host, port }: ListenConf): ServerConf {
  const [main, ...virtual] = config.servers;
  const at = virtual.find(({ addresses }) =>
    addresses.some(
      (address) =>
        (address.port === 0 || address.port === port) &&
        (address.host === '*' || host === null || address.host === host),
    ),
  );
  return at ?? main;
}

/** Protocols that some worker takes an upgrade to. */
function upgradable(config: ProxyConfig): (protocol: string) => boolean {
  const members = [...config.balancers.flatMap(({ workers }) => workers), ...config.workers];
  const taken = new Set(
    members.flatMap(({ upgrade, url }) => [
      ...upgrade.toLowerCase().split(/[\s,]+/),
      ...(url.scheme.startsWith('ws') ? ['websocket'] : []),
    ]),
  );
  taken.delete('');
  return (protocol) => taken.size > 0 && (taken.has('any') || taken.has(protocol.toLowerCase()));
}

async function startHeartbeats(
  monitor: HeartbeatMonitor | null,
  conf: HeartbeatConf | undefined,
): Promise<void> {
  try {
    await monitor?.start();
  } catch (error) {
    throw cannotListen('HeartbeatListen', conf!.listen!, error as NodeJS.ErrnoException);
  }
}
