/** How often requests come, from the numbers of the arrivals alone. */
import { meanOf } from './means.ts';
import type { ArrivalSpec, ClientSpec, ProfileSpec } from './scenario.ts';

/** Requests per second of an open client; null for a closed one. */
export interface RequestRate {
  readonly mean: number;
  /** The highest there ever is; of a log, its mean. */
  readonly peak: number;
}

/** `durationNs`: length of the run, over which a profile that does not repeat is averaged; null: over all its points. */
export function requestRate(
  { arrival, session }: ClientSpec,
  durationNs: number | null,
): RequestRate | null {
  if (arrival.kind === 'closed') return null;
  // A log's entries are requests, those of the others sessions.
  const requests = session === null || arrival.kind === 'trace' ? 1 : meanOf(session.requests);
  const { mean, peak } = arrivalRate(arrival, durationNs);
  return { mean: mean * requests, peak: peak * requests };
}

function arrivalRate(
  arrival: Exclude<ArrivalSpec, { kind: 'closed' }>,
  durationNs: number | null,
): RequestRate {
  if (arrival.kind === 'trace') {
    const { atNs, resolutionNs } = arrival.trace;
    const mean = (atNs.length / (atNs.at(-1)! + resolutionNs)) * 1e9;
    return { mean, peak: mean };
  }
  if (arrival.kind === 'mmpp') {
    const { states } = arrival;
    const cycleNs = states.reduce((sum, { meanNs }) => sum + meanNs, 0);
    const mean =
      states.reduce((sum, { perSecond, meanNs }) => sum + perSecond * meanNs, 0) / cycleNs;
    return { mean, peak: Math.max(...states.map(({ perSecond }) => perSecond)) };
  }
  if (arrival.kind === 'profile') {
    return { mean: profileMean(arrival, durationNs), peak: Math.max(...arrival.perSecond) };
  }
  return { mean: arrival.perSecond, peak: arrival.perSecond };
}

/** Over a repetition, or over the first `durationNs` of a profile that does not repeat. */
function profileMean({ atNs, perSecond, repeat }: ProfileSpec, durationNs: number | null): number {
  const endNs = repeat ? atNs.at(-1)! : (durationNs ?? atNs.at(-1)!);
  if (endNs === 0) return perSecond.at(-1)!;
  let area = Math.max(0, endNs - atNs.at(-1)!) * perSecond.at(-1)!;
  for (let i = 1; i < atNs.length && atNs[i - 1]! < endNs; i++) {
    const width = atNs[i]! - atNs[i - 1]!;
    if (width === 0) continue;
    const share = Math.min(1, (endNs - atNs[i - 1]!) / width);
    const end = perSecond[i - 1]! + share * (perSecond[i]! - perSecond[i - 1]!);
    area += ((perSecond[i - 1]! + end) / 2) * share * width;
  }
  return area / endNs;
}
