/**
 * A proxy whose work several threads do. The supervisor serves nobody: it listens without accepting, makes the state
 * that the threads share, and when one dies gives back what it held and starts another in its place. Every change of
 * configuration has two steps: all threads get ready, then all take over; what one cannot do, none does.
 */
import { BroadcastChannel } from 'node:worker_threads';
import type { ProxyConfig } from '../../config/config.ts';
import { lbmethodOf } from '../../config/lbmethod-of.ts';
import type { LbMethodRef } from '../../config/spec.ts';
import type { Address } from '../announce.ts';
import { nowNs, zeroOfClock } from '../clock.ts';
import { balancersByName } from '../groups.ts';
import { addedReports, type ShadowReport } from '../observe/shadow.ts';
import type { ProxyOptions, RunningBalancer, RunningProxy } from '../proxy.ts';
import { Reloads } from '../reloads.ts';
import { keepState, keptState } from '../state-file.ts';
import { addressKey, type ListeningSocket, listenOnly } from './descriptors.ts';
import { Gauges, gaugesFor } from './gauges.ts';
import { Generations } from './generations.ts';
import type { News, Order, Start } from './messages.ts';
import { SharedClients, sharedClients } from './shared-clients.ts';
import { WorkerThread } from './worker-thread.ts';

export interface ThreadsOptions extends Omit<ProxyOptions, 'shadow'> {
  /** As in `ProxyOptions`, by name: each thread loads it. All share the state of its balancers. */
  readonly shadow?: LbMethodRef;
  /** How many; 1 or more. */
  readonly threads: number;
}

/** As a proxy of one thread, and for those who watch or test it: its threads, as they are now. */
export interface RunningThreads extends RunningProxy {
  readonly threads: readonly WorkerThread[];
}

/** A thread that dies young is started again later and later. */
const YOUNG_MS = 10_000;
const RESTART_MS = 50;
const RESTART_MS_MAX = 10_000;

/** @throws LabError as `startProxy`. */
export async function startThreads(
  config: ProxyConfig,
  options: ThreadsOptions,
): Promise<RunningThreads> {
  const supervisor = new Supervisor(options);
  try {
    await supervisor.reload(config);
  } catch (error) {
    await supervisor.close(0);
    throw error;
  }
  return supervisor;
}

class Supervisor implements RunningThreads {
  readonly reloads: Reloads;
  readonly threads: WorkerThread[] = [];
  readonly #options: ThreadsOptions;
  readonly #log: (line: string) => void;
  readonly #zero = zeroOfClock();
  readonly #channel = new BroadcastChannel(`fairlead ${crypto.randomUUID()}`);
  readonly #memory: SharedArrayBuffer;
  readonly #gauges: Gauges;
  readonly #clients: SharedArrayBuffer;
  readonly #generations: Generations;
  #sockets = new Map<string, ListeningSocket>();
  #turn: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  /** Threads in a row that died young. */
  #deaths = 0;

  constructor(options: ThreadsOptions) {
    this.#options = options;
    this.#log = options.log ?? (() => {});
    this.#memory = gaugesFor(options.threads);
    this.#gauges = new Gauges(this.#memory, 0);
    this.#clients = sharedClients(options.threads);
    const isHeld = (generation: number) => this.threads.some(({ held }) => held.has(generation));
    this.#generations = new Generations(options.threads, isHeld);
    this.reloads = new ToldReloads((reloads) => this.#tellAll({ kind: 'reloads', reloads }));
    this.#channel.onmessage = (event) => this.#learn((event as { data: News }).data);
    this.#channel.unref();
    for (let number = 0; number <= options.threads; number++) {
      new Gauges(this.#memory, number).clear();
    }
  }

  get addresses(): readonly Address[] {
    const { listen } = this.#generations.present!.config;
    return listen.map((conf) => this.#sockets.get(addressKey(conf))!.address);
  }

  get balancers(): ReadonlyMap<string, RunningBalancer> {
    return balancersByName(this.#generations.present!.groups);
  }

  /** Known when it has ended; until then threads count by themselves, for `/status` and the metrics. */
  get shadow(): readonly ShadowReport[] {
    const told = this.threads.map(({ shadow }) => shadow).filter(({ length }) => length > 0);
    const [first = [], ...others] = told;
    return addedReports(first, others);
  }

  get open(): number {
    return this.#gauges.open;
  }

  get balanced(): boolean {
    return this.#generations.balanced;
  }

  reopenLogs(): void {
    this.#tellAll({ kind: 'reopen' });
  }

  reload(config: ProxyConfig): Promise<void> {
    return this.#inTurn(() => this.#take(config));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #take(config: ProxyConfig): Promise<void> {
    const generations = this.#generations;
    const { rng, shadow } = this.#options;
    const beside = shadow === undefined ? null : await lbmethodOf(shadow);
    const state = generations.present === null ? keptState(config, this.#log) : null;
    const makeGroups = await generations.prepare(config, rng, state, beside);
    const before = this.#sockets;
    const sockets = new Map<string, ListeningSocket>();
    try {
      for (const conf of config.listen) {
        const key = addressKey(conf);
        sockets.set(key, before.get(key) ?? (await listenOnly(conf)));
      }
      if (this.threads.length === 0) this.#startAll();
      await this.#allReady(config, sockets);
      if (this.#closing !== null) throw new Error('the proxy is ending');
    } catch (error) {
      await Promise.all(this.threads.map((thread) => thread.drop()));
      for (const [key, socket] of sockets) if (!before.has(key)) socket.close();
      throw error;
    }
    this.#sockets = sockets;
    generations.exchange(config, makeGroups);
    await Promise.all(this.threads.map((thread) => this.#handOver(thread)));
    for (const [key, socket] of before) if (!sockets.has(key)) socket.close();
    this.reloads.taken();
  }

  /** One that dies now, or would go on with what it had, takes it over when it is started again. */
  async #handOver(thread: WorkerThread): Promise<void> {
    try {
      await thread.take(this.#generations.shares);
    } catch (error) {
      if (thread.hasEnded || this.#closing !== null) return;
      thread.error = error as Error;
      void thread.worker.terminate();
    }
  }

  /** One that dies meanwhile does not count, unless it is the start. */
  async #allReady(config: ProxyConfig, sockets: Map<string, ListeningSocket>): Promise<void> {
    const descriptors = descriptorsOf(sockets);
    const ready = this.threads.map(async (thread) => {
      await thread.prepare(config, descriptors).catch((error: Error) => {
        if (this.#generations.present === null || !thread.hasEnded) throw error;
      });
    });
    const results = await Promise.allSettled(ready);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #startAll(): void {
    for (let number = 1; number <= this.#options.threads; number++) {
      this.threads.push(this.#startThread(number));
    }
  }

  #startThread(number: number): WorkerThread {
    const { headerSeconds, bodySeconds, connectionsPerClient, shadow = null } = this.#options;
    const start: Start = {
      number,
      zero: this.#zero,
      channel: this.#channel.name,
      gauges: this.#memory,
      clients: this.#clients,
      limits: {
        ...(headerSeconds !== undefined && { headerSeconds }),
        ...(bodySeconds !== undefined && { bodySeconds }),
        ...(connectionsPerClient !== undefined && { connectionsPerClient }),
      },
      shadow,
    };
    const thread = new WorkerThread(start, this.#log);
    void thread.ended.then(() => this.#bury(thread));
    return thread;
  }

  /** Whatever a thread ended of, what it held is given back; then another takes its place, unless all is ending. */
  #bury(thread: WorkerThread): void {
    const { number } = thread;
    try {
      this.#generations.bury(number, nowNs());
    } catch {
      setTimeout(() => this.#bury(thread), RESTART_MS); // another one has died with the lock
      return;
    }
    thread.held.clear();
    new Gauges(this.#memory, number).clear();
    new SharedClients(this.#clients, 0).bury(number);
    if (this.#closing !== null || this.#generations.present === null) return;
    const young = performance.now() - thread.sinceMs < YOUNG_MS;
    this.#deaths = young ? this.#deaths + 1 : 0;
    const waitMs = young ? Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** (this.#deaths - 1)) : 0;
    const what = thread.error?.stack ?? 'it was ended from outside';
    this.#log(
      `thread ${number} has died and is started again; its requests were given up: ${what}`,
    );
    setTimeout(() => void this.#inTurn(() => this.#replace(number)), waitMs).unref();
  }

  async #replace(number: number): Promise<void> {
    if (this.#closing !== null) return;
    const thread = this.#startThread(number);
    this.threads[number - 1] = thread;
    try {
      await thread.prepare(this.#generations.present!.config, descriptorsOf(this.#sockets));
      const { generation, since, refused, refusal } = this.reloads;
      await thread.take(this.#generations.shares);
      thread.tell({ kind: 'reloads', reloads: { generation, since, refused, refusal } });
    } catch (error) {
      this.#log(`thread ${number} cannot be started: ${(error as Error).message}`);
      void thread.worker.terminate(); // and tried again, later
    }
  }

  #learn(news: News): void {
    if (news.kind === 'member') this.#generations.learn(news);
  }

  #tellAll(order: Order): void {
    for (const thread of this.threads) thread.tell(order);
  }

  close(deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#tellAll({ kind: 'close', deadlineMs });
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.close();
    await Promise.all(this.threads.map(({ ended }) => ended));
    this.#generations.close();
    this.#channel.close();
    const { present } = this.#generations;
    if (present !== null) await keepState(present.config, present.groups.balancers, this.#log);
  }
}

/** Whatever comes of reloads is told to the threads, whose managers show it. */
class ToldReloads extends Reloads {
  readonly #tell: (reloads: Partial<Reloads>) => void;

  constructor(tell: (reloads: Partial<Reloads>) => void) {
    super();
    this.#tell = tell;
  }

  override taken(): void {
    super.taken();
    this.#tell({ generation: this.generation, since: this.since });
  }

  override refuse(reasons: string): void {
    super.refuse(reasons);
    this.#tell({ refused: this.refused, refusal: this.refusal });
  }
}

function descriptorsOf(sockets: ReadonlyMap<string, ListeningSocket>): Record<string, number> {
  return Object.fromEntries(Array.from(sockets, ([key, { fd }]) => [key, fd]));
}
