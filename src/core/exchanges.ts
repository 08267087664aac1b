/**
 * Proxied requests from arrival to answer: picks, failover, waiting for a connection or for a usable
 * worker, and what each outcome does (spec: httpd 2.3, 2.5, 5). The loop is data, so that a driver in
 * virtual time and a driver on sockets cannot disagree about it.
 *
 * A driver opens an exchange, begins it, and does what the step says:
 *
 *   `dispatch`  use `exchange.worker`: connect if no connection is idle (then `connected`), send, receive, `settle`
 *   `send`      only from `connected`: go on with the connection
 *   `wait`      nothing; the exchange comes back through `poll`, at the latest after `advance(deadlineNs())`
 *   `done`      answer the client with `exchange.status`; when the client has it, `close`
 *
 * After every call that may free something (`settle`, `close`, `advance`), `poll` until it returns null.
 * Exchanges belong to one thread and grow with its load; the balancer they drive may be shared.
 */
import type { Balancer } from './balancer.ts';
import { ConnectionSlots } from './connection-slots.ts';
import type { Charge, Exchange, Step } from './exchange.ts';
import * as known from './exchange.ts';
import type { Outcome } from './outcomes.ts';
import * as kinds from './outcomes.ts';
import * as state from './state.ts';
import * as sticky from './stickysession.ts';

// V8 reads an imported binding from its cell, with checks, at each use; a local constant it folds into the code.
const { DISPATCHED, DONE, FREE, OPEN, WAITS_FOR_SLOT, WAITS_FOR_WORKER } = known;
const { outcomes } = kinds;
const { NONE, usable } = state;
const { NO_ROUTE } = sticky;
const assert: typeof state.assert = state.assert;

/** httpd sleeps a hundredth of the balancer's timeout between searches. */
const POLLS = 100;

/** `E`: the driver's own kind of exchanges. */
export class Exchanges<E extends Exchange = Exchange> {
  readonly balancer: Balancer;
  /** All there are, open or not; drivers only read it. */
  readonly all: E[] = [];
  /** Exchanges that wait for a slot or a worker. */
  waiting = 0;

  private readonly make: (row: number) => E;
  private readonly first: number;
  private readonly slots: readonly ConnectionSlots[];
  /** Of the balancer's workers: here, since every request reads it. */
  private readonly max: Int32Array;
  private free: Exchange | null = null;
  private freeCharge: Charge | null = null;
  private readyHead: Exchange | null = null;
  private readyTail: Exchange | null = null;
  /** The one exchange that waits for a usable worker: while it waits, nobody else may. */
  private searcher: Exchange | null = null;

  /** `first`: how many are made at first. `make`: makes one to be pooled, the `row`-th; by default its `id` is `row`. */
  constructor(
    balancer: Balancer,
    first = 256,
    make: (row: number) => E = (row) => new known.Exchange(row) as E,
  ) {
    this.balancer = balancer;
    this.make = make;
    this.first = first;
    this.max = balancer.workers.max;
    this.slots = Array.from(balancer.workers.busy, () => new ConnectionSlots());
  }

  /** Most exchanges that were ever open at once, to the next doubling. */
  get capacity(): number {
    return this.all.length;
  }

  /** All that is known, as text: equal texts, equal futures. */
  snapshot(): string {
    const idOf = (other: Exchange | null) => other?.id ?? NONE;
    const rows = this.all.map(({ next, nextReady, ...known }) => {
      return { ...known, next: idOf(next), nextReady: idOf(nextReady) };
    });
    const slots = this.slots.map(({ inUse, waiting, head }) => [inUse, waiting, idOf(head)]);
    return JSON.stringify([rows, slots, idOf(this.free), idOf(this.readyHead)]);
  }

  /**
   * Takes up a request. `route` is the text its sticky session carries (`requestRoute`), null without one;
   * `keptAlive`: the client's connection carried a request before.
   */
  open(route: string | null, keptAlive = false): E {
    const exchange = this.free ?? this.#grow();
    this.free = exchange.next;
    exchange.phase = OPEN;
    exchange.worker = NONE;
    exchange.status = 0;
    exchange.tries = 0;
    exchange.keptAlive = keptAlive;
    exchange.routeChanged = false;
    if (route !== null) exchange.route = route; // null since it was closed
    return exchange as E;
  }

  /** The first pick. `key`: the one that `balancer.keyKind` asks for. */
  begin(exchange: Exchange, nowNs: number, key = 0): Step {
    assert(exchange.phase === OPEN, 'begin needs an open exchange');
    exchange.key = key | 0;
    return this.#attempt(exchange, nowNs);
  }

  /** A new connection for this try is open. The worker may have become unusable while it was opened. */
  connected(exchange: Exchange, nowNs: number): Step {
    const { balancer } = this;
    const { worker } = exchange;
    if (!usable(balancer.workers, worker) && !balancer.modifiers?.tolerates(worker)) {
      return this.settle(exchange, outcomes.becameUnusable, 0, nowNs);
    }
    exchange.fresh = true;
    balancer.connected(worker);
    return 'send';
  }

  /** `bytes` of the request were handed to the backend connection. */
  sent({ worker }: Exchange, bytes: number): void {
    this.balancer.sent(worker, bytes);
  }

  /** `bytes` of the response (status line without line ending, body) arrived. */
  received({ worker }: Exchange, bytes: number): void {
    this.balancer.received(worker, bytes);
  }

  /**
   * The try ended: the response is read completely, or an outcome without one. `status` is the backend's,
   * used when the outcome has none of its own. Frees the connection slot.
   */
  settle(exchange: Exchange, outcome: Outcome, status: number, nowNs: number): Step {
    assert(exchange.phase === DISPATCHED, 'settle needs a dispatched exchange');
    this.#freeSlot(this.slots[exchange.worker]);
    const meant = outcome === outcomes.closedEarly ? exchange.closedEarly : outcome;
    return this.#conclude(exchange, meant, status, nowNs);
  }

  /** The client has its answer: gives back every `busy` and the exchange. */
  close(exchange: Exchange): void {
    const { phase, worker } = exchange;
    assert(phase === DONE || phase === OPEN, 'close needs a finished exchange');
    if (worker !== NONE) this.balancer.release(worker);
    if (exchange.charge !== null) this.#releaseEarlier(exchange);
    if (exchange.route !== null) exchange.route = null;
    exchange.phase = FREE;
    exchange.next = this.free;
    this.free = exchange;
  }

  #releaseEarlier(exchange: Exchange): void {
    let tries = 0;
    for (let charge = exchange.charge; charge !== null; tries++) {
      const { before } = charge;
      this.balancer.release(charge.worker);
      charge.before = this.freeCharge;
      this.freeCharge = charge;
      charge = before;
    }
    exchange.charge = null;
    this.balancer.endRetries(tries);
  }

  /** When `advance` is next wanted; Infinity when never. O(workers) while something waits, else O(1). */
  deadlineNs(): number {
    if (this.waiting === 0) return Number.POSITIVE_INFINITY;
    let earliest = this.searcher?.deadlineNs ?? Number.POSITIVE_INFINITY;
    for (let worker = 0; worker < this.balancer.views.workers[0]; worker++) {
      const { head } = this.slots[worker];
      if (head !== null && head.deadlineNs < earliest) earliest = head.deadlineNs;
    }
    return earliest;
  }

  /** Ends the waits that are over. Early or repeated calls do nothing. */
  advance(nowNs: number): void {
    if (this.waiting === 0) return;
    while (this.searcher !== null && this.searcher.deadlineNs <= nowNs) {
      this.#searchAgain(this.searcher, nowNs);
    }
    for (let worker = 0; worker < this.balancer.views.workers[0]; worker++) {
      const slots = this.slots[worker];
      for (let head = slots.head; head !== null && head.deadlineNs <= nowNs; head = slots.head) {
        this.#endWait(slots);
        this.#conclude(head, outcomes.acquireExpired, 0, nowNs);
        this.#makeReady(head);
      }
    }
  }

  get hasReady(): boolean {
    return this.readyHead !== null;
  }

  /** An exchange whose wait ended, or null. Its `step` tells what is next: perhaps to wait elsewhere. */
  poll(): E | null {
    const exchange = this.readyHead;
    if (exchange === null) return null;
    this.readyHead = exchange.nextReady;
    exchange.ready = false;
    exchange.nextReady = null;
    if (this.readyHead === null) this.readyTail = null;
    return exchange as E;
  }

  /** The balancer's timeout, also while somebody waits for a worker, when it is 0 for everybody else. */
  get timeoutNs(): number {
    return this.searcher === null ? this.balancer.views.timeoutNs[0] : this.searcher.timeoutNs;
  }

  /** Requests that wait for a connection slot of `worker`. */
  waitingFor(worker: number): number {
    return this.slots[worker].waiting;
  }

  /** One try: a pick, its charge, and a connection slot. */
  #attempt(exchange: Exchange, nowNs: number): Step {
    const { balancer } = this;
    const routeId = exchange.route === null ? NO_ROUTE : balancer.routeId(exchange.route);
    const worker = balancer.pick(routeId, nowNs, exchange.key >>> 0);
    if (worker !== NONE) return this.#charge(exchange, worker, nowNs);
    const timeoutNs = balancer.via === 'nobody' ? balancer.takeTimeout() : 0;
    if (timeoutNs <= 0) return this.#nobody(exchange);
    exchange.phase = WAITS_FOR_WORKER;
    exchange.timeoutNs = timeoutNs;
    exchange.deadlineNs = nowNs + timeoutNs / POLLS;
    exchange.pollsLeft = POLLS;
    this.searcher = exchange;
    this.waiting++;
    return 'wait';
  }

  #searchAgain(exchange: Exchange, nowNs: number): void {
    const { timeoutNs } = exchange;
    const worker = this.balancer.search(nowNs, exchange.key >>> 0);
    if (worker === NONE && --exchange.pollsLeft > 0) {
      exchange.deadlineNs += timeoutNs / POLLS;
      return;
    }
    this.balancer.returnTimeout(timeoutNs);
    this.searcher = null;
    this.waiting--;
    if (worker === NONE) this.#nobody(exchange);
    else this.#charge(exchange, worker, nowNs);
    this.#makeReady(exchange);
  }

  #nobody(exchange: Exchange): Step {
    if (exchange.worker !== NONE) this.#keepCharge(exchange);
    exchange.worker = NONE;
    exchange.status = 503;
    exchange.phase = DONE;
    return 'done';
  }

  #charge(exchange: Exchange, worker: number, nowNs: number): Step {
    if (exchange.worker !== NONE) this.#keepCharge(exchange);
    exchange.worker = worker;
    exchange.tries++;
    exchange.fresh = false;
    exchange.pickedNs = nowNs;
    if (this.balancer.routeChanged) exchange.routeChanged = true;
    return this.#takeSlot(exchange, this.slots[worker], nowNs);
  }

  /** Lists the last try's worker, before another takes its place. Most requests never get here. */
  #keepCharge(exchange: Exchange): void {
    const charge = this.freeCharge ?? { worker: NONE, before: null };
    this.freeCharge = charge.before;
    charge.worker = exchange.worker;
    charge.before = exchange.charge;
    exchange.charge = charge;
  }

  #takeSlot(exchange: Exchange, slots: ConnectionSlots, nowNs: number): Step {
    const max = this.max[exchange.worker];
    if (max === 0 || slots.inUse < max) {
      slots.inUse++;
      exchange.phase = DISPATCHED;
      return 'dispatch';
    }
    const acquireNs = this.balancer.workers.acquireNs[exchange.worker];
    exchange.phase = WAITS_FOR_SLOT;
    exchange.deadlineNs = acquireNs < 0 ? Number.POSITIVE_INFINITY : nowNs + acquireNs;
    slots.join(exchange);
    this.waiting++;
    return 'wait';
  }

  /** Gives the slot to the one who waits longest. httpd leaves the order to the system. */
  #freeSlot(slots: ConnectionSlots): void {
    const { head } = slots;
    if (head === null) {
      slots.inUse--;
      return;
    }
    this.#endWait(slots);
    head.phase = DISPATCHED;
    this.#makeReady(head);
  }

  #endWait(slots: ConnectionSlots): void {
    slots.shift();
    this.waiting--;
  }

  /** What an outcome does to the worker; then another try, or the end with the post-request checks. */
  #conclude(exchange: Exchange, outcome: Outcome, backendStatus: number, nowNs: number): Step {
    const { balancer } = this;
    const { worker } = exchange;
    const status = outcome.status || backendStatus;
    balancer.complete(worker, status < 500, nowNs - exchange.pickedNs, nowNs);
    if (outcome.marksError) balancer.fail(worker, nowNs);
    if (outcome.failsOver && !usable(balancer.workers, worker)) {
      const again = exchange.charge !== null; // the first retry granted stays on its account
      if (exchange.tries <= balancer.maxattempts && balancer.takeRetry(again)) {
        return this.#attempt(exchange, nowNs);
      }
    }
    const timedOut = outcome.timedOut && balancer.views.failontimeout[0] === 1;
    if (timedOut || balancer.failsOn(status)) balancer.fail(worker, nowNs);
    exchange.status = outcome.drops ? 0 : status;
    exchange.phase = DONE;
    return 'done';
  }

  #makeReady(exchange: Exchange): void {
    if (exchange.ready) return; // it became ready twice before anybody polled
    exchange.ready = true;
    if (this.readyTail === null) this.readyHead = exchange;
    else this.readyTail.nextReady = exchange;
    this.readyTail = exchange;
  }

  /** Makes as many again as there are, the first of them first in the list, and returns that one. */
  #grow(): Exchange {
    const from = this.all.length;
    const count = from === 0 ? this.first : from;
    for (let row = from; row < from + count; row++) this.all.push(this.make(row));
    for (let row = from + count - 1; row >= from; row--) {
      this.all[row].next = this.free;
      this.free = this.all[row];
    }
    return this.all[from];
  }
}
