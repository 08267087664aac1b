/**
 * Keeps requests away from the moment when a retry time ends. The sides see their errors some milliseconds apart;
 * within that, one may rightly retry and another not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer } from '../../../src/core/index.ts';

/** No decision is nearer to the end of a retry time. */
const MARGIN_NS = 0.25e9;

interface Interval {
  readonly fromNs: number;
  readonly toNs: number;
}

export class Margins {
  /** A step ran into the end of a retry time after all: the machine was too slow. */
  doubtful = false;
  readonly #balancer: Balancer;
  /** When each worker's error was set, as exactly as the sides allow; its time by the core tells whether it is new. */
  readonly #errors = new Map<number, Interval & { readonly errorNs: number }>();

  constructor(balancer: Balancer) {
    this.#balancer = balancer;
  }

  /** Waits while a retry time is about to end. */
  async wait(nowNs: () => number): Promise<void> {
    for (let near = this.#near(nowNs()); near !== null; near = this.#near(nowNs())) {
      await sleep((near.toNs - nowNs()) / 1e6 + 1);
    }
  }

  /** A request's picks lay between `fromNs` and `toNs`. */
  passed(fromNs: number, toNs: number): void {
    for (const { fromNs: ends, toNs: ended } of this.#ends()) {
      if (fromNs < ended && toNs > ends) this.doubtful = true;
    }
  }

  /** Looks for errors that the core has set in the step from `fromNs` to `toNs`. */
  note(fromNs: number, toNs: number): void {
    const { errorTimeNs } = this.#balancer.workers;
    for (const [worker, errorNs] of errorTimeNs.entries()) {
      if (errorNs < 0) this.#errors.delete(worker);
      else if (this.#errors.get(worker)?.errorNs !== errorNs) {
        this.#errors.set(worker, { errorNs, fromNs, toNs });
      }
    }
  }

  #near(nowNs: number): Interval | null {
    for (const { fromNs, toNs } of this.#ends()) {
      const near = { fromNs: fromNs - MARGIN_NS, toNs: toNs + MARGIN_NS };
      if (nowNs > near.fromNs && nowNs < near.toNs) return near;
    }
    return null;
  }

  /** When the retry times of the workers in error end. */
  #ends(): Interval[] {
    const { retryNs } = this.#balancer.workers;
    return [...this.#errors].map(([worker, { fromNs, toNs }]) => ({
      fromNs: fromNs + retryNs[worker],
      toNs: toNs + retryNs[worker],
    }));
  }
}
