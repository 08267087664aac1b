import { defineLbMethod } from '../lbmethod.ts';
import { nextUint32 } from '../rng.ts';
import { type Candidates, NONE } from '../state.ts';
import { placeOf } from './parts/shares.ts';

/** An entry this old or older is not used. httpd compares whole seconds: 9.9 s are 9, so it comes to the same. */
const MAX_AGE_NS = 10e9;
const SATURATED = 4294967295;

/**
 * A random pick weighted by the idle slots that each host last reported. Kept exactly as httpd has it:
 * the draw runs to the sum of all slots inclusive, so the last host gets one ticket more; an idle host counts
 * a quarter of its slots; several workers on one host share one entry, which counts once for each of them,
 * and the last usable one of them gets its traffic. O(log candidates), and O(candidates) after a heartbeat.
 */
export const heartbeat = defineLbMethod({
  name: 'heartbeat',
  summary: 'random, weighted by the idle slots each host reports',
  source: "httpd's mod_lbmethod_heartbeat",
  variant: 'its bias towards the last worker included; idle hosts count a quarter of their slots',
  ties: 'by chance, the later worker favoured',
  cost: 'O(log candidates); O(candidates) after a heartbeat',
  factors: 'ignored',
  columns: {
    /** By host. `hbKnown`: 1 once it has reported. */
    hbKnown: 'i32',
    hbSlots: 'f64',
    hbSeenNs: 'f64',
    /** The last of the candidates on this host. */
    hbWorker: 'i32',
    /** By place among the entries that count: where its slots end, and who is elected for them. */
    end: 'f64',
    elects: 'i32',
  },
  tables: () => ({ laid: { columns: { entries: 'i32', untilNs: 'f64' }, rows: 1 } }),
  scope: 'every',
  considers({ host, hbKnown }, worker) {
    return hbKnown[host[worker]] === 1;
  },
  prepare(state, among, _rows, nowNs) {
    for (let i = 0; i < among.count; i++) state.hbWorker[state.host[among.ids[i]]] = among.ids[i];
    layOutSlots(state, among, nowNs);
  },
  elect(state, among, nowNs) {
    const { rng, end, elects, laid } = state;
    if (nowNs >= laid.untilNs[0]) layOutSlots(state, among, nowNs);
    const entries = laid.entries[0];
    const slots = entries === 0 ? 0 : end[entries - 1];
    return slots === 0 ? NONE : elects[placeOf(end, entries, draw(rng, slots))];
  },
  heartbeat({ hbKnown, hbSlots, hbSeenNs }, host, ready, busy, seenNs) {
    hbKnown[host] = 1;
    hbSlots[host] = busy === 0 ? Math.trunc(ready / 4) : ready;
    hbSeenNs[host] = seenNs;
  },
});

interface Slots {
  readonly host: Int32Array;
  readonly hbSlots: Float64Array;
  readonly hbSeenNs: Float64Array;
  readonly hbWorker: Int32Array;
  readonly end: Float64Array;
  readonly elects: Int32Array;
  readonly laid: { readonly entries: Int32Array; readonly untilNs: Float64Array };
}

/** Lays the slots of all entries that count at `nowNs` end to end; holds until the first of them is too old. */
function layOutSlots(state: Slots, { ids, count }: Candidates, nowNs: number): void {
  const { host, hbSlots, hbSeenNs, hbWorker, end, elects, laid } = state;
  let entries = 0;
  let total = 0;
  let untilNs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const entry = host[ids[i]];
    const oldNs = hbSeenNs[entry] + MAX_AGE_NS;
    if (nowNs >= oldNs) continue;
    untilNs = Math.min(untilNs, oldNs);
    total = Math.min(total + hbSlots[entry], SATURATED);
    end[entries] = total;
    elects[entries++] = hbWorker[entry];
  }
  laid.entries[0] = entries;
  laid.untilNs[0] = untilNs;
}

/** 0 to `slots` inclusive, from 16 random bits where they suffice. */
function draw(rng: Uint32Array, slots: number): number {
  const fraction = slots < 16384 ? (nextUint32(rng) >>> 16) / 65536 : nextUint32(rng) / 4294967296;
  return Math.trunc((slots + 1) * fraction);
}
