/** A quantile of the last so many whole numbers, by counting: numbers beyond the last row count as that row. */
import type { Columns, Views } from '../../columns.ts';

const LAST = 128;
const HIGHEST = 1024;

export const recentColumns = { value: 'i32' } as const satisfies Columns;
export const countColumns = { of: 'i32' } as const satisfies Columns;
export const seenColumns = { all: 'f64' } as const satisfies Columns;

export const quantileTables = {
  recent: { columns: recentColumns, rows: LAST },
  counts: { columns: countColumns, rows: HIGHEST },
  seen: { columns: seenColumns, rows: 1 },
} as const;

export interface Recent {
  readonly recent: Views<typeof recentColumns>;
  readonly counts: Views<typeof countColumns>;
  readonly seen: Views<typeof seenColumns>;
}

export function note({ recent, counts, seen }: Recent, value: number): void {
  const at = seen.all[0] & (LAST - 1); // a power of two: the remainder of a double is a slow call
  if (seen.all[0] >= LAST) counts.of[recent.value[at]]--;
  recent.value[at] = Math.min(value, HIGHEST - 1);
  counts.of[recent.value[at]]++;
  seen.all[0]++;
}

/** The smallest number that `share` of the recent ones do not exceed; 0 before the first. O(that number). */
export function quantile({ counts, seen }: Recent, share: number): number {
  const wanted = share * Math.min(seen.all[0], LAST);
  let below = 0;
  for (let value = 0; value < HIGHEST; value++) {
    below += counts.of[value];
    if (below >= wanted) return value;
  }
  return HIGHEST - 1;
}
