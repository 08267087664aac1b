/**
 * Prequal's pool of probe answers, each good for a few uses. `order` has the rows in use, the oldest first, and behind
 * them those that are free.
 */
import type { Columns, Views } from '../../columns.ts';
import { NONE } from '../../state.ts';

export const poolColumns = {
  order: 'i32',
  worker: 'i32',
  /** Requests in flight at the backend, when it answered and what was sent to it since. */
  rif: 'f64',
  latencyNs: 'f64',
  atNs: 'f64',
  usesLeft: 'i32',
} as const satisfies Columns;

export type Pool = Views<typeof poolColumns>;

/** One row: how many rows are in use, and how many ever were. */
export const poolSizeColumns = {
  entries: 'i32',
  rows: 'i32',
  removed: 'i32',
} as const satisfies Columns;

export interface Pooled {
  readonly pool: Pool;
  readonly poolSize: Views<typeof poolSizeColumns>;
}

/** Takes out the entry at place `at` of the order. */
export function remove({ pool, poolSize }: Pooled, at: number): void {
  const { order } = pool;
  const row = order[at];
  const last = --poolSize.entries[0];
  for (let place = at; place < last; place++) order[place] = order[place + 1];
  order[last] = row;
}

/** Adds an entry and returns its row; in a full pool it takes the place of the oldest. */
export function add(state: Pooled): number {
  const { pool, poolSize } = state;
  if (poolSize.entries[0] === pool.order.length) remove(state, 0);
  const at = poolSize.entries[0]++;
  if (at === poolSize.rows[0]) pool.order[at] = poolSize.rows[0]++;
  return pool.order[at];
}

/** Place of the best entry, hot-cold lexicographic: up to `threshold` in flight the fastest, else the least busy. */
export function best(state: Pooled, threshold: number): number {
  return extreme(state, threshold, 1);
}

/** Place of the worst entry: above `threshold` the busiest, else the slowest. */
export function worst(state: Pooled, threshold: number): number {
  return extreme(state, threshold, -1);
}

function extreme({ pool, poolSize }: Pooled, threshold: number, sign: 1 | -1): number {
  const { order, rif, latencyNs } = pool;
  let chosen = NONE;
  let chosenHot = 0;
  let chosenValue = 0;
  for (let at = 0; at < poolSize.entries[0]; at++) {
    const row = order[at];
    const hot = Number(rif[row] > threshold);
    const value = hot === 1 ? rif[row] : latencyNs[row];
    if (chosen !== NONE && sign * (hot - chosenHot || value - chosenValue) >= 0) continue;
    chosen = at;
    chosenHot = hot;
    chosenValue = value;
  }
  return chosen;
}
