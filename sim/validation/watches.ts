/** What no metric says, seen by watching every pick. */
import type { Flight } from '../flights.ts';
import type { Watch } from './case.ts';

/** What its proxy has in flight at the first worker. */
const busyAt = ({ proxy }: Flight) => proxy.balancer.workers.busy[0];

/** Share of the requests that waited longer than so many ms. */
export function waitedLonger(thresholdMs: number): Watch {
  let all = 0;
  let longer = 0;
  return {
    witness: {
      before(flight) {
        if (flight.tries !== 1 || flight.measured !== 1) return; // it arrives: no try yet
        all++;
        if (flight.waitedNs > thresholdMs * 1e6) longer++;
      },
      after() {},
    },
    value: () => longer / all,
  };
}

/** Mean number of requests that an arrival finds at the only worker. */
export function seenByArrivals(): Watch {
  let arrivals = 0;
  let seen = 0;
  return {
    witness: {
      before(flight) {
        if (flight.tries !== 0 || flight.measured !== 1) return;
        arrivals++;
        seen += busyAt(flight);
      },
      after() {},
    },
    value: () => seen / arrivals,
  };
}

/** Milliseconds from `ms` until the only worker is empty for the first time. */
export function emptyAfter(ms: number): Watch {
  const fromNs = ms * 1e6;
  let emptyNs = Number.NaN;
  return {
    witness: {
      before(flight, nowNs) {
        if (!Number.isNaN(emptyNs) || nowNs < fromNs) return;
        const busy = busyAt(flight);
        if (flight.tries === 0) {
          if (busy === 0) emptyNs = fromNs; // nobody came meanwhile
        } else if (busy === 1) emptyNs = nowNs; // the last answer
      },
      after() {},
    },
    value: () => (emptyNs - fromNs) / 1e6,
  };
}
