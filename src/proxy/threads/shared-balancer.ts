/**
 * A balancer whose state several threads share, as httpd's processes share theirs. Each thread has one of these over
 * the same memory. Every call that changes something happens under the lock, is written down, and is booked to the
 * thread that made it; so a thread may die anywhere, in the midst of a call too.
 */
import {
  Balancer,
  type BalancerChange,
  type BalancerConfig,
  type StickySession,
  type WorkerChange,
  type WorkerConfig,
} from '../../core/index.ts';
import { CALL_NUMBERS, calls, perform } from './calls.ts';
import { callsFor, Journal, journalBytes } from './journal.ts';
import { Ledger, ledgerBytes } from './ledger.ts';
import { SharedLock } from './lock.ts';

/** What the threads share of one balancer. */
export interface SharedMemory {
  readonly balancer: SharedArrayBuffer;
  readonly ledger: SharedArrayBuffer;
  readonly journal: SharedArrayBuffer;
  /** How many may share it. */
  readonly threads: number;
}

/**
 * Memory that threads can share, with the state of `balancer`. `journalled`: calls that the journal keeps at least;
 * default: as many as make checkpoints cheap. `take` gives memory of zeros, of so many bytes or more.
 */
export function sharedMemory(
  balancer: Balancer,
  threads: number,
  journalled?: number,
  take = (bytes: number) => new SharedArrayBuffer(bytes),
): SharedMemory {
  const { memory, workers } = balancer;
  const state = take(memory.byteLength);
  new Uint8Array(state).set(new Uint8Array(memory));
  const ledger = take(ledgerBytes(threads, workers.busy.length));
  const bytes = state.byteLength + ledger.byteLength;
  const journal = take(journalBytes(bytes, journalled ?? callsFor(bytes)));
  new Ledger(ledger, threads, workers.busy.length); // gives it its header
  new Journal(journal, [state, ledger]).checkpoint();
  return { balancer: state, ledger, journal, threads };
}

export class SharedBalancer extends Balancer {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly #lock: SharedLock;
  readonly #thread: number;
  readonly #patienceMs: number;
  /** This thread is inside a call, and has the lock. */
  #inside = false;
  #isLeft = false;

  /**
   * `thread`: the row of the ledger that is this thread's own. `patienceMs`: whoever frees the locks of dead threads
   * must not wait for one of them for ever.
   */
  constructor(
    config: BalancerConfig,
    memory: SharedMemory,
    thread: number,
    patienceMs = Number.POSITIVE_INFINITY,
  ) {
    super(config, memory.balancer);
    this.ledger = new Ledger(memory.ledger, memory.threads, this.workers.busy.length);
    this.journal = new Journal(memory.journal, [memory.balancer, memory.ledger]);
    this.#lock = new SharedLock(this.journal.lockWord, thread + 1);
    this.#thread = thread;
    this.#patienceMs = patienceMs;
  }

  override pick(routeId: number, nowNs: number, key = 0): number {
    if (this.#inside) return super.pick(routeId, nowNs, key);
    return this.#call(calls.pick, nowNs, routeId, key);
  }

  override search(nowNs: number, key = 0): number {
    return this.#inside ? super.search(nowNs, key) : this.#call(calls.search, nowNs, key);
  }

  override complete(worker: number, ok: boolean, latencyNs: number, nowNs: number): void {
    if (this.#inside) super.complete(worker, ok, latencyNs, nowNs);
    else this.#call(calls.complete, nowNs, worker, ok ? 1 : 0, latencyNs);
  }

  override release(worker: number): void {
    if (this.#inside) super.release(worker);
    else this.#call(calls.release, 0, worker);
  }

  override connected(worker: number): void {
    if (this.#inside) super.connected(worker);
    else this.#call(calls.connected, 0, worker);
  }

  override fail(worker: number, nowNs: number): void {
    if (this.#inside) super.fail(worker, nowNs);
    else this.#call(calls.fail, nowNs, worker);
  }

  override sent(worker: number, bytes: number): void {
    if (this.#inside) super.sent(worker, bytes);
    else this.#call(calls.sent, 0, worker, bytes);
  }

  override received(worker: number, bytes: number): void {
    if (this.#inside) super.received(worker, bytes);
    else this.#call(calls.received, 0, worker, bytes);
  }

  override takeTimeout(): number {
    return this.#inside ? super.takeTimeout() : this.#call(calls.takeTimeout, 0);
  }

  override returnTimeout(timeoutNs: number): void {
    if (this.#inside) super.returnTimeout(timeoutNs);
    else this.#call(calls.returnTimeout, 0, timeoutNs);
  }

  override takeRetry(again: boolean): boolean {
    if (this.#inside) return super.takeRetry(again);
    return this.#call(calls.takeRetry, 0, again ? 1 : 0) === 1;
  }

  override endRetries(tries: number): void {
    if (this.#inside) super.endRetries(tries);
    else this.#call(calls.endRetries, 0, tries);
  }

  override checked(worker: number, passed: boolean, nowNs: number): void {
    if (this.#inside) super.checked(worker, passed, nowNs);
    else this.#call(calls.checked, nowNs, worker, passed ? 1 : 0);
  }

  override heartbeat(worker: number, ready: number, busy: number, seenNs: number): void {
    if (this.#inside) super.heartbeat(worker, ready, busy, seenNs);
    else this.#call(calls.heartbeat, 0, worker, ready, busy, seenNs);
  }

  override sync(): void {
    if (this.#inside) super.sync();
    else if (this.views.pending[0]) this.#call(calls.sync, 0);
  }

  // Changes that numbers cannot say. They are rare: each ends with a checkpoint.

  override manageWorker(worker: number, change: WorkerChange): void {
    this.exclusively(() => super.manageWorker(worker, change));
  }

  override manage(change: BalancerChange): void {
    this.exclusively(() => super.manage(change));
  }

  override addWorker(config: Omit<WorkerConfig, 'host'> = {}): number {
    return this.exclusively(() => super.addWorker(config));
  }

  /** Does what else is to be done to the state, as a whole or not at all. */
  exclusively<T>(change: () => T): T {
    return this.#locked(() => {
      const result = change();
      this.journal.checkpoint();
      return result;
    });
  }

  /** This thread is done with it; another balancer may get its memory. */
  leave(): void {
    this.#isLeft = true;
  }

  /** Whether `busy` is what the threads' requests have charged, unless a reset cleared it. */
  get balanced(): boolean {
    return this.#locked(() => {
      const busy = this.workers.busy.reduce((sum, one) => sum + one, 0);
      return busy === this.ledger.charges;
    });
  }

  /** The balancer's timeout, also while somebody waits for a worker, when it is 0 for everybody else. */
  get timeoutNs(): number {
    return this.#locked(() => this.views.timeoutNs[0]! || this.ledger.takenNs);
  }

  // Reading texts: somebody may be writing them.

  override routeId(route: string | null): number {
    return route === null || this.#inside || this.knowsRoutes
      ? super.routeId(route)
      : this.#locked(() => super.routeId(route));
  }

  override routeOf(worker: number): string {
    return this.#locked(() => super.routeOf(worker));
  }

  override redirectOf(worker: number): string {
    return this.#locked(() => super.redirectOf(worker));
  }

  override get stickysession(): StickySession | null {
    return this.#locked(() => super.stickysession);
  }

  /** A balancer of this thread alone. */
  override fork(): Balancer {
    return this.#locked(() => super.fork());
  }

  /**
   * Makes good what `dead`, a thread that has ended, left behind: if it died in a call, the call has not happened;
   * what its requests hold is given back, as when their clients go away: nothing is held against a worker.
   */
  bury(dead: number, nowNs: number): void {
    if (this.#lock.seize(dead + 1)) {
      this.#inside = true;
      try {
        this.#redo();
      } finally {
        this.#inside = false;
        this.#lock.release();
      }
    }
    const { ledger } = this;
    for (let worker = 0; worker < this.workers.busy.length; worker++) {
      while (ledger.trying(dead, worker) > 0) {
        const ageNs = ledger.ageNs(dead, worker, nowNs);
        this.#callOf(dead, calls.complete, nowNs, worker, 1, ageNs);
      }
      while (ledger.charged(dead, worker) > 0) this.#callOf(dead, calls.release, 0, worker);
    }
    while (ledger.retrying(dead) > 0) {
      this.#callOf(dead, calls.endRetries, 0, ledger.failedTries(dead));
    }
    const timeoutNs = ledger.timeoutNs(dead);
    if (timeoutNs > 0) this.#callOf(dead, calls.returnTimeout, 0, timeoutNs);
  }

  #call(call: number, nowNs: number, a = 0, b = 0, c = 0, d = 0): number {
    return this.#callOf(this.#thread, call, nowNs, a, b, c, d);
  }

  /** Writes a call of `thread` down, does it, books it. */
  #callOf(thread: number, call: number, nowNs: number, a = 0, b = 0, c = 0, d = 0): number {
    this.#enter();
    try {
      const { journal, ledger } = this;
      const at = journal.write(call, thread, ledger.inOrder(nowNs), a, b, c, d);
      const result = perform(this, journal.calls, at);
      ledger.book(journal.calls, at, result);
      journal.commit();
      return result;
    } catch (error) {
      this.#redo(); // whatever it has done so far is undone
      throw error;
    } finally {
      this.#leave();
    }
  }

  #locked<T>(work: () => T): T {
    if (this.#inside) return work();
    this.#enter();
    try {
      return work();
    } catch (error) {
      this.#redo();
      throw error;
    } finally {
      this.#leave();
    }
  }

  #enter(): void {
    if (this.#isLeft) throw new Error('this balancer is of a configuration that has ended');
    if (!this.#lock.acquire(this.#patienceMs)) {
      throw new Error(`the lock of a balancer stays with thread ${this.#lock.owner - 1}`);
    }
    this.#inside = true;
  }

  #leave(): void {
    this.#inside = false;
    this.#lock.release();
  }

  /** The state from the checkpoint and the calls since. Under the lock. */
  #redo(): void {
    const { journal, ledger } = this;
    const { length } = journal;
    journal.rewind();
    for (let i = 0; i < length; i++) {
      const at = i * CALL_NUMBERS;
      ledger.book(journal.calls, at, perform(this, journal.calls, at));
    }
  }
}
