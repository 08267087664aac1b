/**
 * A balancer that goes on where another one ends, as httpd's does over a graceful restart with BalancerPersist On:
 * workers that stay keep all that is known and counted of them, and what a manager has changed.
 *
 * Requests under way end at the old balancer. What they count there from now on (`busy` given back, bytes, an error)
 * is counted at the new one as well by `settle`, so that nobody's `busy` is held for ever by a request that is over.
 */
import type { Balancer } from './balancer.ts';
import { type Table, viewsOver } from './columns.ts';
import { methodTables } from './method-state.ts';
import { modifierTables } from './modifiers/modifiers.ts';
import { balancerTables, NEVER_NS, NONE } from './state.ts';
import { EJECTED, status } from './status.ts';

/** Made from the others, or from the configuration. */
const derived = ['routeId', 'redirectId', 'host', 'candidate'] as const;

/** Of the balancer itself: what a manager may have changed. The rest is the new configuration's. */
const kept = [
  'needReset',
  'nofailover',
  'forcerecovery',
  'maxattempts',
  'maxattemptsSet',
  'timeoutNs',
  'stickyCookie',
  'stickyPath',
  'lastNs',
] as const;

/** What requests under way go on counting. */
const counted = ['busy', 'elected', 'transferred', 'read'] as const;

export class Inheritance {
  readonly #from: Balancer;
  readonly #to: Balancer;
  /** For each worker of `#from` its row in `#to`, or NONE. */
  readonly #rowOf: readonly number[];
  /** What `#from` said when it was last looked at. */
  readonly #seen: { readonly [N in (typeof counted)[number] | 'errorTimeNs']: number[] };
  readonly #sameModifiers: boolean;
  #retrying = 0;
  #failedTries = 0;

  /** Copies. `to` is fresh, and derives its routes afterwards. */
  constructor(from: Balancer, to: Balancer, rowOf: readonly number[]) {
    this.#from = from;
    this.#to = to;
    this.#rowOf = rowOf;
    this.#sameModifiers =
      JSON.stringify(from.modifiers?.config) === JSON.stringify(to.modifiers?.config);
    from.sync();
    this.#copyBalancer();
    this.#copyWorkers();
    this.#copyMethods();
    const { busy, elected, transferred, read, errorTimeNs } = from.workers;
    const columns = { busy, elected, transferred, read, errorTimeNs };
    const entries = Object.entries(columns).map(([name, column]) => [name, [...column]]);
    this.#seen = Object.fromEntries(entries);
    this.#retrying = from.modifiers?.row.retrying[0] ?? 0;
    this.#failedTries = from.modifiers?.row.failedTries[0] ?? 0;
  }

  /** What the old balancer's requests still hold of the workers that stay. */
  get carried(): number {
    const { busy } = this.#from.workers;
    return this.#rowOf.reduce((sum, row, worker) => sum + (row === NONE ? 0 : busy[worker]), 0);
  }

  /** Counts at the new balancer what the old one has counted since the last call. O(workers). */
  settle(): void {
    for (let worker = 0; worker < this.#rowOf.length; worker++) {
      const row = this.#rowOf[worker];
      if (row === NONE) continue;
      for (const name of counted) this.#add(name, worker, row);
      this.#tellError(worker, row);
    }
    this.#settleRetries();
  }

  #add(name: (typeof counted)[number], worker: number, row: number): void {
    const value = this.#from.workers[name][worker];
    const column = this.#to.workers[name];
    const sum = column[row] + value - this.#seen[name][worker];
    column[row] = name === 'busy' ? Math.max(0, sum) : sum; // a reset may have cleared it
    this.#seen[name][worker] = value;
  }

  #tellError(worker: number, row: number): void {
    const { workers } = this.#from;
    const errorNs = workers.errorTimeNs[worker];
    if (errorNs === this.#seen.errorTimeNs[worker]) return;
    this.#seen.errorTimeNs[worker] = errorNs;
    if (errorNs === NEVER_NS) this.#to.connected(row);
    else if (workers.status[worker] & status.E) this.#to.fail(row, errorNs);
  }

  #settleRetries(): void {
    const from = this.#from.modifiers?.row;
    const to = this.#to.modifiers?.row;
    if (!this.#sameModifiers || from === undefined || to === undefined) return;
    to.retrying[0] += from.retrying[0] - this.#retrying;
    to.failedTries[0] += from.failedTries[0] - this.#failedTries;
    this.#retrying = from.retrying[0];
    this.#failedTries = from.failedTries[0];
  }

  #copyBalancer(): void {
    const { methods, views } = this.#to;
    const from = this.#from.views;
    for (const name of kept) views[name].set(from[name] as never);
    const index = methods.findIndex(({ name }) => name === this.#from.lbmethod.name);
    if (index !== NONE) views.lbmethod[0] = index;
    // A reset that was waiting for a change to be adopted waits no longer: httpd adopts all at its start.
    views.pendingLbmethod[0] = views.lbmethod[0];
    views.pending[0] = views.needReset[0];
    views.candidatesFresh[0] = 0;
  }

  #copyWorkers(): void {
    const { workers, health, modifiers } = this.#to;
    const from = this.#from;
    const rows = from.workers.busy.length;
    this.#copyRows(without(from.workers, derived), workers, rows);
    this.#copyRows(from.health, health, rows);
    if (from.modifiers === null || modifiers === null || !this.#sameModifiers) {
      for (const row of this.#rowOf) if (row !== NONE) workers.status[row] &= ~EJECTED;
      return;
    }
    this.#copyRows(from.modifiers.slowStart, modifiers.slowStart, rows);
    this.#copyRows(from.modifiers.outlier, modifiers.outlier, rows);
    copyAll(from.modifiers.row, modifiers.row);
  }

  /**
   * What methods have learnt. Tables of their own (heaps, rings, pools) may hold rows of workers, so they go over only
   * where every worker keeps its row; such a method starts afresh otherwise.
   */
  #copyMethods(): void {
    const from = methodViews(this.#from);
    const to = methodViews(this.#to);
    const rows = this.#from.workers.busy.length;
    const alike =
      rows === this.#to.workers.busy.length &&
      this.#rowOf.length === this.#to.views.workers[0] &&
      this.#rowOf.every((row, worker) => row === worker);
    this.#to.methods.forEach(({ name }, i) => {
      const before = from.of[this.#from.methods.findIndex((method) => method.name === name)];
      if (before === undefined) return;
      if (alike) for (const [table, views] of before.entries()) copyAll(views, to.of[i][table]);
      else if (before.length === 1) this.#copyRows(before[0], to.of[i][0], rows);
    });
    copyAll(from.rng, to.rng);
  }

  /** `rows`: how many `from` has. */
  #copyRows(from: AnyViews, to: AnyViews, rows: number): void {
    for (const [name, column] of Object.entries(from)) {
      const width = column.length / rows; // texts have many bytes a row
      this.#rowOf.forEach((row, worker) => {
        if (row === NONE) return;
        to[name].set(column.subarray(worker * width, (worker + 1) * width), row * width);
      });
    }
  }
}

type AnyViews = Readonly<Record<string, Int32Array | Uint32Array | Float64Array | Uint8Array>>;

function copyAll(from: AnyViews, to: AnyViews): void {
  for (const [name, column] of Object.entries(from)) to[name].set(column);
}

function without(views: AnyViews, names: readonly string[]): AnyViews {
  return Object.fromEntries(Object.entries(views).filter(([name]) => !names.includes(name)));
}

/** The methods' random words, and for each method its columns, then its tables. */
function methodViews({ memory, methods, modifiers, workers }: Balancer) {
  const rows = workers.busy.length;
  const common: readonly Table[] = balancerTables(rows);
  const own = methods.map((method) => methodTables([method], rows));
  const laidOver = modifierTables(modifiers?.config ?? {}, rows);
  const views = viewsOver(memory, [...common, ...own.flat(), ...laidOver]);
  const [, rng] = views.splice(0, common.length);
  return { rng, of: own.map((tables) => views.splice(0, tables.length)) };
}
