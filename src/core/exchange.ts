/**
 * One proxied request from arrival to answer: picks, failover, waiting for a connection or for a usable
 * worker, and what each outcome does (spec: httpd 2.3, 2.5, 5). The loop is data, so that a driver in
 * virtual time and a driver on sockets cannot disagree about it.
 *
 * A driver opens an exchange, begins it, and does what the step says:
 *
 *   `dispatch`  use `worker(id)`: connect if no connection is idle (then `connected`), send, receive, `settle`
 *   `send`      only from `connected`: go on with the connection
 *   `wait`      nothing; the exchange comes back through `poll`, at the latest after `advance(deadlineNs())`
 *   `done`      answer the client with `status(id)`; when the client has it, `close`
 *
 * After every call that may free something (`settle`, `close`, `advance`), `poll` until it returns NONE.
 * Exchanges belong to one thread and grow with its load; the balancer they drive may be shared.
 */
import type { Balancer } from './balancer.ts';
import { bytesOf, type Columns, type Views, viewsOver } from './columns.ts';
import type { Outcome } from './outcomes.ts';
import * as kinds from './outcomes.ts';
import * as state from './state.ts';

// V8 reads an imported binding from its cell, with checks, at each use; a local constant it folds into the code.
const { outcomes } = kinds;
const { NONE, usable } = state;
const assert: typeof state.assert = state.assert;

export type Step = 'dispatch' | 'send' | 'wait' | 'done';

const FREE = 0;
const OPEN = 1;
const DISPATCHED = 2;
const WAITS_FOR_SLOT = 3;
const WAITS_FOR_WORKER = 4;
const DONE = 5;

/** `nextReady` of an exchange that is in no list of ready ones. */
const UNLISTED = -2;

/** httpd sleeps a hundredth of the balancer's timeout between searches. */
const POLLS = 100;

const exchangeColumns = {
  phase: 'i32',
  /** Worker of the last try; NONE when the last pick found nobody. */
  worker: 'i32',
  status: 'i32',
  /** Tries so far, failed picks not counted. */
  tries: 'i32',
  /** What hash methods map to a worker. */
  key: 'u32',
  /** Not the first request of its client connection. */
  keptAlive: 'i32',
  /** The try's backend connection was opened for it. */
  fresh: 'i32',
  routeChanged: 'i32',
  pickedNs: 'f64',
  /** End of waiting for a slot, or the next search for a worker. */
  deadlineNs: 'f64',
  /** The balancer's timeout, kept while it is 0 for everybody else. */
  timeoutNs: 'f64',
  pollsLeft: 'i32',
  /** Next in the list of free rows, or of those that wait for a slot. */
  next: 'i32',
  /** Next in the list that `poll` empties. */
  nextReady: 'i32',
  /** Newest entry of the list of workers charged by earlier tries; the last try's is `worker`. */
  charge: 'i32',
} as const satisfies Columns;

/** Workers whose `busy` a request holds from earlier tries: one entry per try that another one followed. */
const chargeColumns = { charged: 'i32', before: 'i32' } as const satisfies Columns;

/** Connection slots of each worker, and who waits for one. */
const slotColumns = {
  inUse: 'i32',
  head: 'i32',
  tail: 'i32',
  waiting: 'i32',
} as const satisfies Columns;

export class Exchanges {
  readonly balancer: Balancer;
  memory: ArrayBufferLike;
  capacity: number;
  /** Exchanges that wait for a slot or a worker. */
  waiting = 0;

  #x: Views<typeof exchangeColumns>;
  #charges: Views<typeof chargeColumns>;
  readonly #slots: Views<typeof slotColumns>;
  #routes: (string | null)[];
  #free = NONE;
  #freeCharge = NONE;
  #readyHead = NONE;
  #readyTail = NONE;
  /** The one exchange that waits for a usable worker: while it waits, nobody else may. */
  #searcher = NONE;

  constructor(balancer: Balancer, capacity = 256) {
    const rows = balancer.workers.busy.length;
    const slots = [{ columns: slotColumns, rows }] as const;
    this.balancer = balancer;
    this.#slots = viewsOver(new ArrayBuffer(bytesOf(slots)), slots)[0];
    this.#slots.head.fill(NONE);
    this.#slots.tail.fill(NONE);
    this.capacity = capacity;
    const tables = exchangeTables(capacity);
    this.memory = new ArrayBuffer(bytesOf(tables));
    [this.#x, this.#charges] = viewsOver(this.memory, tables);
    this.#routes = new Array(capacity).fill(null);
    this.#freeRows(0);
    this.#freeCharges(0);
  }

  /**
   * Takes up a request. `route` is the text its sticky session carries (`requestRoute`), null without one;
   * `keptAlive`: the client's connection carried a request before.
   */
  open(route: string | null, keptAlive = false): number {
    if (this.#free === NONE) this.#grow();
    const x = this.#x;
    const id = this.#free;
    this.#free = x.next[id];
    x.phase[id] = OPEN;
    x.worker[id] = NONE;
    x.status[id] = 0;
    x.tries[id] = 0;
    x.keptAlive[id] = keptAlive ? 1 : 0;
    x.routeChanged[id] = 0;
    x.charge[id] = NONE;
    if (route !== null) this.#routes[id] = route; // null since it was closed
    return id;
  }

  /** The first pick. `key`: the one that `balancer.keyKind` asks for. */
  begin(id: number, nowNs: number, key = 0): Step {
    assert(this.#x.phase[id] === OPEN, 'begin needs an open exchange');
    this.#x.key[id] = key;
    return this.#attempt(id, nowNs);
  }

  /** The worker of the last try; NONE when nobody could be picked. */
  worker(id: number): number {
    return this.#x.worker[id];
  }

  /** Status for the client, after `done`; 0: close its connection without an answer. */
  status(id: number): number {
    return this.#x.status[id];
  }

  tries(id: number): number {
    return this.#x.tries[id];
  }

  /** httpd's route-changed mark: a sticky client must be told its new route. */
  routeChanged(id: number): boolean {
    return this.#x.routeChanged[id] === 1;
  }

  /** A new connection for this try is open. The worker may have become unusable while it was opened. */
  connected(id: number, nowNs: number): Step {
    const { workers, modifiers } = this.balancer;
    const worker = this.#x.worker[id];
    if (!usable(workers, worker) && !modifiers?.tolerates(worker)) {
      return this.settle(id, outcomes.becameUnusable, 0, nowNs);
    }
    this.#x.fresh[id] = 1;
    this.balancer.connected(worker);
    return 'send';
  }

  /** `bytes` of the request were handed to the backend connection. */
  sent(id: number, bytes: number): void {
    this.balancer.sent(this.#x.worker[id], bytes);
  }

  /** `bytes` of the response (status line without line ending, body) arrived. */
  received(id: number, bytes: number): void {
    this.balancer.received(this.#x.worker[id], bytes);
  }

  /**
   * The try ended: the response is read completely, or an outcome without one. `status` is the backend's,
   * used when the outcome has none of its own. Frees the connection slot.
   */
  settle(id: number, outcome: Outcome, status: number, nowNs: number): Step {
    const x = this.#x;
    assert(x.phase[id] === DISPATCHED, 'settle needs a dispatched exchange');
    this.#freeSlot(x.worker[id]);
    const meant = outcome === outcomes.closedEarly ? this.#atOnceOrLater(id) : outcome;
    return this.#conclude(id, meant, status, nowNs);
  }

  /** The client has its answer: gives back every `busy` and the row. */
  close(id: number): void {
    const x = this.#x;
    assert(x.phase[id] === DONE || x.phase[id] === OPEN, 'close needs a finished exchange');
    if (x.worker[id] !== NONE) this.balancer.release(x.worker[id]);
    if (x.charge[id] !== NONE) this.#releaseEarlier(id);
    if (this.#routes[id] !== null) this.#routes[id] = null;
    x.phase[id] = FREE;
    x.next[id] = this.#free;
    this.#free = id;
  }

  #releaseEarlier(id: number): void {
    const { charged, before } = this.#charges;
    let tries = 0;
    for (let entry = this.#x.charge[id]; entry !== NONE; tries++) {
      this.balancer.release(charged[entry]);
      const next = before[entry];
      before[entry] = this.#freeCharge;
      this.#freeCharge = entry;
      entry = next;
    }
    this.balancer.endRetries(tries);
  }

  /** When `advance` is next wanted; Infinity when never. O(workers) while something waits, else O(1). */
  deadlineNs(): number {
    if (this.waiting === 0) return Number.POSITIVE_INFINITY;
    const { deadlineNs } = this.#x;
    let earliest = Number.POSITIVE_INFINITY;
    if (this.#searcher !== NONE) earliest = deadlineNs[this.#searcher];
    for (let worker = 0; worker < this.balancer.views.workers[0]; worker++) {
      const first = this.#slots.head[worker];
      if (first !== NONE && deadlineNs[first] < earliest) earliest = deadlineNs[first];
    }
    return earliest;
  }

  /** Ends the waits that are over. Early or repeated calls do nothing. */
  advance(nowNs: number): void {
    if (this.waiting === 0) return;
    while (this.#searcher !== NONE && this.#x.deadlineNs[this.#searcher] <= nowNs) {
      this.#searchAgain(this.#searcher, nowNs);
    }
    for (let worker = 0; worker < this.balancer.views.workers[0]; worker++) {
      const { head } = this.#slots;
      // `#x` anew each time: concluding may grow the tables.
      while (head[worker] !== NONE && this.#x.deadlineNs[head[worker]] <= nowNs) {
        const id = this.#nextForSlot(worker);
        this.#conclude(id, outcomes.acquireExpired, 0, nowNs);
        this.#makeReady(id);
      }
    }
  }

  get hasReady(): boolean {
    return this.#readyHead !== NONE;
  }

  /** An exchange whose wait ended, or NONE. `stepOf(id)` tells what is next: perhaps to wait elsewhere. */
  poll(): number {
    const id = this.#readyHead;
    if (id === NONE) return NONE;
    this.#readyHead = this.#x.nextReady[id];
    this.#x.nextReady[id] = UNLISTED;
    if (this.#readyHead === NONE) this.#readyTail = NONE;
    return id;
  }

  stepOf(id: number): Step {
    const phase = this.#x.phase[id];
    if (phase === DISPATCHED) return 'dispatch';
    return phase === DONE ? 'done' : 'wait';
  }

  /** The balancer's timeout, also while somebody waits for a worker, when it is 0 for everybody else. */
  get timeoutNs(): number {
    if (this.#searcher === NONE) return this.balancer.views.timeoutNs[0];
    return this.#x.timeoutNs[this.#searcher];
  }

  /** Requests that wait for a connection slot of `worker`. */
  waitingFor(worker: number): number {
    return this.#slots.waiting[worker];
  }

  /** One try: a pick, its charge, and a connection slot. */
  #attempt(id: number, nowNs: number): Step {
    const routeId = this.balancer.routeId(this.#routes[id]);
    const worker = this.balancer.pick(routeId, nowNs, this.#x.key[id]);
    if (worker !== NONE) return this.#charge(id, worker, nowNs);
    const timeoutNs = this.balancer.via === 'nobody' ? this.balancer.takeTimeout() : 0;
    if (timeoutNs <= 0) return this.#nobody(id);
    const x = this.#x;
    x.phase[id] = WAITS_FOR_WORKER;
    x.timeoutNs[id] = timeoutNs;
    x.deadlineNs[id] = nowNs + timeoutNs / POLLS;
    x.pollsLeft[id] = POLLS;
    this.#searcher = id;
    this.waiting++;
    return 'wait';
  }

  #searchAgain(id: number, nowNs: number): void {
    const x = this.#x;
    const worker = this.balancer.search(nowNs, x.key[id]);
    if (worker === NONE && --x.pollsLeft[id] > 0) {
      x.deadlineNs[id] += x.timeoutNs[id] / POLLS;
      return;
    }
    this.balancer.returnTimeout(x.timeoutNs[id]);
    this.#searcher = NONE;
    this.waiting--;
    if (worker === NONE) this.#nobody(id);
    else this.#charge(id, worker, nowNs);
    this.#makeReady(id);
  }

  #nobody(id: number): Step {
    if (this.#x.worker[id] !== NONE) this.#keepCharge(id);
    const x = this.#x;
    x.worker[id] = NONE;
    x.status[id] = 503;
    x.phase[id] = DONE;
    return 'done';
  }

  #charge(id: number, worker: number, nowNs: number): Step {
    if (this.#x.worker[id] !== NONE) this.#keepCharge(id);
    const x = this.#x;
    x.worker[id] = worker;
    x.tries[id]++;
    x.fresh[id] = 0;
    x.pickedNs[id] = nowNs;
    if (this.balancer.routeChanged) x.routeChanged[id] = 1;
    return this.#takeSlot(id, worker, nowNs);
  }

  /** Lists the last try's worker, before another takes its place. Most requests never get here. */
  #keepCharge(id: number): void {
    if (this.#freeCharge === NONE) this.#grow();
    const x = this.#x;
    const { charged, before } = this.#charges;
    const entry = this.#freeCharge;
    this.#freeCharge = before[entry];
    charged[entry] = x.worker[id];
    before[entry] = x.charge[id];
    x.charge[id] = entry;
  }

  #takeSlot(id: number, worker: number, nowNs: number): Step {
    const x = this.#x;
    const max = this.balancer.workers.max[worker];
    if (max === 0 || this.#slots.inUse[worker] < max) {
      this.#slots.inUse[worker]++;
      x.phase[id] = DISPATCHED;
      return 'dispatch';
    }
    const acquireNs = this.balancer.workers.acquireNs[worker];
    x.phase[id] = WAITS_FOR_SLOT;
    x.deadlineNs[id] = acquireNs < 0 ? Number.POSITIVE_INFINITY : nowNs + acquireNs;
    x.next[id] = NONE;
    const { head, tail } = this.#slots;
    if (tail[worker] === NONE) head[worker] = id;
    else x.next[tail[worker]] = id;
    tail[worker] = id;
    this.#slots.waiting[worker]++;
    this.waiting++;
    return 'wait';
  }

  /** Gives the slot to the one who waits longest. httpd leaves the order to the system. */
  #freeSlot(worker: number): void {
    if (this.#slots.head[worker] === NONE) {
      this.#slots.inUse[worker]--;
      return;
    }
    const id = this.#nextForSlot(worker);
    this.#x.phase[id] = DISPATCHED;
    this.#makeReady(id);
  }

  #nextForSlot(worker: number): number {
    const { head, tail } = this.#slots;
    const id = head[worker];
    head[worker] = this.#x.next[id];
    if (head[worker] === NONE) tail[worker] = NONE;
    this.#slots.waiting[worker]--;
    this.waiting--;
    return id;
  }

  /** On a kept-alive client connection an early close means something else (spec: httpd 5.1, E40). */
  #atOnceOrLater(id: number): Outcome {
    if (!this.#x.keptAlive[id]) return outcomes.closedEarly;
    return this.#x.fresh[id] ? outcomes.closedEarlyFresh : outcomes.closedEarlyReused;
  }

  /** What an outcome does to the worker; then another try, or the end with the post-request checks. */
  #conclude(id: number, outcome: Outcome, backendStatus: number, nowNs: number): Step {
    const x = this.#x;
    const { balancer } = this;
    const worker = x.worker[id];
    const status = outcome.status || backendStatus;
    balancer.complete(worker, status < 500, nowNs - x.pickedNs[id], nowNs);
    if (outcome.marksError) balancer.fail(worker, nowNs);
    if (outcome.failsOver && !usable(balancer.workers, worker)) {
      const again = x.charge[id] !== NONE; // the first retry granted stays on its account
      if (x.tries[id] <= balancer.maxattempts && balancer.takeRetry(again)) {
        return this.#attempt(id, nowNs);
      }
    }
    const timedOut = outcome.timedOut && balancer.views.failontimeout[0] === 1;
    if (timedOut || balancer.failsOn(status)) balancer.fail(worker, nowNs);
    x.status[id] = outcome.drops ? 0 : status;
    x.phase[id] = DONE;
    return 'done';
  }

  #makeReady(id: number): void {
    const { nextReady } = this.#x;
    if (nextReady[id] !== UNLISTED) return; // it became ready twice before anybody polled
    nextReady[id] = NONE;
    if (this.#readyTail === NONE) this.#readyHead = id;
    else nextReady[this.#readyTail] = id;
    this.#readyTail = id;
  }

  /** Doubles the rows. Only memory moves; ids stay. */
  #grow(): void {
    const capacity = this.capacity * 2;
    const tables = exchangeTables(capacity);
    const memory = new ArrayBuffer(bytesOf(tables));
    const [x, charges] = viewsOver(memory, tables);
    copyColumns(this.#x, x);
    copyColumns(this.#charges, charges);
    const old = this.capacity;
    this.memory = memory;
    this.capacity = capacity;
    this.#x = x;
    this.#charges = charges;
    for (let id = old; id < capacity; id++) this.#routes.push(null);
    this.#freeRows(old);
    this.#freeCharges(old);
  }

  #freeRows(from: number): void {
    this.#x.nextReady.fill(UNLISTED, from);
    for (let id = this.capacity - 1; id >= from; id--) {
      this.#x.next[id] = this.#free;
      this.#free = id;
    }
  }

  #freeCharges(from: number): void {
    const { before } = this.#charges;
    for (let entry = before.length - 1; entry >= from; entry--) {
      before[entry] = this.#freeCharge;
      this.#freeCharge = entry;
    }
  }
}

/** Most requests make one try or two: as many charges as exchanges, and growing where that is too few. */
function exchangeTables(capacity: number) {
  return [
    { columns: exchangeColumns, rows: capacity },
    { columns: chargeColumns, rows: capacity },
  ] as const;
}

function copyColumns<C extends Columns>(from: Views<C>, to: Views<C>): void {
  for (const name of Object.keys(from)) to[name].set(from[name]);
}
