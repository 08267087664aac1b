/**
 * What each thread's open requests hold of a balancer: charges (`busy`), tries without an end, retries, the timeout
 * that a waiting request took. When a thread dies, this is what it cannot give back by itself.
 */
import { bytesOf, type Columns, type Views, viewsOver } from '../../core/columns.ts';
import { NONE } from '../../core/index.ts';
import { calls } from './calls.ts';

/** One row per thread and worker. */
const heldColumns = {
  charged: 'i32',
  /** Tries that have not ended, and the sum of the times at which they began. */
  trying: 'i32',
  begunNs: 'f64',
} as const satisfies Columns;

/** One row per thread. */
const threadColumns = { retrying: 'i32', failedTries: 'i32', timeoutNs: 'f64' } as const;

/** One row: time as all threads have it. */
const clockColumns = { lastNs: 'f64' } as const;

function tables(threads: number, workers: number) {
  return [
    { columns: clockColumns, rows: 1 },
    { columns: threadColumns, rows: threads },
    { columns: heldColumns, rows: threads * workers },
  ] as const;
}

export function ledgerBytes(threads: number, workers: number): number {
  return bytesOf(tables(threads, workers));
}

export class Ledger {
  readonly #workers: number;
  readonly #clock: Views<typeof clockColumns>;
  readonly #threads: Views<typeof threadColumns>;
  readonly #held: Views<typeof heldColumns>;

  constructor(memory: SharedArrayBuffer, threads: number, workers: number) {
    this.#workers = workers;
    [this.#clock, this.#threads, this.#held] = viewsOver(memory, tables(threads, workers));
  }

  /** `nowNs`, or the time of the call before if that was later: threads come in another order than their times. */
  inOrder(nowNs: number): number {
    return Math.max(nowNs, this.#clock.lastNs[0]!);
  }

  /** Books the call that is written at `at` and returned `result`. */
  book(written: Float64Array, at: number, result: number): void {
    const thread = written[at + 1]!;
    this.#clock.lastNs[0] = written[at + 2]!;
    const { retrying, failedTries, timeoutNs } = this.#threads;
    const a = written[at + 3]!;
    switch (written[at]) {
      case calls.pick:
      case calls.search:
        if (result !== NONE) this.#begin(thread, result, written[at + 2]!);
        break;
      case calls.complete:
        this.#end(thread, a, written[at + 2]! - written[at + 5]!);
        break;
      case calls.release:
        this.#held.charged[this.#row(thread, a)]!--;
        break;
      case calls.takeTimeout:
        if (result > 0) timeoutNs[thread] = result;
        break;
      case calls.returnTimeout:
        timeoutNs[thread] = 0;
        break;
      case calls.takeRetry:
        if (result === 0) break;
        if (a === 0) retrying[thread]!++;
        failedTries[thread]!++;
        break;
      case calls.endRetries:
        retrying[thread]!--;
        failedTries[thread]! -= a;
    }
  }

  /** Requests' charges on `worker`. */
  charged(thread: number, worker: number): number {
    return this.#held.charged[this.#row(thread, worker)]!;
  }

  /** Charges of all threads on all workers. */
  get charges(): number {
    return this.#held.charged.reduce((sum, one) => sum + one, 0);
  }

  trying(thread: number, worker: number): number {
    return this.#held.trying[this.#row(thread, worker)]!;
  }

  /** How long ago the tries on `worker` began, on average. */
  ageNs(thread: number, worker: number, nowNs: number): number {
    const row = this.#row(thread, worker);
    return Math.max(0, nowNs - this.#held.begunNs[row]! / this.#held.trying[row]!);
  }

  retrying(thread: number): number {
    return this.#threads.retrying[thread]!;
  }

  failedTries(thread: number): number {
    return this.#threads.failedTries[thread]!;
  }

  /** The balancer's timeout, while a request of `thread` waits; else 0. */
  timeoutNs(thread: number): number {
    return this.#threads.timeoutNs[thread]!;
  }

  /** The balancer's timeout while a request of any thread waits; else 0. */
  get takenNs(): number {
    return Math.max(...this.#threads.timeoutNs);
  }

  #begin(thread: number, worker: number, nowNs: number): void {
    const row = this.#row(thread, worker);
    this.#held.charged[row]!++;
    this.#held.trying[row]!++;
    this.#held.begunNs[row]! += nowNs;
  }

  #end(thread: number, worker: number, begunNs: number): void {
    const row = this.#row(thread, worker);
    const { trying, begunNs: sums } = this.#held;
    trying[row]!--;
    sums[row] = trying[row] === 0 ? 0 : sums[row]! - begunNs;
  }

  #row(thread: number, worker: number): number {
    return thread * this.#workers + worker;
  }
}
