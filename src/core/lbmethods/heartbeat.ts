import { defineLbMethod } from '../lbmethod.ts';
import { nextUint32 } from '../rng.ts';
import { NONE } from '../state.ts';

/** An entry this old or older is not used. */
const MAX_AGE_NS = 10e9;
const SATURATED = 4294967295;

/**
 * A random pick weighted by the idle slots that each host last reported. Kept exactly as httpd has it:
 * the draw runs to `openslots` inclusive and later matches overwrite, so the last host gets one ticket more;
 * an idle host counts a quarter of its slots; several workers on one host share one entry, and the last
 * usable one of them gets its traffic. O(candidates).
 */
export const heartbeat = defineLbMethod({
  name: 'heartbeat',
  summary: 'random, weighted by the idle slots each host reports',
  source: "httpd's mod_lbmethod_heartbeat",
  variant: 'its bias towards the last worker included; idle hosts count a quarter of their slots',
  ties: 'by chance, the later worker favoured',
  cost: 'O(candidates)',
  factors: 'ignored',
  columns: {
    /** 1 once the host has reported. */
    hbKnown: 'i32',
    hbReady: 'f64',
    hbBusy: 'f64',
    hbSeenNs: 'f64',
    /** The last usable worker on this host in the current pick. */
    hbWorker: 'i32',
  },
  scope: 'every',
  considers({ host, hbKnown }, worker) {
    return hbKnown[host[worker]] === 1;
  },
  elect(state, { ids, count }, nowNs) {
    const { host, hbSeenNs, hbWorker, rng } = state;
    let openslots = 0;
    for (let i = 0; i < count; i++) {
      const entry = host[ids[i]];
      hbWorker[entry] = ids[i];
      if (ageNs(hbSeenNs[entry], nowNs) < MAX_AGE_NS) {
        openslots = Math.min(openslots + ready(state, entry), SATURATED);
      }
    }
    if (openslots === 0) return NONE;
    const ticket = draw(rng, openslots);
    let choice = NONE;
    let start = 0;
    for (let i = 0; i < count; i++) {
      const entry = host[ids[i]];
      if (ageNs(hbSeenNs[entry], nowNs) >= MAX_AGE_NS) continue;
      const end = Math.min(start + ready(state, entry), SATURATED);
      if (ticket >= start && ticket <= end) choice = hbWorker[entry];
      start = end;
    }
    return choice;
  },
  heartbeat({ hbKnown, hbReady, hbBusy, hbSeenNs }, host, ready, busy, seenNs) {
    hbKnown[host] = 1;
    hbReady[host] = ready;
    hbBusy[host] = busy;
    hbSeenNs[host] = seenNs;
  },
});

/** httpd judges the age in whole seconds: 9.9 s is 9. */
function ageNs(seenNs: number, nowNs: number): number {
  return Math.floor((nowNs - seenNs) / 1e9) * 1e9;
}

function ready(
  { hbReady, hbBusy }: { hbReady: Float64Array; hbBusy: Float64Array },
  entry: number,
): number {
  return hbBusy[entry] === 0 ? Math.trunc(hbReady[entry] / 4) : hbReady[entry];
}

/** 0 to `openslots` inclusive, from 16 random bits where they suffice. */
function draw(rng: Uint32Array, openslots: number): number {
  const fraction =
    openslots < 16384 ? (nextUint32(rng) >>> 16) / 65536 : nextUint32(rng) / 4294967296;
  return Math.trunc((openslots + 1) * fraction);
}
