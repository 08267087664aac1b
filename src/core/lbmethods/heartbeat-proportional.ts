import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';
import type { Candidates } from '../state.ts';
import { placeOf } from './parts/shares.ts';

/** An entry this old or older is not used, as with heartbeat. */
const MAX_AGE_NS = 10e9;

/**
 * heartbeat without its bias: of S idle slots reported, a worker with r gets r / S of the requests. O(log candidates),
 * and O(candidates) after a heartbeat.
 */
export const heartbeatProportional = defineLbMethod({
  name: 'heartbeat-proportional',
  summary: 'random, in proportion to the idle slots each host reports',
  source: "httpd's heartbeat, its draw corrected",
  variant:
    'sets, standbys and draining count as with other methods; workers of one host share its slots; when no host reports an idle slot, all are alike',
  ties: 'by chance',
  cost: 'O(log candidates); O(candidates) after a heartbeat',
  factors: 'ignored',
  columns: {
    /** By host. */
    hbReady: 'f64',
    hbSeenNs: 'f64',
    sharers: 'i32',
    /** By place among the candidates: where its slots end. */
    end: 'f64',
  },
  tables: () => ({ laid: { columns: { untilNs: 'f64' }, rows: 1 } }),
  prepare(state, among, rows, nowNs) {
    const { host, sharers } = state;
    sharers.fill(0, 0, rows);
    for (let i = 0; i < among.count; i++) sharers[host[among.ids[i]]]++;
    layOutSlots(state, among, nowNs);
  },
  elect(state, among, nowNs) {
    const { rng, end, laid } = state;
    if (nowNs >= laid.untilNs[0]) layOutSlots(state, among, nowNs);
    const { ids, count } = among;
    const slots = end[count - 1];
    if (slots === 0) return ids[nextBelow(rng, count)];
    return ids[placeOf(end, count, (nextBelow(rng, 4294967296) / 4294967296) * slots)];
  },
  heartbeat({ hbReady, hbSeenNs }, host, ready, _busy, seenNs) {
    hbReady[host] = ready;
    hbSeenNs[host] = seenNs;
  },
});

interface Slots {
  readonly host: Int32Array;
  readonly hbReady: Float64Array;
  readonly hbSeenNs: Float64Array;
  readonly sharers: Int32Array;
  readonly end: Float64Array;
  readonly laid: { readonly untilNs: Float64Array };
}

/** Lays the slots of the candidates end to end; holds until the first host was heard from too long ago. */
function layOutSlots(state: Slots, { ids, count }: Candidates, nowNs: number): void {
  const { host, hbReady, hbSeenNs, sharers, end, laid } = state;
  let total = 0;
  let untilNs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const entry = host[ids[i]];
    const oldNs = hbSeenNs[entry] + MAX_AGE_NS;
    if (nowNs < oldNs) {
      untilNs = Math.min(untilNs, oldNs);
      total += hbReady[entry] / sharers[entry];
    }
    end[i] = total;
  }
  laid.untilNs[0] = untilNs;
}
