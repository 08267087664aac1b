/** Whether and when the clients of a class try again. */
import type { RetrySpec } from '../src/scenario/scenario.ts';
import { counterUniform } from './counter-uniform.ts';
import type { Uniform } from './streams.ts';

/** Purpose of the draws. */
const JITTER = 0;

export class Retries {
  private readonly spec: RetrySpec;
  /** Word of the class's stream under which the draws are made. */
  private readonly key: number;
  /** Retries that can be paid for. */
  private saved: number;

  constructor(spec: RetrySpec, uniform: Uniform) {
    this.spec = spec;
    this.key = uniform() * 4294967296;
    this.saved = spec.budget?.burst ?? Number.POSITIVE_INFINITY;
  }

  /** A new request pays its part. */
  earn(): void {
    const { budget } = this.spec;
    if (budget !== null) this.saved = Math.min(this.saved + budget.ratio, budget.burst);
  }

  /** Takes the price of a retry; false, and nothing is taken, when there is not enough. */
  spend(): boolean {
    if (this.saved < 1 - 1e-9) return false; // ten times 10 % is one, whatever rounding says
    this.saved--;
    return true;
  }

  /**
   * The wait before further attempt `attempt`, from 1, of a request: ns. `uniform` is the request's own draw, so that
   * the jitter is a function of request and attempt alone.
   */
  backoffNs(uniform: number, attempt: number): number {
    const { backoffNs, factor, maxNs, jitter } = this.spec;
    let waitNs = backoffNs;
    for (let i = 1; i < attempt && waitNs < maxNs; i++) waitNs *= factor;
    waitNs = Math.min(waitNs, maxNs);
    if (jitter === 0) return Math.round(waitNs);
    const drawn = counterUniform(this.key, uniform * 4294967296, attempt, JITTER);
    return Math.round(waitNs * (1 - jitter * drawn));
  }
}
