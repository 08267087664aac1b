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
import type { Outcome } from './outcomes.ts';
import * as kinds from './outcomes.ts';
import * as state from './state.ts';
import * as sticky from './stickysession.ts';

// V8 reads an imported binding from its cell, with checks, at each use; a local constant it folds into the code.
const { outcomes } = kinds;
const { NONE, usable } = state;
const { NO_ROUTE } = sticky;
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

/** V8 gives a field the kind of number it first holds: NaN makes it a double before the first large one comes. */
const DOUBLE = Number.NaN;

/** What is known of one exchange. Rows are pooled objects: V8 reads a field of one faster than an entry of a column. */
class Row {
  phase = FREE;
  /** The text that its sticky session carries, or null. */
  route: string | null = null;
  /** Worker of the last try; NONE when the last pick found nobody. */
  worker = NONE;
  status = 0;
  /** Tries so far, failed picks not counted. */
  tries = 0;
  /** What hash methods map to a worker: 32 bits, signed. */
  key = 0;
  /** Not the first request of its client connection. */
  keptAlive = false;
  /** The try's backend connection was opened for it. */
  fresh = false;
  routeChanged = false;
  pickedNs = DOUBLE;
  /** End of waiting for a slot, or the next search for a worker. */
  deadlineNs = DOUBLE;
  /** The balancer's timeout, kept while it is 0 for everybody else. */
  timeoutNs = DOUBLE;
  pollsLeft = 0;
  /** Next in the list of free rows, or of those that wait for a slot. */
  next = NONE;
  /** Next in the list that `poll` empties. */
  nextReady = UNLISTED;
  /** Newest entry of the list of workers charged by earlier tries; the last try's is `worker`. */
  charge = NONE;
}

/** A worker whose `busy` a request holds from an earlier try: one entry per try that another one followed. */
class Charge {
  worker = NONE;
  /** Of the try before, or next of the free ones. */
  before = NONE;
}

/** Connection slots of a worker, and who waits for one. */
class Slots {
  inUse = 0;
  head = NONE;
  tail = NONE;
  waiting = 0;
}

export class Exchanges {
  readonly balancer: Balancer;
  /** Exchanges that wait for a slot or a worker. */
  waiting = 0;

  private readonly rows: Row[] = [];
  private readonly charges: Charge[] = [];
  private readonly slots: readonly Slots[];
  /** Of the balancer's workers: here, since every request reads it. */
  private readonly max: Int32Array;
  private free = NONE;
  private freeCharge = NONE;
  private readyHead = NONE;
  private readyTail = NONE;
  /** The one exchange that waits for a usable worker: while it waits, nobody else may. */
  private searcher = NONE;

  constructor(balancer: Balancer, capacity = 256) {
    this.balancer = balancer;
    this.max = balancer.workers.max;
    this.slots = Array.from(balancer.workers.busy, () => new Slots());
    this.#grow(capacity);
  }

  /** Most exchanges that were ever open at once, to the next doubling. */
  get capacity(): number {
    return this.rows.length;
  }

  /** All that is known, as text: equal texts, equal futures. */
  snapshot(): string {
    return JSON.stringify([this.rows, this.charges, this.slots]);
  }

  /**
   * Takes up a request. `route` is the text its sticky session carries (`requestRoute`), null without one;
   * `keptAlive`: the client's connection carried a request before.
   */
  open(route: string | null, keptAlive = false): number {
    if (this.free === NONE) this.#grow(this.rows.length);
    const id = this.free;
    const row = this.rows[id];
    this.free = row.next;
    row.phase = OPEN;
    row.worker = NONE;
    row.status = 0;
    row.tries = 0;
    row.keptAlive = keptAlive;
    row.routeChanged = false;
    row.charge = NONE;
    if (route !== null) row.route = route; // null since it was closed
    return id;
  }

  /** The first pick. `key`: the one that `balancer.keyKind` asks for. */
  begin(id: number, nowNs: number, key = 0): Step {
    const row = this.rows[id];
    assert(row.phase === OPEN, 'begin needs an open exchange');
    row.key = key | 0;
    return this.#attempt(id, row, nowNs);
  }

  /** The worker of the last try; NONE when nobody could be picked. */
  worker(id: number): number {
    return this.rows[id].worker;
  }

  /** Status for the client, after `done`; 0: close its connection without an answer. */
  status(id: number): number {
    return this.rows[id].status;
  }

  tries(id: number): number {
    return this.rows[id].tries;
  }

  /** httpd's route-changed mark: a sticky client must be told its new route. */
  routeChanged(id: number): boolean {
    return this.rows[id].routeChanged;
  }

  /** A new connection for this try is open. The worker may have become unusable while it was opened. */
  connected(id: number, nowNs: number): Step {
    const { workers, modifiers } = this.balancer;
    const row = this.rows[id];
    if (!usable(workers, row.worker) && !modifiers?.tolerates(row.worker)) {
      return this.settle(id, outcomes.becameUnusable, 0, nowNs);
    }
    row.fresh = true;
    this.balancer.connected(row.worker);
    return 'send';
  }

  /** `bytes` of the request were handed to the backend connection. */
  sent(id: number, bytes: number): void {
    this.balancer.sent(this.rows[id].worker, bytes);
  }

  /** `bytes` of the response (status line without line ending, body) arrived. */
  received(id: number, bytes: number): void {
    this.balancer.received(this.rows[id].worker, bytes);
  }

  /**
   * The try ended: the response is read completely, or an outcome without one. `status` is the backend's,
   * used when the outcome has none of its own. Frees the connection slot.
   */
  settle(id: number, outcome: Outcome, status: number, nowNs: number): Step {
    const row = this.rows[id];
    assert(row.phase === DISPATCHED, 'settle needs a dispatched exchange');
    this.#freeSlot(this.slots[row.worker]);
    const meant = outcome === outcomes.closedEarly ? atOnceOrLater(row) : outcome;
    return this.#conclude(id, row, meant, status, nowNs);
  }

  /** The client has its answer: gives back every `busy` and the row. */
  close(id: number): void {
    const row = this.rows[id];
    assert(row.phase === DONE || row.phase === OPEN, 'close needs a finished exchange');
    if (row.worker !== NONE) this.balancer.release(row.worker);
    if (row.charge !== NONE) this.#releaseEarlier(row);
    if (row.route !== null) row.route = null;
    row.phase = FREE;
    row.next = this.free;
    this.free = id;
  }

  #releaseEarlier(row: Row): void {
    let tries = 0;
    for (let entry = row.charge; entry !== NONE; tries++) {
      const charge = this.charges[entry];
      const next = charge.before;
      this.balancer.release(charge.worker);
      charge.before = this.freeCharge;
      this.freeCharge = entry;
      entry = next;
    }
    this.balancer.endRetries(tries);
  }

  /** When `advance` is next wanted; Infinity when never. O(workers) while something waits, else O(1). */
  deadlineNs(): number {
    if (this.waiting === 0) return Number.POSITIVE_INFINITY;
    const rows = this.rows;
    let earliest = Number.POSITIVE_INFINITY;
    if (this.searcher !== NONE) earliest = rows[this.searcher].deadlineNs;
    for (let worker = 0; worker < this.balancer.views.workers[0]; worker++) {
      const { head } = this.slots[worker];
      if (head !== NONE && rows[head].deadlineNs < earliest) earliest = rows[head].deadlineNs;
    }
    return earliest;
  }

  /** Ends the waits that are over. Early or repeated calls do nothing. */
  advance(nowNs: number): void {
    if (this.waiting === 0) return;
    const rows = this.rows;
    while (this.searcher !== NONE && rows[this.searcher].deadlineNs <= nowNs) {
      this.#searchAgain(this.searcher, nowNs);
    }
    for (let worker = 0; worker < this.balancer.views.workers[0]; worker++) {
      const slots = this.slots[worker];
      while (slots.head !== NONE && rows[slots.head].deadlineNs <= nowNs) {
        const id = this.#nextForSlot(slots);
        this.#conclude(id, rows[id], outcomes.acquireExpired, 0, nowNs);
        this.#makeReady(id);
      }
    }
  }

  get hasReady(): boolean {
    return this.readyHead !== NONE;
  }

  /** An exchange whose wait ended, or NONE. `stepOf(id)` tells what is next: perhaps to wait elsewhere. */
  poll(): number {
    const id = this.readyHead;
    if (id === NONE) return NONE;
    const row = this.rows[id];
    this.readyHead = row.nextReady;
    row.nextReady = UNLISTED;
    if (this.readyHead === NONE) this.readyTail = NONE;
    return id;
  }

  stepOf(id: number): Step {
    const { phase } = this.rows[id];
    if (phase === DISPATCHED) return 'dispatch';
    return phase === DONE ? 'done' : 'wait';
  }

  /** The balancer's timeout, also while somebody waits for a worker, when it is 0 for everybody else. */
  get timeoutNs(): number {
    if (this.searcher === NONE) return this.balancer.views.timeoutNs[0];
    return this.rows[this.searcher].timeoutNs;
  }

  /** Requests that wait for a connection slot of `worker`. */
  waitingFor(worker: number): number {
    return this.slots[worker].waiting;
  }

  /** One try: a pick, its charge, and a connection slot. */
  #attempt(id: number, row: Row, nowNs: number): Step {
    const routeId = row.route === null ? NO_ROUTE : this.balancer.routeId(row.route);
    const worker = this.balancer.pick(routeId, nowNs, row.key >>> 0);
    if (worker !== NONE) return this.#charge(id, row, worker, nowNs);
    const timeoutNs = this.balancer.via === 'nobody' ? this.balancer.takeTimeout() : 0;
    if (timeoutNs <= 0) return this.#nobody(row);
    row.phase = WAITS_FOR_WORKER;
    row.timeoutNs = timeoutNs;
    row.deadlineNs = nowNs + timeoutNs / POLLS;
    row.pollsLeft = POLLS;
    this.searcher = id;
    this.waiting++;
    return 'wait';
  }

  #searchAgain(id: number, nowNs: number): void {
    const row = this.rows[id];
    const worker = this.balancer.search(nowNs, row.key >>> 0);
    if (worker === NONE && --row.pollsLeft > 0) {
      row.deadlineNs += row.timeoutNs / POLLS;
      return;
    }
    this.balancer.returnTimeout(row.timeoutNs);
    this.searcher = NONE;
    this.waiting--;
    if (worker === NONE) this.#nobody(row);
    else this.#charge(id, row, worker, nowNs);
    this.#makeReady(id);
  }

  #nobody(row: Row): Step {
    if (row.worker !== NONE) this.#keepCharge(row);
    row.worker = NONE;
    row.status = 503;
    row.phase = DONE;
    return 'done';
  }

  #charge(id: number, row: Row, worker: number, nowNs: number): Step {
    if (row.worker !== NONE) this.#keepCharge(row);
    row.worker = worker;
    row.tries++;
    row.fresh = false;
    row.pickedNs = nowNs;
    if (this.balancer.routeChanged) row.routeChanged = true;
    return this.#takeSlot(id, row, this.slots[worker], nowNs);
  }

  /** Lists the last try's worker, before another takes its place. Most requests never get here. */
  #keepCharge(row: Row): void {
    if (this.freeCharge === NONE) this.#growCharges();
    const entry = this.freeCharge;
    const charge = this.charges[entry];
    this.freeCharge = charge.before;
    charge.worker = row.worker;
    charge.before = row.charge;
    row.charge = entry;
  }

  #takeSlot(id: number, row: Row, slots: Slots, nowNs: number): Step {
    const max = this.max[row.worker];
    if (max === 0 || slots.inUse < max) {
      slots.inUse++;
      row.phase = DISPATCHED;
      return 'dispatch';
    }
    const acquireNs = this.balancer.workers.acquireNs[row.worker];
    row.phase = WAITS_FOR_SLOT;
    row.deadlineNs = acquireNs < 0 ? Number.POSITIVE_INFINITY : nowNs + acquireNs;
    row.next = NONE;
    if (slots.tail === NONE) slots.head = id;
    else this.rows[slots.tail].next = id;
    slots.tail = id;
    slots.waiting++;
    this.waiting++;
    return 'wait';
  }

  /** Gives the slot to the one who waits longest. httpd leaves the order to the system. */
  #freeSlot(slots: Slots): void {
    if (slots.head === NONE) {
      slots.inUse--;
      return;
    }
    const id = this.#nextForSlot(slots);
    this.rows[id].phase = DISPATCHED;
    this.#makeReady(id);
  }

  #nextForSlot(slots: Slots): number {
    const id = slots.head;
    slots.head = this.rows[id].next;
    if (slots.head === NONE) slots.tail = NONE;
    slots.waiting--;
    this.waiting--;
    return id;
  }

  /** What an outcome does to the worker; then another try, or the end with the post-request checks. */
  #conclude(id: number, row: Row, outcome: Outcome, backendStatus: number, nowNs: number): Step {
    const { balancer } = this;
    const { worker } = row;
    const status = outcome.status || backendStatus;
    balancer.complete(worker, status < 500, nowNs - row.pickedNs, nowNs);
    if (outcome.marksError) balancer.fail(worker, nowNs);
    if (outcome.failsOver && !usable(balancer.workers, worker)) {
      const again = row.charge !== NONE; // the first retry granted stays on its account
      if (row.tries <= balancer.maxattempts && balancer.takeRetry(again)) {
        return this.#attempt(id, row, nowNs);
      }
    }
    const timedOut = outcome.timedOut && balancer.views.failontimeout[0] === 1;
    if (timedOut || balancer.failsOn(status)) balancer.fail(worker, nowNs);
    row.status = outcome.drops ? 0 : status;
    row.phase = DONE;
    return 'done';
  }

  #makeReady(id: number): void {
    const row = this.rows[id];
    if (row.nextReady !== UNLISTED) return; // it became ready twice before anybody polled
    row.nextReady = NONE;
    if (this.readyTail === NONE) this.readyHead = id;
    else this.rows[this.readyTail].nextReady = id;
    this.readyTail = id;
  }

  /** Adds `count` free rows, the first of them first in the list. */
  #grow(count: number): void {
    const from = this.rows.length;
    for (let id = from; id < from + count; id++) {
      this.rows.push(new Row());
    }
    for (let id = from + count - 1; id >= from; id--) {
      this.rows[id].next = this.free;
      this.free = id;
    }
  }

  /** Most requests make one try or two: there are few charges, and more when they are wanted. */
  #growCharges(): void {
    const charge = new Charge();
    charge.before = this.freeCharge;
    this.freeCharge = this.charges.push(charge) - 1;
  }
}

/** On a kept-alive client connection an early close means something else (spec: httpd 5.1, E40). */
function atOnceOrLater({ keptAlive, fresh }: Row): Outcome {
  if (!keptAlive) return outcomes.closedEarly;
  return fresh ? outcomes.closedEarlyFresh : outcomes.closedEarlyReused;
}
