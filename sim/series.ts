/** From replications to what charts draw. */
import { histogram, merge, quantile } from './histogram.ts';
import type { Replication } from './replication.ts';
import type { RunSeries } from './result.ts';

/** Points per factor of ten of 1/(1-p). */
const POINTS_PER_DECADE = 12;
/** A quantile is drawn while so many requests lie beyond it. */
const BEYOND = 20;

export function runSeries(lbmethod: string, arm: readonly Replication[]): RunSeries {
  return { lbmethod, percentiles: percentiles(arm), time: overTime(arm) };
}

/** Quantiles of all replications together, evenly spaced on the axis log 1/(1-p). */
function percentiles(arm: readonly Replication[]): RunSeries['percentiles'] {
  const all = histogram();
  for (const { sojourns } of arm) merge(all, { ...all, state: sojourns });
  const count = all.state[0];
  const points: { p: number; ms: number }[] = [];
  for (let i = 0; ; i++) {
    const beyond = Math.exp((-i / POINTS_PER_DECADE) * Math.LN10);
    if (beyond * count < BEYOND) return points;
    points.push({ p: 1 - beyond, ms: quantile(all, 1 - beyond) / 1e6 });
  }
}

/** Bins that every replication has, averaged over them. */
function overTime(arm: readonly Replication[]): RunSeries['time'] {
  const bins = Math.min(...arm.map(({ series }) => series.bins));
  const workers = arm[0].workers.share.length;
  const binSeconds = arm[0].series.binNs / 1e9;
  const mean = (of: (replication: Replication) => number) =>
    arm.reduce((sum, replication) => sum + of(replication), 0) / arm.length;
  const perBin = (of: (replication: Replication, bin: number) => number) =>
    Array.from({ length: bins }, (_, bin) => mean((replication) => of(replication, bin)));
  return {
    seconds: Array.from({ length: bins }, (_, bin) => bin * binSeconds),
    binSeconds,
    busy: Array.from({ length: workers }, (_, worker) =>
      perBin(({ series }, bin) => series.busy[bin * workers + worker]),
    ),
    queue: perBin(({ series }, bin) => series.queue[bin]),
    arrivals: perBin(({ series }, bin) => series.arrivals[bin] / binSeconds),
    errors: perBin(({ series }, bin) => series.errors[bin] / binSeconds),
  };
}
