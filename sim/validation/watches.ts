/** What no metric says, seen by watching every pick. */
import type { Model } from '../model.ts';
import type { Watch } from './case.ts';

/** Whether request `id` arrives just now, inside the window: no try of it yet. */
function arrives({ flights, exchanges }: Model, id: number): boolean {
  return exchanges.tries(id) === 0 && flights.of(id).measured === 1;
}

/** Share of the requests that waited longer than so many ms. */
export function waitedLonger(thresholdMs: number): Watch {
  let all = 0;
  let longer = 0;
  return {
    witness: {
      before({ flights, exchanges }, id) {
        const { measured, waitedNs } = flights.of(id);
        if (exchanges.tries(id) !== 1 || measured !== 1) return; // it arrives: no try yet
        all++;
        if (waitedNs > thresholdMs * 1e6) longer++;
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
      before(model, id) {
        if (!arrives(model, id)) return;
        arrivals++;
        seen += model.balancer.workers.busy[0];
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
      before(model, id, nowNs) {
        if (!Number.isNaN(emptyNs) || nowNs < fromNs) return;
        const busy = model.balancer.workers.busy[0];
        if (arrives(model, id)) {
          if (busy === 0) emptyNs = fromNs; // nobody came meanwhile
        } else if (busy === 1) emptyNs = nowNs; // the last answer
      },
      after() {},
    },
    value: () => (emptyNs - fromNs) / 1e6,
  };
}
