/** HAProxy's map-based hashing: each candidate has a stretch of the hash as long as its load factor. */
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

/** O(log candidates). */
export function shareOf({ end }: Shares, { ids, count }: Candidates, key: number): number {
  const point = (mix(key, 0) / 4294967296) * end[count - 1];
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point < end[middle]) high = middle;
    else low = middle + 1;
  }
  return ids[low];
}
