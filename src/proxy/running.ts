/**
 * A configuration made to listen, exchanged for another one, ended. A start is the first exchange.
 *
 * What may fail, or has to be waited for, comes first: lbmethods are loaded, new addresses are listened on. Then
 * everything changes hands at once. Requests under way end with the groups that they began with.
 */
import type { ListenConf, ProxyConfig } from '../config/config.ts';
import { Addresses, type Prepared } from './addresses.ts';
import { type Counts, countsOf } from './admin/counts.ts';
import type { Inside } from './admin/inside.ts';
import { limitsOf } from './admin/limits.ts';
import { adminConfigOf, namedHonestly } from './admin/listener.ts';
import { Pages } from './admin/pages.ts';
import type { Address } from './announce.ts';
import { type Clients, OwnClients } from './clients.ts';
import { TIMER_MS_MAX } from './clock.ts';
import { Drain } from './drain.ts';
import type { Gateway } from './front.ts';
import { AddressFront, servingHttp, servingTcp } from './fronts.ts';
import { Generation, type Ready } from './generation.ts';
import { balancersByName, groupsOf, randomWords } from './groups.ts';
import type { Beat } from './heartbeat/message.ts';
import type { HeartbeatMonitor } from './heartbeat/monitor.ts';
import { nextMonitor } from './heartbeat/next-monitor.ts';
import { Observation } from './observe/observation.ts';
import { deciderConfigOf, ownDecider, Shadow, type ShadowReport } from './observe/shadow.ts';
import { Traffic } from './observe/traffic.ts';
import type { Part } from './part.ts';
import type { ProxyOptions, RunningBalancer, RunningProxy } from './proxy.ts';
import { Reloads } from './reloads.ts';
import { keepState, keptState } from './state-file.ts';
import type { Join } from './tcp/front.ts';

export class Running implements RunningProxy {
  readonly reloads = new Reloads();
  readonly #options: ProxyOptions;
  readonly #part: Part | null;
  readonly #traffic = new Traffic();
  readonly #shadow: Shadow | null;
  readonly #pages = new Pages(() => this.#look(), {
    metrics: async () => (await this.#part?.metrics()) ?? [],
    counts: async () => (await this.#part?.counts()) ?? [],
  });
  #generation: Generation | null = null;
  /** Earlier ones with requests under way. */
  readonly #retired = new Set<Generation>();
  readonly #addresses = new Addresses();
  readonly #clients: Clients;
  #turn: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #hurry: () => void = () => {};
  #onIdle: () => void = () => {};

  constructor(options: ProxyOptions, part: Part | null = null) {
    this.#options = options;
    this.#part = part;
    this.#clients = part?.clients ?? new OwnClients();
    const { shadow, rng = randomWords() } = options;
    this.#shadow =
      shadow === undefined
        ? null
        : new Shadow(shadow, this.#traffic.counters, (group) => {
            const shared = part?.deciderOf(group);
            return shared ?? ownDecider(deciderConfigOf(group.conf, shadow, rng));
          });
  }

  get addresses(): readonly Address[] {
    return this.#addresses.all;
  }

  get balancers(): ReadonlyMap<string, RunningBalancer> {
    return balancersByName(this.#generation!.groups);
  }

  get open(): number {
    return this.#generations.reduce((sum, { open }) => sum + open, 0);
  }

  get balanced(): boolean {
    return this.#generations.every(({ all }) => all.every((group) => group.balanced));
  }

  get shadow(): readonly ShadowReport[] {
    return this.#shadow?.report(this.#generation!.groups.balancers) ?? [];
  }

  get #generations(): readonly Generation[] {
    return [...(this.#generation === null ? [] : [this.#generation]), ...this.#retired];
  }

  reopenLogs(): void {
    for (const generation of this.#generations) generation.reopenLogs();
  }

  /** What this thread has counted, for another one. */
  metrics(): Promise<string> {
    return this.#pages.metrics();
  }

  /** What it has under way. */
  async counts(): Promise<Counts> {
    return countsOf(await this.#look());
  }

  /** A server posted to another thread. */
  hear(server: string, beat: Beat): void {
    this.#generation?.heartbeats?.post(server, beat);
  }

  reload(config: ProxyConfig): Promise<void> {
    const turn = this.#turn.then(() => this.#take(config));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #take(config: ProxyConfig): Promise<void> {
    const part = this.#part;
    const { rng, log = () => {} } = this.#options;
    const state = this.#generation === null && part === null ? keptState(config, log) : null;
    const makeGroups = await (part?.groupsOf(config) ?? groupsOf(config, rng, state));
    const observation = new Observation(config, log, this.#traffic, this.#shadow);
    let prepared: Prepared | null = null;
    let heartbeats: HeartbeatMonitor | null = null;
    try {
      prepared = await this.#addresses.prepare(
        config,
        (conf) => this.#frontOf(config, conf),
        (listener, conf) => part?.listen(listener, conf) ?? listener.listen(conf),
      );
      const relay = part === null || part.first ? null : part.relay;
      heartbeats = await nextMonitor(config.heartbeat, this.#generation, relay);
      await part?.together();
      if (this.#closing !== null) throw new Error('the proxy is ending');
    } catch (error) {
      if (prepared !== null) await this.#addresses.abandon(prepared);
      if (heartbeats !== this.#generation?.heartbeats) heartbeats?.close();
      await observation.close();
      throw error;
    }
    const checks = part?.first ?? true;
    this.#exchange({ config, makeGroups, heartbeats, observation, checks });
    await this.#addresses.take(prepared);
    this.reloads.taken();
  }

  #exchange(ready: Ready): void {
    const before = this.#generation;
    this.#generation = new Generation(ready, before, this.reloads, this.#pages);
    if (before === null) return;
    before.retire(this.#generation);
    this.#retired.add(before);
    before.onIdle = () => this.#endIfIdle(before);
    this.#endIfIdle(before);
  }

  #endIfIdle(generation: Generation): void {
    if (generation.open > 0 || !this.#retired.delete(generation)) return;
    void generation.end().then(() => this.#part?.left(generation.groups));
    this.#onIdle();
  }

  #frontOf(config: ProxyConfig, listen: ListenConf): AddressFront {
    const handle: Gateway = (request, response) => this.#generation!.handle(request, response);
    const administer = namedHonestly((request, response) =>
      this.#generation!.administer(request, response),
    );
    const { admin, tcp } = listen;
    const spot = { config, listen, limits: this.#options, clients: this.#clients };
    if (tcp !== undefined) {
      const join: Join = (socket, peer, open) =>
        this.#generation!.join(tcp.balancer, socket, peer, open);
      return new AddressFront(servingTcp(spot, tcp, join));
    }
    if (admin === undefined) return new AddressFront(servingHttp(spot, handle));
    const pages = { ...spot, config: adminConfigOf(config, admin) };
    return new AddressFront(servingHttp(pages, administer));
  }

  /** What the pages of operators tell about. */
  async #look(): Promise<Inside> {
    const connections = await this.#addresses.connections();
    // Behind what has to be waited for: it may be another configuration by now.
    const { config, groups, observation } = this.#generation!;
    const { generation, since, refused } = this.reloads;
    return {
      config,
      groups,
      generation,
      since,
      refused,
      draining: this.#closing !== null,
      connections,
      open: this.open,
      lostLines: observation.lostLines,
      limits: limitsOf(config, this.#options),
      traffic: observation.traffic,
      shadow: this.shadow,
    };
  }

  close(deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#closing ??= this.#drain();
    if (deadlineMs === 0) this.#hurry();
    else if (deadlineMs < TIMER_MS_MAX) {
      const timer = setTimeout(() => this.#hurry(), deadlineMs);
      void this.#closing.then(() => clearTimeout(timer));
    }
    return this.#closing;
  }

  async #drain(): Promise<void> {
    const last = this.#generation!;
    last.retire();
    const fronts = this.#addresses.leave();
    const drain = new Drain(() => ({
      requests: this.open,
      connections: fronts.reduce((sum, { open }) => sum + open, 0),
    }));
    this.#hurry = () => drain.hurry();
    this.#onIdle = () => drain.look();
    last.onIdle = this.#onIdle;
    for (const front of fronts) front.onEmpty = this.#onIdle;
    await drain.over;
    await this.#addresses.end();
    this.#pages.close();
    await Promise.all(this.#generations.map((generation) => generation.end()));
    if (this.#part !== null) return; // whoever holds the threads holds their state
    const { log = () => {} } = this.#options;
    await keepState(last.config, last.groups.balancers, log);
  }
}
