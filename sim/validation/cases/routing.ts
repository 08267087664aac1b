/** Round robin (V28, V29). */
import { mdcWait, roundRobinSojourn, roundRobinWaitQuantile } from '../../theory/index.ts';
import { type Case, metric, watched } from '../case.ts';
import { station } from '../station.ts';
import { waitedLonger } from '../watches.ts';

const dealt = [
  { workers: 2, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 2, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 2, load: 0.9, thousands: 200, within: 0.06 },
  { workers: 3, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 3, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 5, load: 0.7, thousands: 200, within: 0.015 },
  { workers: 5, load: 0.9, thousands: 200, within: 0.06 },
  { workers: 10, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 10, load: 0.8, thousands: 300, within: 0.03 },
  { workers: 10, load: 0.9, thousands: 300, within: 0.06 },
].map(({ workers, load, thousands, within }) =>
  station({
    id: 'V28',
    title: `byrequests over ${workers} workers, load ${load}: each is E${workers}/M/1`,
    workers,
    load,
    thousands,
    watch: () => waitedLonger(roundRobinWaitQuantile(workers, load, 0.99)),
    checks: [
      metric('sojourn.mean', () => roundRobinSojourn(workers, load), within),
      watched('share beyond p99 of the wait', () => 0.01, 12 * within),
    ],
  }),
);

const dealtEvenly = [
  { workers: 2, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 2, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 2, load: 0.9, thousands: 300, within: 0.06 },
  { workers: 4, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 10, load: 0.8, thousands: 300, within: 0.03 },
  { workers: 10, load: 0.9, thousands: 300, within: 0.06 },
].map(({ workers, load, thousands, within }) =>
  station({
    id: 'V29',
    title: `byrequests over ${workers} workers, load ${load}, constant service: M/D/${workers} (Crommelin)`,
    workers,
    load,
    service: '1ms',
    thousands,
    checks: [metric('waiting.mean', () => mdcWait(workers, load), within)],
  }),
);

export const routing: readonly Case[] = [...dealt, ...dealtEvenly];
