/**
 * The live proxy: a configuration made to listen, exchanged for another one, ended. A start is the first exchange.
 *
 * What may fail, or has to be waited for, comes first: lbmethods are loaded, new addresses are listened on. Then
 * everything changes hands at once. Requests under way end with the groups that they began with.
 */
import type { HeartbeatConf, ListenConf, ProxyConfig } from '../config/config.ts';
import type { Balancer, LbMethod } from '../core/index.ts';
import { type Counts, countsOf } from './admin/counts.ts';
import type { Inside } from './admin/inside.ts';
import { limitsOf } from './admin/limits.ts';
import { adminConfigOf, namedHonestly } from './admin/listener.ts';
import { Pages } from './admin/pages.ts';
import type { Address } from './announce.ts';
import { nowNs, TIMER_MS_MAX } from './clock.ts';
import { Drain } from './drain.ts';
import type { Gateway } from './front.ts';
import { AddressFront, type ClientLimits, WaitingFront } from './fronts.ts';
import { Generation, type Ready } from './generation.ts';
import type { Group } from './group.ts';
import { balancersByName, type Groups, groupsOf, type MakeGroups, randomWords } from './groups.ts';
import type { Beat } from './heartbeat/message.ts';
import { HeartbeatMonitor, type Relay } from './heartbeat/monitor.ts';
import { cannotListen, Listener } from './listener.ts';
import { Observation } from './observe/observation.ts';
import {
  type Decider,
  deciderConfigOf,
  ownDecider,
  Shadow,
  type ShadowReport,
} from './observe/shadow.ts';
import { Traffic } from './observe/traffic.ts';
import { Reloads } from './reloads.ts';
import { keepState, keptState } from './state-file.ts';

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
  /** By name, without `balancer://`. */
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
   * Stops listening, lets requests finish for at most `deadlineMs` (default: for ever), then ends every connection.
   * A second call with another deadline hurries the first.
   */
  close(deadlineMs?: number): Promise<void>;
}

/** What is otherwise in a proxy that is one of several threads of one; see `threads/`. */
export interface Part {
  /** Whether it is the one that checks members and hears heartbeats, for all. */
  readonly first: boolean;
  /** Loads what `config` needs, and makes the groups, once all are `together`, over what the threads share. */
  groupsOf(config: ProxyConfig): Promise<MakeGroups>;
  /** Listens where the others listen. */
  listen(listener: Listener, conf: ListenConf): Promise<void>;
  /** This one is ready to take a configuration over; resolves when all are. */
  together(): Promise<void>;
  /** The last request that began with `groups` is over, and all that is told of it. */
  left(groups: Groups): void;
  /** Takes what a server posted to the first. */
  readonly relay: Relay;
  /** Decides beside a group, for all threads; null without a shadow. */
  deciderOf(group: Group): Decider | null;
  /** Those of the others. */
  metrics(): Promise<readonly string[]>;
  counts(): Promise<readonly Counts[]>;
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

interface Listening {
  readonly conf: ListenConf;
  readonly listener: Listener;
  front: AddressFront | WaitingFront;
}

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
  #listening: readonly Listening[] = [];
  /** All that have connections, those of earlier configurations among them. */
  readonly #fronts = new Set<AddressFront>();
  #turn: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #hurry: () => void = () => {};
  #onIdle: () => void = () => {};

  constructor(options: ProxyOptions, part: Part | null = null) {
    this.#options = options;
    this.#part = part;
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
    return this.#listening.map(({ listener }) => listener.address);
  }

  get balancers(): ReadonlyMap<string, RunningBalancer> {
    const { config, groups } = this.#generation!;
    return balancersByName(config, groups);
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
    const left = [...this.#listening];
    const opened: Listening[] = [];
    const listening: Listening[] = [];
    const fronts: AddressFront[] = [];
    let heartbeats: HeartbeatMonitor | null = null;
    try {
      for (const conf of config.listen) fronts.push(this.#frontOf(config, conf));
      for (const conf of config.listen) {
        const at = left.findIndex((known) => sameAddress(known.conf, conf));
        const known = at < 0 ? newListening(conf) : left.splice(at, 1)[0]!;
        if (at < 0) {
          opened.push(known);
          await (part?.listen(known.listener, conf) ?? known.listener.listen(conf));
        }
        listening.push({ ...known, conf });
      }
      heartbeats = await this.#heartbeatsFor(config.heartbeat);
      await part?.together();
      if (this.#closing !== null) throw new Error('the proxy is ending');
    } catch (error) {
      for (const front of fronts) front.closeAll();
      for (const { listener, front } of opened) {
        front.closeAll();
        void listener.close();
      }
      if (heartbeats !== this.#generation?.heartbeats) heartbeats?.close();
      await observation.close();
      throw error;
    }
    const checks = part?.first ?? true;
    this.#exchange({ config, makeGroups, heartbeats, observation, checks });
    this.#serve(listening, fronts, left);
    this.reloads.taken();
  }

  /** The monitor that listens already, if it is to go on; else another one that does. */
  async #heartbeatsFor(conf: HeartbeatConf | undefined): Promise<HeartbeatMonitor | null> {
    if (conf === undefined) return null;
    const { heartbeats = null, config } = this.#generation ?? {};
    if (heartbeats !== null && sameHeartbeats(conf, config!.heartbeat!)) return heartbeats;
    const relay = this.#part === null || this.#part.first ? null : this.#part.relay;
    const made = new HeartbeatMonitor(conf, [], nowNs, relay);
    if (heartbeats !== null) made.inherit(heartbeats);
    try {
      await made.start();
    } catch (error) {
      throw cannotListen('HeartbeatListen', conf.listen!, error as NodeJS.ErrnoException);
    }
    return made;
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
    const { admin } = listen;
    if (admin === undefined) return new AddressFront(config, listen, handle, this.#options);
    return new AddressFront(adminConfigOf(config, admin), listen, administer, this.#options);
  }

  /** `fronts`: for each of `listening` the one to serve it from now on. `gone`: what is listened on no longer. */
  #serve(
    listening: readonly Listening[],
    fronts: readonly AddressFront[],
    gone: readonly Listening[],
  ): void {
    this.#listening = listening;
    for (const [i, one] of listening.entries()) {
      const { front: before } = one;
      const front = fronts[i]!;
      if (before instanceof AddressFront && before.settings === front.settings) {
        front.closeAll();
        continue;
      }
      this.#fronts.add(front);
      one.front = front;
      one.listener.front = front;
      if (before instanceof WaitingFront) before.handOver(front);
      else {
        // Whoever was believed may not be any more.
        if (before.believes !== front.believes) before.closeIdle();
        before.retire(() => this.#fronts.delete(before));
      }
    }
    for (const { listener, front } of gone) {
      void listener.close();
      front.closeIdle();
      if (front instanceof AddressFront) front.retire(() => this.#fronts.delete(front));
    }
  }

  /** What the pages of operators tell about. */
  async #look(): Promise<Inside> {
    const clients = this.#listening.filter(({ conf }) => conf.admin === undefined);
    const connections = await Promise.all(clients.map(({ listener }) => listener.connections));
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
      connections: connections.reduce((sum, count) => sum + count, 0),
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
    // Whoever watches may look until the end.
    const admin = this.#listening.filter(({ conf }) => conf.admin !== undefined);
    const clients = this.#listening.filter((one) => !admin.includes(one));
    const closed = clients.map(({ listener }) => listener.close());
    const ofAdmin = (front: AddressFront) => admin.some((one) => one.front === front);
    for (const front of this.#fronts) if (!ofAdmin(front)) front.closeIdle();
    const clientFronts = [...this.#fronts].filter((front) => !ofAdmin(front));
    const drain = new Drain(() => ({
      requests: this.open,
      connections: clientFronts.reduce((sum, { open }) => sum + open, 0),
    }));
    this.#hurry = () => drain.hurry();
    this.#onIdle = () => drain.look();
    last.onIdle = this.#onIdle;
    for (const front of clientFronts) front.onEmpty = this.#onIdle;
    await drain.over;
    closed.push(...admin.map(({ listener }) => listener.close()));
    for (const front of this.#fronts) front.closeAll();
    await Promise.all(closed);
    this.#pages.close();
    await Promise.all(this.#generations.map((generation) => generation.end()));
    if (this.#part !== null) return; // whoever holds the threads holds their state
    const { log = () => {} } = this.#options;
    await keepState(last.config, last.groups.balancers, log);
  }
}

function newListening(conf: ListenConf): Listening {
  const front = new WaitingFront();
  return { conf, front, listener: new Listener(front) };
}

function sameAddress(one: ListenConf, other: ListenConf): boolean {
  const same = one.host === other.host && one.port === other.port;
  return same && (one.admin === undefined) === (other.admin === undefined);
}

function sameHeartbeats(one: HeartbeatConf, other: HeartbeatConf): boolean {
  const { listen: here, ...rest } = one;
  const { listen: there, ...more } = other;
  return (
    here?.host === there?.host &&
    here?.port === there?.port &&
    JSON.stringify(rest) === JSON.stringify(more)
  );
}
