/**
 * The balancer: who serves a request, and what that does to everybody's counters.
 *
 * Two rules hold everywhere. First, all state is in one buffer, and every change is a plain function of the
 * state, the input and `nowNs`; equal buffers and equal inputs give equal buffers. Second, nothing happens
 * by itself: retry times end when a pick looks, resets fire when `sync` runs, exactly as in httpd, whose
 * pick is (spec: httpd 2.1): forced recovery, pending changes, sticky lookup, nofailover, search.
 *
 * One request is more than one pick: `exchange.ts` has the loop around it.
 */
import { findCandidates, liftError, Offer, setError, sumUp, tryRetry } from './candidates.ts';
import { bytesOf, fitsText, readText, viewsOver, writeText } from './columns.ts';
import { countVerdict, type HealthViews } from './health.ts';
import { Inheritance } from './inherit.ts';
import { identityOf, type KeyKind } from './key.ts';
import { type BackendLoad, keyKindOf, type LbMethod } from './lbmethod.ts';
import { methodStates, methodTables } from './method-state.ts';
import { Modifiers, type ModifiersConfig, modifierTables } from './modifiers/modifiers.ts';
import { restoreBalancer, restoreWorker, type SavedBalancer, type SavedWorker } from './saved.ts';
import * as state from './state.ts';
import {
  type BalancerViews,
  balancerTables,
  NEVER_NS,
  type State,
  usable,
  type WorkerViews,
} from './state.ts';
import * as letters from './status.ts';
import { applyStatus } from './status.ts';
import {
  EMPTY_ROUTE,
  findRoute,
  NO_ROUTE,
  type StickySession,
  stickyNames,
  UNKNOWN_ROUTE,
} from './stickysession.ts';

// V8 reads an imported binding from its cell, with checks, at each use; a local constant it folds into the code.
const { NONE } = state;
const assert: typeof state.assert = state.assert;
const { status } = letters;

/** A BalancerMember; absent fields have httpd's defaults. */
export interface WorkerConfig {
  /** What hash methods place it by. Default: its route, else its number. */
  readonly name?: string;
  /** As written, 1 to 100; kept in whole hundredths. Default 1. */
  readonly loadfactor?: number;
  readonly lbset?: number;
  readonly route?: string;
  readonly redirect?: string;
  /** A `status=` value such as `+H`. */
  readonly status?: string;
  /** Default 60. */
  readonly retrySeconds?: number;
  /** Connections at once; 0, the default, is unlimited. */
  readonly max?: number;
  /** How long a request waits for a connection; absent waits for ever. */
  readonly acquireNs?: number;
  /** Health checks that must fail to mark the worker, and pass to clear it. Default 1. */
  readonly hcfails?: number;
  readonly hcpasses?: number;
  /** They have to do so in a row. Default: they add up, as in httpd. */
  readonly hcconsecutive?: boolean;
  /** Workers with the same host share one heartbeat entry. Default: a host of its own. */
  readonly host?: string;
}

export interface BalancerConfig {
  readonly lbmethod: LbMethod;
  /** Further methods that `manage` may switch to. */
  readonly alternatives?: readonly LbMethod[];
  readonly workers: readonly WorkerConfig[];
  /** Rows kept free for `addWorker`. Default 0. */
  readonly growth?: number;
  /** A `stickysession=` value, `NAME` or `COOKIE|PATH`. */
  readonly stickysession?: string;
  readonly stickysessionsep?: string;
  readonly scolonpathdelim?: boolean;
  readonly nofailover?: boolean;
  /** How long a request waits for a usable worker; 0, the default, does not wait. */
  readonly timeoutSeconds?: number;
  readonly maxattempts?: number | null;
  readonly failonstatus?: readonly number[];
  readonly failontimeout?: boolean;
  /** Default true. */
  readonly forcerecovery?: boolean;
  /** Four random 32-bit words, not all zero: where the methods' own randomness starts. */
  readonly rng?: readonly [number, number, number, number];
  /** What is laid over the lbmethod. Default: nothing, as in httpd. */
  readonly modifiers?: ModifiersConfig;
}

/** Flags that balancer-manager can set and clear. */
export type ManagedFlag = 'I' | 'N' | 'D' | 'H' | 'R' | 'S' | 'C';

/** A manager change of one worker; each field applies only if present and valid (spec: httpd 8.3). */
export interface WorkerChange {
  readonly loadfactor?: number;
  readonly lbset?: number;
  readonly route?: string;
  readonly redirect?: string;
  readonly hcfails?: number;
  readonly hcpasses?: number;
  readonly status?: Readonly<Partial<Record<ManagedFlag, boolean>>>;
}

/** A manager change of the balancer (spec: httpd 8.4). */
export interface BalancerChange {
  /** Name of a method the balancer was made with. */
  readonly lbmethod?: string;
  readonly timeoutSeconds?: number;
  readonly maxattempts?: number;
  readonly nofailover?: boolean;
  /** `A` or `A|B`; `-` removes stickiness. */
  readonly stickysession?: string;
}

/** How the last pick came to its worker. */
export type Via = 'sticky' | 'redirect' | 'search' | 'nobody' | 'nofailover';

export class Balancer {
  readonly memory: ArrayBufferLike;
  readonly workers: WorkerViews;
  readonly views: BalancerViews;
  /** Thresholds and counters of health checks. */
  readonly health: HealthViews;
  readonly methods: readonly LbMethod[];
  /** null without any. */
  readonly modifiers: Modifiers | null;
  /** How the last pick ended, and whether it set httpd's route-changed mark. */
  via: Via = 'nobody';
  routeChanged = false;

  private readonly config: BalancerConfig;
  private readonly states: readonly State<never>[];
  /** The load factors that methods see. */
  private readonly lbfactor: Int32Array;
  private readonly keyKinds: readonly (KeyKind | null)[];
  private readonly failCodes: Uint32Array;
  private readonly candidates: Offer;
  private readonly separator: string;
  private readonly scolonpathdelim: boolean;
  /** What `routesVersion` says of the texts: the route of each worker, and the first worker of each route. */
  private readonly routes: string[] = [];
  private readonly routeIds = new Map<string, number>();
  private routeIdsVersion = -1;

  /** Formats fresh memory; attaches to memory that a balancer of the same configuration has formatted. */
  constructor(config: BalancerConfig, memory?: ArrayBufferLike) {
    const rows = config.workers.length + (config.growth ?? 0);
    this.config = config;
    this.methods = [config.lbmethod, ...(config.alternatives ?? [])];
    const own = methodTables(this.methods, rows);
    const laidOver = modifierTables(config.modifiers ?? {}, rows);
    const tables = [...balancerTables(rows), ...own, ...laidOver] as const;
    this.memory = memory ?? new ArrayBuffer(bytesOf(tables));
    const fresh = new Uint32Array(this.memory, 0, 1)[0] === 0;
    const [views, rng, fail, workers, health, ...others] = viewsOver(this.memory, tables);
    this.views = views;
    this.workers = workers;
    this.health = health;
    this.failCodes = fail.codes;
    const ofModifiers = others.slice(own.length) as never;
    const { modifiers = {} } = config;
    this.modifiers =
      laidOver.length === 0 ? null : new Modifiers(modifiers, views, workers, ofModifiers);
    this.lbfactor = this.modifiers?.lbfactor ?? workers.lbfactor;
    // Another field first: what is copied first shares hidden classes with `workers`, whose own V8 then trusts no more.
    const seen = Object.assign({ rng: rng.words }, workers, { lbfactor: this.lbfactor });
    this.states = methodStates(this.methods, rows, seen, others.slice(0, own.length));
    this.keyKinds = this.methods.map(keyKindOf);
    this.candidates = new Offer(views, workers);
    this.separator = config.stickysessionsep ?? '.';
    this.scolonpathdelim = config.scolonpathdelim ?? false;
    if (fresh) {
      rng.words.set(config.rng ?? [1, 2, 3, 4]);
      this.#format(config);
      this.modifiers?.format();
    }
  }

  /** A balancer of its own that goes on from here: what if. */
  fork(): Balancer {
    return new Balancer(this.config, this.memory.slice(0));
  }

  /**
   * Goes on where `old` is, right after it was made and before its first pick; `rowOf`: for each worker of `old` its
   * row here, or NONE. The result takes over what requests of `old` that are under way go on counting.
   */
  inherit(old: Balancer, rowOf: readonly number[]): Inheritance {
    const inheritance = new Inheritance(old, this, rowOf);
    this.#deriveRoutes();
    return inheritance;
  }

  /** Goes on where a balancer stopped `goneNs` ago. `rows`: what is known of each worker, or null. */
  restore(
    saved: SavedBalancer,
    rows: readonly (SavedWorker | null)[],
    nowNs: number,
    goneNs: number,
  ): void {
    restoreBalancer(this, saved);
    rows.forEach((row, worker) => {
      if (row !== null) restoreWorker(this, worker, row, nowNs, goneNs);
    });
    this.#deriveRoutes();
  }

  get lbmethod(): LbMethod {
    return this.methods[this.views.lbmethod[0]];
  }

  /** Which key the next pick should be told; null when the lbmethod needs none. */
  get keyKind(): KeyKind | null {
    const { pending, pendingLbmethod, lbmethod } = this.views;
    return this.keyKinds[pending[0] ? pendingLbmethod[0] : lbmethod[0]];
  }

  /** The names that carry the route; null when the balancer is not sticky. */
  get stickysession(): StickySession | null {
    const cookie = readText(this.views.stickyCookie, 0);
    if (cookie === '') return null;
    const path = readText(this.views.stickyPath, 0);
    return {
      cookie,
      path,
      separator: this.separator,
      scolonpathdelim: this.scolonpathdelim,
    };
  }

  /** The number that stands for a route in `pick`; null is a request without route. */
  routeId(route: string | null): number {
    if (route === null) return NO_ROUTE;
    if (route === '') return EMPTY_ROUTE;
    if (!this.knowsRoutes) this.#readRoutes();
    return this.routeIds.get(route) ?? UNKNOWN_ROUTE;
  }

  /** No route has changed since the texts were read: whoever shares the state needs no lock to tell the number of one. */
  protected get knowsRoutes(): boolean {
    return this.routeIdsVersion === this.views.routesVersion[0];
  }

  /** The route of `worker`; empty without one. */
  routeOf(worker: number): string {
    if (!this.knowsRoutes) this.#readRoutes();
    return this.routes[worker];
  }

  /** The route to use instead of `worker` when it cannot serve; empty without one. */
  redirectOf(worker: number): string {
    return readText(this.workers.redirect, worker);
  }

  /**
   * One selection (spec: httpd 2.1). Returns a worker, whose `elected` and `busy` it has counted, or NONE;
   * `via` and `routeChanged` tell more. `key`: see `keyKind`.
   */
  pick(routeId: number, nowNs: number, key = 0): number {
    const { views } = this;
    assert(nowNs >= views.lastNs[0], 'time went backwards');
    views.lastNs[0] = nowNs;
    if (this.workers.status[0] & status.E) this.#forceRecovery(nowNs);
    if (views.pending[0]) this.sync();
    this.routeChanged = false;
    const sticky = views.stickyCookie[0] > 0; // the length byte: not sticky without a cookie name
    if (sticky && routeId >= 0) {
      this.modifiers?.lookForSession(nowNs);
      const worker = findRoute(views, this.workers, routeId, nowNs);
      if (worker !== NONE) return this.#stickyHit(worker, routeId);
      if (views.nofailover[0]) {
        this.via = 'nofailover';
        return NONE;
      }
    }
    return this.search(nowNs, key);
  }

  /** The last step of a pick alone: the lbmethod's choice among the candidates. */
  search(nowNs: number, key = 0): number {
    const { views, workers } = this;
    const index = views.lbmethod[0];
    const method = this.methods[index];
    const state = this.states[index];
    const candidates = this.candidates;
    if (!views.candidatesFresh[0] || nowNs > views.candidatesUntilNs[0]) {
      this.modifiers?.look(nowNs);
      findCandidates(views, workers, method, state as never, nowNs);
      this.modifiers?.walked(method, state as never, nowNs);
      sumUp(views, workers.candidate, this.lbfactor);
      method.prepare?.(state, candidates, views.workers[0], nowNs);
    }
    const worker = candidates.count === 0 ? NONE : method.elect(state, candidates, nowNs, key);
    if (worker === NONE) {
      this.via = 'nobody';
      return NONE;
    }
    this.via = 'search';
    this.routeChanged = views.stickyCookie[0] > 0;
    workers.elected[worker]++;
    workers.busy[worker]++;
    return worker;
  }

  /** A try on `worker` ended; tells the lbmethod. */
  complete(worker: number, ok: boolean, latencyNs: number, nowNs: number): void {
    const index = this.views.lbmethod[0];
    this.methods[index].complete?.(this.states[index], worker, ok, latencyNs, nowNs);
    if (this.modifiers !== null) this.modifiers.completed(worker, ok, nowNs);
  }

  /** Takes back one `busy` of a try whose client request is finished. */
  release(worker: number): void {
    const { busy } = this.workers;
    if (busy[worker] > 0) busy[worker]--; // 0 is possible: a bybusyness reset clears it
  }

  /** A new connection to `worker` was opened. */
  connected(worker: number): void {
    this.workers.errorTimeNs[worker] = NEVER_NS;
    this.workers.retries[worker] = 0;
  }

  /** Puts `worker` in error unless it ignores errors. */
  fail(worker: number, nowNs: number): void {
    if (!(this.workers.status[worker] & status.I)) {
      setError(this.views, this.workers, worker, nowNs);
    }
  }

  /** `bytes` of a request went to `worker`. */
  sent(worker: number, bytes: number): void {
    this.workers.transferred[worker] += bytes;
  }

  /** `bytes` of a response came from `worker`. */
  received(worker: number, bytes: number): void {
    this.workers.read[worker] += bytes;
  }

  /** The time that a request may wait for a usable worker: while it waits nobody else may, as in httpd. */
  takeTimeout(): number {
    const { timeoutNs } = this.views;
    const taken = timeoutNs[0];
    timeoutNs[0] = 0;
    return taken;
  }

  /** The wait is over. */
  returnTimeout(timeoutNs: number): void {
    this.views.timeoutNs[0] = timeoutNs;
  }

  /** Whether the retry budget, if there is one, grants a failover try. `again`: the request was granted one before. */
  takeRetry(again: boolean): boolean {
    return this.modifiers === null || this.modifiers.takeRetry(again);
  }

  /** A request that was granted `tries` is over. */
  endRetries(tries: number): void {
    this.modifiers?.endRetries(tries);
  }

  failsOn(code: number): boolean {
    return code < 608 && (this.failCodes[code >>> 5] & (1 << (code & 31))) !== 0;
  }

  /** Failover tries that one request may make after its first. */
  get maxattempts(): number {
    return this.views.maxattemptsSet[0] ? this.views.maxattempts[0] : 0;
  }

  /** A health check of `worker` passed or failed (spec: httpd 6.3). */
  checked(worker: number, passed: boolean, nowNs: number): void {
    countVerdict(this.views, this.workers, this.health, worker, passed, nowNs);
  }

  /** What a host's heartbeat said; heard by the methods that listen. `worker`: any worker on that host. */
  heartbeat(worker: number, ready: number, busy: number, seenNs: number): void {
    const host = this.workers.host[worker];
    for (let i = 0; i < this.methods.length; i++) {
      const method = this.methods[i];
      if (method.heartbeat === undefined) continue;
      method.heartbeat(this.states[i], host, ready, busy, seenNs);
      this.views.candidatesFresh[0] = 0; // a host first heard from may make more workers candidates
    }
  }

  /** What the backend of `worker` says of itself; heard by the methods that elect by it. */
  load(worker: number, load: BackendLoad, nowNs: number): void {
    for (let i = 0; i < this.methods.length; i++) {
      this.methods[i].load?.(this.states[i], worker, load, nowNs);
    }
  }

  /** Adopts what the manager left pending: at every pick, and when somebody looks (spec: httpd 3.6). */
  sync(): void {
    const { views } = this;
    if (!views.pending[0]) return;
    views.pending[0] = 0;
    views.lbmethod[0] = views.pendingLbmethod[0];
    views.candidatesFresh[0] = 0;
    if (!views.needReset[0]) return;
    views.needReset[0] = 0;
    this.lbmethod.reset?.(this.states[views.lbmethod[0]], views.workers[0]);
  }

  /** Applies a manager change to `worker`; fields out of range are ignored, as the manager does. */
  manageWorker(worker: number, change: WorkerChange): void {
    const { workers, views } = this;
    const wasUsable = usable(workers, worker);
    if (change.loadfactor !== undefined) this.#setLoadfactor(worker, change.loadfactor);
    if (change.lbset !== undefined && change.lbset >= 0 && change.lbset <= 99) {
      workers.lbset[worker] = change.lbset;
    }
    if (change.route !== undefined) writeText(workers.route, worker, fitting(change.route));
    if (change.redirect !== undefined)
      writeText(workers.redirect, worker, fitting(change.redirect));
    const { hcfails = 0, hcpasses = 0 } = change;
    if (hcfails >= 1) this.health.hcfails[worker] = hcfails;
    if (hcpasses >= 1) this.health.hcpasses[worker] = hcpasses;
    for (const [letter, on] of Object.entries(change.status ?? {})) {
      const bit = status[letter as ManagedFlag];
      workers.status[worker] = on ? workers.status[worker] | bit : workers.status[worker] & ~bit;
    }
    this.#deriveRoutes();
    views.candidatesFresh[0] = 0;
    if (!wasUsable && usable(workers, worker)) views.needReset[0] = 1;
  }

  /** Applies a manager change to the balancer; what is out of range or unknown is ignored. */
  manage(change: BalancerChange): void {
    const { views } = this;
    if (change.lbmethod !== undefined) this.#switchTo(change.lbmethod);
    if (change.timeoutSeconds !== undefined && inRange(change.timeoutSeconds, 0, 7200)) {
      views.timeoutNs[0] = change.timeoutSeconds * 1e9;
    }
    if (change.maxattempts !== undefined && inRange(change.maxattempts, 0, 99)) {
      views.maxattempts[0] = change.maxattempts; // without effect where the limit was never marked set
    }
    if (change.nofailover !== undefined) views.nofailover[0] = Number(change.nofailover);
    const names = change.stickysession ?? '';
    if (names !== '' && names.length < 63) this.#setSticky(names === '-' ? '' : names);
  }

  /**
   * Appends a worker, disabled as the manager adds it. Needs a free row (`growth`); returns NONE without one.
   */
  addWorker(config: Omit<WorkerConfig, 'host'> = {}): number {
    const worker = this.views.workers[0];
    if (worker === this.workers.busy.length) return NONE;
    this.#setWorker(worker, { ...config, status: '+D' });
    this.views.workers[0]++;
    this.#deriveRoutes();
    this.views.candidatesFresh[0] = 0;
    return worker;
  }

  #format(config: BalancerConfig): void {
    const { views } = this;
    const count = config.workers.length;
    for (let worker = 0; worker < count; worker++) this.#setWorker(worker, config.workers[worker]);
    views.workers[0] = count;
    this.#setHosts(config.workers);
    this.#deriveRoutes();
    this.#setSticky(config.stickysession ?? '');
    views.nofailover[0] = Number(config.nofailover ?? false);
    views.forcerecovery[0] = Number(config.forcerecovery ?? true);
    views.failontimeout[0] = Number(config.failontimeout ?? false);
    views.timeoutNs[0] = (config.timeoutSeconds ?? 0) * 1e9;
    views.maxattempts[0] = config.maxattempts ?? count - 1;
    views.maxattemptsSet[0] = Number(typeof config.maxattempts === 'number' || count > 1);
    for (const code of config.failonstatus ?? []) this.failCodes[code >>> 5] |= 1 << (code & 31);
  }

  #setWorker(worker: number, config: WorkerConfig): void {
    const { workers } = this;
    const bits = applyStatus(status.O, config.status ?? '');
    assert(bits !== null, `unknown status ${config.status}`);
    workers.lbfactor[worker] = hundredths(config.loadfactor ?? 1);
    workers.lbset[worker] = config.lbset ?? 0;
    workers.status[worker] = bits;
    workers.retryNs[worker] = (config.retrySeconds ?? 60) * 1e9;
    workers.errorTimeNs[worker] = NEVER_NS;
    workers.max[worker] = config.max ?? 0;
    workers.acquireNs[worker] = config.acquireNs ?? -1;
    workers.host[worker] = worker;
    workers.identity[worker] = identityOf(config.name || config.route || String(worker));
    this.health.hcfails[worker] = config.hcfails ?? 1;
    this.health.hcpasses[worker] = config.hcpasses ?? 1;
    this.health.hcconsecutive[worker] = config.hcconsecutive ? 1 : 0;
    writeText(workers.route, worker, config.route ?? '');
    writeText(workers.redirect, worker, config.redirect ?? '');
  }

  #setHosts(configs: readonly WorkerConfig[]): void {
    const first = new Map<string, number>();
    configs.forEach(({ host }, worker) => {
      if (host === undefined) return;
      if (!first.has(host)) first.set(host, worker);
      this.workers.host[worker] = first.get(host) ?? worker;
    });
  }

  #setSticky(names: string): void {
    const { cookie, path } = stickyNames(names);
    writeText(this.views.stickyCookie, 0, cookie);
    writeText(this.views.stickyPath, 0, path);
  }

  /** Fills `routeId` and `redirectId` from the texts, so that picks compare numbers. */
  #deriveRoutes(): void {
    const { workers, views } = this;
    views.routesVersion[0]++;
    this.#readRoutes();
    for (let worker = 0; worker < views.workers[0]; worker++) {
      workers.routeId[worker] = this.routeIds.get(this.routes[worker]) ?? NONE;
      workers.redirectId[worker] = this.routeIds.get(readText(workers.redirect, worker)) ?? NONE;
    }
  }

  #readRoutes(): void {
    this.routeIds.clear();
    for (let worker = this.views.workers[0] - 1; worker >= 0; worker--) {
      const route = readText(this.workers.route, worker);
      this.routes[worker] = route;
      if (route !== '') this.routeIds.set(route, worker); // the first row of a route remains
    }
    this.routeIdsVersion = this.views.routesVersion[0];
  }

  /**
   * Step 1 of a pick: when every worker is in error, none is, unless `forcerecovery` is off. Does nothing while
   * the first worker is not in error.
   */
  #forceRecovery(nowNs: number): void {
    const { workers, views } = this;
    const count = views.workers[0];
    for (let worker = 0; worker < count; worker++) {
      if (!(workers.status[worker] & status.E)) return;
      if (tryRetry(views, workers, worker, nowNs)) return;
    }
    if (!views.forcerecovery[0]) return;
    for (let worker = 0; worker < count; worker++) liftError(views, workers, worker);
  }

  /** A sticky hit charges every usable worker's `lbstatus`, under any lbmethod and across all sets. */
  #stickyHit(worker: number, routeId: number): number {
    const { workers } = this;
    const lbfactor = this.lbfactor;
    let total = 0;
    for (let other = 0; other < this.views.workers[0]; other++) {
      if (!usable(workers, other)) continue;
      workers.lbstatus[other] += lbfactor[other];
      total += lbfactor[other];
    }
    workers.lbstatus[worker] -= total;
    workers.elected[worker]++;
    workers.busy[worker]++;
    const redirected = workers.routeId[worker] !== routeId;
    this.via = redirected ? 'redirect' : 'sticky';
    this.routeChanged = redirected;
    return worker;
  }

  #setLoadfactor(worker: number, loadfactor: number): void {
    const { workers, views } = this;
    const factor = hundredths(loadfactor);
    if (!inRange(factor, 100, 10_000)) return;
    workers.lbfactor[worker] = factor;
    const count = views.workers[0];
    if (count === 1) workers.lbfactor[0] = 100;
    for (let other = 0; other < count; other++) workers.lbstatus[other] = workers.lbfactor[other];
  }

  #switchTo(name: string): void {
    const { views } = this;
    const index = this.methods.findIndex((method) => method.name === name);
    const current = views.pending[0] ? views.pendingLbmethod[0] : views.lbmethod[0];
    if (index === NONE || index === current) return;
    views.pendingLbmethod[0] = index;
    views.pending[0] = 1;
    views.needReset[0] = 1;
  }
}

/** As httpd reads a load factor: in binary floating point, cut to whole hundredths. 1.15 is 114. */
export function hundredths(loadfactor: number): number {
  return Math.trunc(loadfactor * 100);
}

function inRange(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}

/** Texts that do not fit clear the field, as in the manager. */
function fitting(text: string): string {
  return fitsText(text) ? text : '';
}
