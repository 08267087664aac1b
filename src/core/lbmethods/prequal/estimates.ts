/** Latency of a backend by the requests it had in flight: a moving average for each doubling of them. */
import type { Columns, Views } from '../../columns.ts';

const BUCKETS = 16;
const WEIGHT = 0.1;

export const estimateColumns = { latencyNs: 'f64' } as const satisfies Columns;

export type Estimates = Views<typeof estimateColumns>;

export function estimateRows(workers: number): number {
  return workers * BUCKETS;
}

export function learn({ latencyNs }: Estimates, worker: number, rif: number, ns: number): void {
  const at = worker * BUCKETS + bucketOf(rif);
  latencyNs[at] = latencyNs[at] === 0 ? ns : (1 - WEIGHT) * latencyNs[at] + WEIGHT * ns;
}

/** What is known nearest to `rif`, below it first; 0 when nothing is. */
export function estimate({ latencyNs }: Estimates, worker: number, rif: number): number {
  const first = worker * BUCKETS;
  const bucket = bucketOf(rif);
  for (let at = bucket; at >= 0; at--) if (latencyNs[first + at] > 0) return latencyNs[first + at];
  for (let at = bucket + 1; at < BUCKETS; at++) {
    if (latencyNs[first + at] > 0) return latencyNs[first + at];
  }
  return 0;
}

function bucketOf(rif: number): number {
  return Math.min(BUCKETS - 1, 31 - Math.clz32(rif + 1));
}
