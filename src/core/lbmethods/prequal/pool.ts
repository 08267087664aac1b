/**
 * Prequal's pool of probe answers, each good for a few uses: a ring of rows from the oldest answer to the newest, through
 * row 0, which holds none; so any answer is taken out by two links. Rows that are free hang on `spare`.
 */
import type { Columns, Views } from '../../columns.ts';
import { NONE } from '../../state.ts';

/** Older than the oldest, and newer than the newest. */
const ENDS = 0;

export const poolColumns = {
  older: 'i32',
  newer: 'i32',
  worker: 'i32',
  /** Requests in flight at the backend, when it answered and what was sent to it since. */
  rif: 'f64',
  latencyNs: 'f64',
  atNs: 'f64',
  usesLeft: 'i32',
} as const satisfies Columns;

export type Pool = Views<typeof poolColumns>;

/** One row: how many answers there are, how many rows were ever used, and the free ones; `removed` is the caller's. */
export const poolSizeColumns = {
  entries: 'i32',
  rows: 'i32',
  spare: 'i32',
  removed: 'i32',
} as const satisfies Columns;

/** Rows for `answers` at once. */
export const poolRows = (answers: number): number => answers + 1;

export interface Pooled {
  readonly pool: Pool;
  readonly poolSize: Views<typeof poolSizeColumns>;
}

/** The oldest answer's row, or NONE. */
export function oldest({ pool }: Pooled): number {
  return rowOrNone(pool.newer[ENDS]);
}

/** The row of the answer after that of `row`, or NONE. */
export function after({ pool }: Pooled, row: number): number {
  return rowOrNone(pool.newer[row]);
}

function rowOrNone(row: number): number {
  return row === ENDS ? NONE : row;
}

/** Takes the answer of `row` out. */
export function remove({ pool, poolSize }: Pooled, row: number): void {
  const { older, newer } = pool;
  const before = older[row];
  const next = newer[row];
  newer[before] = next;
  older[next] = before;
  newer[row] = poolSize.spare[0];
  poolSize.spare[0] = row;
  poolSize.entries[0]--;
}

/** Adds an answer, the newest, and returns its row; in a full pool it takes the place of the oldest. */
export function add(state: Pooled): number {
  const { pool, poolSize } = state;
  const { older, newer } = pool;
  if (poolSize.entries[0] === newer.length - 1) remove(state, newer[ENDS]);
  const spare = poolSize.spare[0];
  const row = spare === ENDS ? ++poolSize.rows[0] : spare;
  if (spare !== ENDS) poolSize.spare[0] = newer[spare];
  const newest = older[ENDS];
  newer[newest] = row;
  older[row] = newest;
  newer[row] = ENDS;
  older[ENDS] = row;
  poolSize.entries[0]++;
  return row;
}

/** The best answer, hot-cold lexicographic: up to `threshold` in flight the fastest, else the least busy. */
export function best({ pool }: Pooled, threshold: number): number {
  const { newer, rif, latencyNs } = pool;
  let cold = NONE;
  let fastest = Number.POSITIVE_INFINITY;
  let hot = NONE;
  let fewest = Number.POSITIVE_INFINITY;
  for (let row = newer[ENDS]; row !== ENDS; row = newer[row]) {
    const inFlight = rif[row];
    if (inFlight > threshold) {
      if (inFlight >= fewest) continue;
      hot = row;
      fewest = inFlight;
    } else if (latencyNs[row] < fastest) {
      cold = row;
      fastest = latencyNs[row];
    }
  }
  return cold === NONE ? hot : cold;
}

/** The worst answer: above `threshold` the busiest, else the slowest. */
export function worst({ pool }: Pooled, threshold: number): number {
  const { newer, rif, latencyNs } = pool;
  let cold = NONE;
  let slowest = -1;
  let hot = NONE;
  let most = threshold;
  for (let row = newer[ENDS]; row !== ENDS; row = newer[row]) {
    if (rif[row] > most) {
      hot = row;
      most = rif[row];
    } else if (hot === NONE && latencyNs[row] > slowest) {
      cold = row;
      slowest = latencyNs[row];
    }
  }
  return hot === NONE ? cold : hot;
}
