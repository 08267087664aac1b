/** A line on which each candidate has a stretch as long as its load factor, and who has a point of it. */
import type { Candidates } from '../../state.ts';
import { mix } from './mix.ts';

export interface Shares {
  readonly lbfactor: Int32Array;
  /** By place among the candidates: where its stretch ends. */
  readonly end: Float64Array;
}

export function layOutShares({ lbfactor, end }: Shares, { ids, count }: Candidates): void {
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += lbfactor[ids[i]];
    end[i] = total;
  }
}

/** HAProxy's map-based hashing. O(log candidates). */
export function shareOf({ end }: Shares, { ids, count }: Candidates, key: number): number {
  return ids[placeOf(end, count, (mix(key, 0) / 4294967296) * end[count - 1])];
}

/** The first of `count` places that ends above `point`; the last one if none does. O(log count). */
export function placeOf(end: Float64Array, count: number, point: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point < end[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}
