/** What replications say about a line such as `sojourn.p99 <= 400ms`: one-sided t tests of a mean against a bound. */
import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics';
import type { Comparator } from '../../src/scenario/scenario.ts';
import { tCentral } from '../student-t.ts';

/** Each is the chance of data as far on that side, or farther, if the claim were true. */
export interface Evidence {
  /** Of "the line holds": small when it is broken. */
  readonly pHolds: number;
  /** Of "the line is broken": small when it holds. */
  readonly pBroken: number;
}

/** Values as close to their bound as this are on it, whatever rounding. */
const ROUNDING = 1e-12;

/**
 * Weighs `values`, one a replication, against `mean COMPARATOR bound`. NaN are left out; fewer than two values
 * say nothing. Where all are equal the t test has no scale: then each counts as a toss of a coin.
 */
export function evidence(
  values: ArrayLike<number>,
  comparator: Comparator,
  bound: number,
): Evidence {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  const n = known.length;
  if (n < 2) return { pHolds: 1, pBroken: 1 };
  const near = ROUNDING * Math.max(1, Math.abs(bound));
  const distances = known.map((value) => (Math.abs(value - bound) <= near ? 0 : value - bound));
  if (distances.every((distance) => distance === distances[0])) {
    const chance = Math.exp(-n * Math.LN2);
    const holds = atDistance[comparator](distances[0]!);
    return holds ? { pHolds: 1, pBroken: chance } : { pHolds: chance, pBroken: 1 };
  }
  const error = sampleStandardDeviation(distances) / Math.sqrt(n);
  const above = upperTail(meanOf(distances) / error, n - 1);
  if (comparator === '==') return { pHolds: 2 * Math.min(above, 1 - above), pBroken: 1 };
  const isCeiling = comparator === '<' || comparator === '<=';
  return isCeiling ? { pHolds: above, pBroken: 1 - above } : { pHolds: 1 - above, pBroken: above };
}

const atDistance: Record<Comparator, (distance: number) => boolean> = {
  '<': (distance) => distance < 0,
  '<=': (distance) => distance <= 0,
  '>': (distance) => distance > 0,
  '>=': (distance) => distance >= 0,
  '==': (distance) => distance === 0,
};

/** P(T > t) for Student's t; good to about 1e-15 absolute. */
function upperTail(t: number, df: number): number {
  const tail = (1 - tCentral(Math.abs(t), df)) / 2;
  return t >= 0 ? tail : 1 - tail;
}
