/**
 * The rule. A check passes if the exact value lies inside the 99.9 % t interval over independent replications, and
 * the standard error is small (`within`): an estimate that is not sharp proves nothing. For 20 replications the interval
 * is 3.9 standard errors to each side. A perfect engine fails a check once in a thousand seeds.
 */
import { meanInterval } from '../statistics.ts';
import { tHalfWidth } from '../student-t.ts';
import type { Compared, CountedCase, IdentityCase, Known, SimulatedCase } from './case.ts';
import type { Measured } from './measure.ts';

/** Of an interval; one less is the chance of a false alarm. */
export const CONFIDENCE = 0.999;

/** `off`: theory says otherwise. `blunt`: the estimate is too rough to tell. `broken`: an invariant does not hold. */
export type CheckVerdict = 'pass' | 'off' | 'blunt' | 'broken';

export interface CheckResult {
  readonly of: string;
  readonly theory: number;
  /** Mean over the replications; of an identity the largest relative difference. */
  readonly simulated: number;
  /** null for identities, which are no matter of chance. */
  readonly ci999: readonly [number, number] | null;
  /** Standard error over theory, and what is allowed. */
  readonly error: number;
  readonly errorMax: number;
  readonly verdict: CheckVerdict;
}

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly replications: number;
  readonly requests: number;
  readonly checks: readonly CheckResult[];
  /** What the engine's own invariants say. */
  readonly broken: readonly string[];
}

/** What `fairlead validate --json` prints. */
export interface Validation {
  readonly format: 'fairlead/validation@1';
  readonly version: string;
  readonly seed: string;
  readonly times: number;
  /** Checks. */
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly CaseResult[];
}

/** Replications in the order of their numbers. */
export function judge(one: SimulatedCase | CountedCase, runs: readonly Measured[]): CaseResult {
  const broken = [...new Set(runs.flatMap((run) => run.broken))];
  return {
    id: one.id,
    title: one.title,
    replications: runs.length,
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
    checks: one.checks.map((check, i) => {
      const result = judgeCheck(
        check,
        runs.map(({ values }) => values[i]),
      );
      return broken.length > 0 ? { ...result, verdict: 'broken' } : result;
    }),
    broken,
  };
}

export function judgeCheck(check: Known, estimates: readonly number[]): CheckResult {
  const { of, within, above = 0 } = check;
  const theory = check.exact();
  const { mean, ci95: interval } = meanInterval(estimates, CONFIDENCE);
  const [low, high] = interval ?? [Number.NaN, Number.NaN];
  const half = tHalfWidth(CONFIDENCE, estimates.length - 1);
  const error = (high - low) / 2 / half / theory;
  const known = !estimates.some(Number.isNaN);
  const meets = known && low <= theory * (1 + above) && theory <= high;
  const verdict = !meets ? 'off' : error < within ? 'pass' : 'blunt';
  return { of, theory, simulated: mean, ci999: interval, error, errorMax: within, verdict };
}

export function judgeIdentity(one: IdentityCase, { values, largest }: Compared): CaseResult {
  const { id, title, allowed } = one;
  const check: CheckResult = {
    of: 'largest difference',
    theory: 0,
    simulated: largest,
    ci999: null,
    error: largest,
    errorMax: allowed,
    verdict: largest <= allowed && values > 0 ? 'pass' : 'off', // NaN is off
  };
  return { id, title, replications: 1, requests: values, checks: [check], broken: [] };
}
