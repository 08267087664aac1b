import { defineLbMethod } from '../lbmethod.ts';
import { NONE } from '../state.ts';

/** nginx keeps times in steps of 20 ms, up to 5 s. */
const STEP_NS = 20e6;
const MOST_NS = 5000e6;

/** Least moving average of response times × (requests in flight + 1) / factor. O(candidates). */
export const leasttime = defineLbMethod({
  name: 'leasttime',
  summary: 'least response time × requests in flight per load factor',
  source: "nginx's least_time module",
  variant:
    'times of whole responses; only successes are counted, so that a worker which fails at once looks fast; a time not renewed halves with every failTimeout',
  ties: 'smooth weighted round robin among equals',
  cost: 'O(candidates)',
  parameters: {
    failTimeout: {
      kind: 'duration',
      min: 1e6,
      max: 3600e9,
      default: 10e9,
      says: 'how long a response time is believed in full',
    },
  },
  columns: { timeNs: 'f64', heardNs: 'f64', current: 'f64', eta: 'f64' },
  elect({ lbfactor, busy, timeNs, heardNs, current, eta, parameters }, { ids, count }, nowNs) {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const idle = Math.floor((nowNs - heardNs[worker]) / parameters.failTimeout);
      const believed = timeNs[worker] * halved(idle);
      const steps = believed > MOST_NS ? MOST_NS / STEP_NS : Math.ceil(believed / STEP_NS);
      eta[worker] = (steps * (1 + busy[worker])) / lbfactor[worker];
      if (eta[worker] < least) least = eta[worker];
    }
    let best = NONE;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      if (eta[worker] !== least) continue;
      current[worker] += lbfactor[worker];
      total += lbfactor[worker];
      if (best === NONE || current[worker] > current[best]) best = worker;
    }
    current[best] -= total;
    return best;
  },
  complete({ timeNs, heardNs }, worker, ok, latencyNs, nowNs) {
    if (!ok) return;
    timeNs[worker] = timeNs[worker] === 0 ? latencyNs : 0.95 * timeNs[worker] + 0.05 * latencyNs;
    heardNs[worker] = nowNs;
  },
  reset({ timeNs, current }, rows) {
    timeNs.fill(0, 0, rows);
    current.fill(0, 0, rows);
  },
});

/** Two to the power of -`times`. */
function halved(times: number): number {
  return times >= 31 ? 0 : 1 / (1 << times);
}
