import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';

/** An entry this old or older is not used, as with heartbeat. */
const MAX_AGE_NS = 10e9;

/** heartbeat without its bias: of S idle slots reported, a worker with r gets r / S of the requests. O(candidates). */
export const heartbeatProportional = defineLbMethod({
  name: 'heartbeat-proportional',
  summary: 'random, in proportion to the idle slots each host reports',
  source: "httpd's heartbeat, its draw corrected",
  variant:
    'sets, standbys and draining count as with other methods; workers of one host share its slots; when no host reports an idle slot, all are alike',
  ties: 'by chance',
  cost: 'O(candidates)',
  factors: 'ignored',
  columns: { hbReady: 'f64', hbSeenNs: 'f64', sharers: 'i32' },
  prepare({ host, sharers }, { ids, count }, rows) {
    sharers.fill(0, 0, rows);
    for (let i = 0; i < count; i++) sharers[host[ids[i]]]++;
  },
  elect(state, { ids, count }, nowNs) {
    let total = 0;
    for (let i = 0; i < count; i++) total += slotsOf(state, ids[i], nowNs);
    if (total === 0) return ids[nextBelow(state.rng, count)];
    let left = (nextBelow(state.rng, 4294967296) / 4294967296) * total;
    let last = ids[0];
    for (let i = 0; i < count; i++) {
      const slots = slotsOf(state, ids[i], nowNs);
      if (slots === 0) continue;
      last = ids[i];
      left -= slots;
      if (left < 0) break;
    }
    return last;
  },
  heartbeat({ hbReady, hbSeenNs }, host, ready, _busy, seenNs) {
    hbReady[host] = ready;
    hbSeenNs[host] = seenNs;
  },
});

interface Beats {
  readonly host: Int32Array;
  readonly hbReady: Float64Array;
  readonly hbSeenNs: Float64Array;
  readonly sharers: Int32Array;
}

function slotsOf({ host, hbReady, hbSeenNs, sharers }: Beats, worker: number, nowNs: number) {
  const entry = host[worker];
  return nowNs - hbSeenNs[entry] < MAX_AGE_NS ? hbReady[entry] / sharers[entry] : 0;
}
