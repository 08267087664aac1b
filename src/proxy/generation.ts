/** A configuration at work, from when it takes over until its last request has ended. */
import type { Socket } from 'node:net';
import type { ProxyConfig } from '../config/config.ts';
import { adminConfigOf } from './admin/listener.ts';
import type { Pages } from './admin/pages.ts';
import { Doorkeeper } from './auth/doorkeeper.ts';
import type { ClientRequest, ClientResponse, Peer } from './front.ts';
import { Gateway } from './gateway.ts';
import type { Group } from './group.ts';
import { allOf, type Groups, type MakeGroups } from './groups.ts';
import { HealthChecks } from './health/health-checks.ts';
import type { HeartbeatMonitor } from './heartbeat/monitor.ts';
import type { Observation } from './observe/observation.ts';
import { Sight } from './observe/sight.ts';
import type { Reloads } from './reloads.ts';
import { TcpExchange } from './tcp/exchange.ts';
import type { Joined } from './tcp/front.ts';
import { seen } from './tcp/seen.ts';

/** What took part in getting ready, and might have failed. */
export interface Ready {
  readonly config: ProxyConfig;
  readonly makeGroups: MakeGroups;
  readonly heartbeats: HeartbeatMonitor | null;
  readonly observation: Observation;
  /** Whether it has members checked. */
  readonly checks: boolean;
}

export class Generation {
  readonly config: ProxyConfig;
  readonly groups: Groups;
  readonly heartbeats: HeartbeatMonitor | null;
  readonly observation: Observation;
  readonly #gateway: Gateway;
  /** Serves the admin listener; null without one. */
  readonly #admin: Gateway | null;
  readonly #checks: HealthChecks;
  readonly #observed: boolean;
  /** Goes from one to the next, with what it knows of wrong passwords. */
  readonly #door: Doorkeeper;

  /** Takes over from `before` at once, if there is one. */
  constructor(ready: Ready, before: Generation | null, reloads: Reloads, pages: Pages) {
    const { config, makeGroups, heartbeats, observation } = ready;
    const { observer } = observation;
    this.config = config;
    this.heartbeats = heartbeats;
    this.observation = observation;
    this.#observed = observer !== null;
    this.groups = makeGroups(before?.groups ?? null);
    this.#door = before === null ? new Doorkeeper() : before.#door;
    this.#door.tell = (line) => observation.errors.tell('auth_basic', 'error', line);
    this.#gateway = new Gateway(
      config,
      this.groups,
      heartbeats,
      observer,
      reloads,
      pages,
      this.#door,
    );
    const admin = config.listen.find((listen) => listen.admin !== undefined)?.admin;
    this.#admin =
      admin === undefined
        ? null
        : new Gateway(
            adminConfigOf(config, admin),
            this.groups,
            null,
            null,
            reloads,
            pages,
            this.#door,
          );
    const { balancers } = this.groups;
    this.#checks = new HealthChecks(
      ready.checks ? balancers : [],
      config.healthChecksAtOnce,
      before === null ? null : before.#checks,
    );
    this.#checks.onVerdict = (line) => observation.errors.tell('proxy_hcheck', 'info', line);
    for (const group of this.all) {
      group.onFailure = (line) => observation.errors.tell('proxy', 'error', line);
    }
    if (heartbeats !== null) {
      heartbeats.log = (line) => observation.errors.tell('heartmonitor', 'error', line);
      heartbeats.tell(balancers);
    }
    this.#checks.start();
  }

  get all(): readonly Group[] {
    return allOf(this.groups);
  }

  get open(): number {
    return this.all.reduce((sum, group) => sum + group.open, 0);
  }

  /** What goes with `onIdle` of its groups. */
  set onIdle(told: () => void) {
    for (const group of this.all) group.onIdle = told;
  }

  handle(request: ClientRequest, response: ClientResponse): void {
    if (this.#observed) this.observation.began();
    this.#gateway.handle(request, response);
  }

  /** A connection for the balancer of this name. */
  join(name: string, socket: Socket, peer: Peer, open: Set<Joined>): void {
    const { config, observation } = this;
    const { observer } = observation;
    // Who says in a header who the client is may say it when there is no such listener any more.
    const listens = config.listen.some(({ tcp }) => tcp?.balancer === name);
    const group = this.groups.balancers[config.balancers.findIndex((one) => one.name === name)];
    if (!listens || group === undefined) {
      socket.destroy();
      return;
    }
    const sight = observer === null ? null : new Sight(seen(socket, peer, group.name), observer);
    if (sight !== null) {
      observation.began();
      sight.reached(config.servers[0], 0);
    }
    new TcpExchange(group, socket, peer, sight, open).start();
  }

  /** A request to the admin listener. */
  administer(request: ClientRequest, response: ClientResponse): void {
    if (this.#admin === null) response.drop();
    else this.#admin.handle(request, response);
  }

  reopenLogs(): void {
    this.observation.reopen();
  }

  /** Ends what goes on beside requests. `next`: what takes over; it may have the same heartbeat monitor. */
  retire(next: Generation | null = null): void {
    this.#checks.close();
    this.#gateway.close();
    this.#admin?.close();
    if (this.heartbeats !== next?.heartbeats) this.heartbeats?.close();
  }

  /** Closes connections to workers and logs; the last requests have ended, or are about to. */
  async end(): Promise<void> {
    for (const group of this.all) group.stop();
    await this.observation.close();
  }
}
