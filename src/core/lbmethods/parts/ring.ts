/**
 * A ring of points, several for each worker; a key belongs to the first point at or above it whose worker may be
 * elected. All workers have points, whether or not they may be elected now: so when one fails, its keys alone move.
 * Points are laid anew only when load factors or the number of workers change.
 */
import type { Columns, Views } from '../../columns.ts';
import type { Candidates } from '../../state.ts';

/** One row per worker. */
export const ringColumns = {
  /** The load factor its points were laid for; 0: none were. */
  laid: 'i32',
  eligible: 'i32',
} as const satisfies Columns;

const pointColumns = { hash: 'u32', worker: 'i32' } as const satisfies Columns;
const sizeColumns = { points: 'i32' } as const satisfies Columns;

/** Tables for a ring of at most `points` points. */
export function ringTables(points: number) {
  return {
    ring: { columns: pointColumns, rows: points },
    ringSize: { columns: sizeColumns, rows: 1 },
  };
}

export interface Ring extends Views<typeof ringColumns> {
  readonly lbfactor: Int32Array;
  readonly identity: Uint32Array;
  readonly ring: Views<typeof pointColumns>;
  readonly ringSize: Views<typeof sizeColumns>;
}

/** Gives `count` hashes, the points of `worker`. */
export type Lay = (worker: number, count: number, give: (hash: number) => void) => void;

/** Notes who may be elected, and lays the points anew if they have to be: `share(worker)` of them for each. */
export function prepareRing(
  state: Ring,
  { ids, count }: Candidates,
  rows: number,
  share: (worker: number) => number,
  lay: Lay,
): void {
  const { laid, eligible, lbfactor } = state;
  eligible.fill(0, 0, rows);
  for (let i = 0; i < count; i++) eligible[ids[i]] = 1;
  let same = true;
  for (let worker = 0; worker < rows; worker++) same &&= laid[worker] === lbfactor[worker];
  if (same) return;
  laid.set(lbfactor.subarray(0, rows));
  layPoints(state, rows, share, lay);
}

/** Sorted as one number each: the hash above, the worker below, exact in a double for 2^21 workers. */
function layPoints(state: Ring, rows: number, share: (worker: number) => number, lay: Lay): void {
  const { ring, ringSize } = state;
  const sorted = new Float64Array(ring.hash.length);
  let size = 0;
  for (let worker = 0; worker < rows; worker++) {
    lay(worker, share(worker), (hash) => {
      if (size < sorted.length) sorted[size++] = hash * 2097152 + worker;
    });
  }
  sorted.subarray(0, size).sort();
  for (let point = 0; point < size; point++) {
    ring.hash[point] = Math.floor(sorted[point] / 2097152);
    ring.worker[point] = sorted[point] % 2097152;
  }
  ringSize.points[0] = size;
}

/** Place of the first point at or above `hash`, the ring being closed. O(log points). */
export function pointAt({ ring, ringSize }: Ring, hash: number): number {
  const size = ringSize.points[0];
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ring.hash[middle] < hash) low = middle + 1;
    else high = middle;
  }
  return low === size ? 0 : low;
}

/** The place after `point`. */
export function nextPoint({ ringSize }: Ring, point: number): number {
  return point + 1 === ringSize.points[0] ? 0 : point + 1;
}

/** Whom `hash` belongs to, of those that may be elected. */
export function ownerOf(state: Ring, hash: number): number {
  const { ring, eligible } = state;
  let point = pointAt(state, hash);
  while (eligible[ring.worker[point]] === 0) point = nextPoint(state, point);
  return ring.worker[point];
}

/** `perWorker` points for a mean load factor, at least one: as many in all as workers times that, and rounding. */
export function byFactor({ lbfactor }: Ring, rows: number, perWorker: number) {
  let total = 0;
  for (let worker = 0; worker < rows; worker++) total += lbfactor[worker];
  return (worker: number) =>
    Math.max(1, Math.floor((perWorker * rows * lbfactor[worker]) / total + 1e-9));
}
