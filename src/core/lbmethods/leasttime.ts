import { defineLbMethod } from '../lbmethod.ts';
import { inTurn, inTurnColumns } from './parts/in-turn.ts';

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
  columns: { ...inTurnColumns, timeNs: 'f64', heardNs: 'f64', steps: 'i32' },
  elect(state, among, nowNs) {
    const { lbfactor, busy, timeNs, heardNs, steps, load, parameters } = state;
    const { failTimeout } = parameters;
    const { ids, count } = among;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const idleNs = nowNs - heardNs[worker];
      const believed =
        idleNs < failTimeout ? steps[worker] : fadedSteps(timeNs[worker], idleNs / failTimeout);
      const now = (believed * (1 + busy[worker])) / lbfactor[worker];
      load[worker] = now;
      if (now < least) least = now;
    }
    return inTurn(state, among, least);
  },
  complete({ timeNs, heardNs, steps }, worker, ok, latencyNs, nowNs) {
    if (!ok) return;
    const old = timeNs[worker];
    const now = old === 0 ? latencyNs : 0.95 * old + 0.05 * latencyNs;
    timeNs[worker] = now;
    heardNs[worker] = nowNs;
    steps[worker] = stepsOf(now);
  },
  reset({ timeNs, steps, current }, rows) {
    timeNs.fill(0, 0, rows);
    steps.fill(0, 0, rows);
    current.fill(0, 0, rows);
  },
});

function stepsOf(timeNs: number): number {
  return timeNs > MOST_NS ? MOST_NS / STEP_NS : Math.ceil(timeNs / STEP_NS);
}

/** A time that was not renewed for so many timeouts halves with each. */
function fadedSteps(timeNs: number, timeouts: number): number {
  return timeouts >= 31 ? 0 : stepsOf(timeNs / (1 << timeouts));
}
