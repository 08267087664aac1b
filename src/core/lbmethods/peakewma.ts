import { defineLbMethod } from '../lbmethod.ts';
import { NONE } from '../state.ts';
import { drawDistinct } from './parts/draw.ts';

/** Load of a worker that nobody has heard from while a request to it is under way: above any real one. */
const UNHEARD = 1e18;

/**
 * Two workers at random, the one with less expected waiting: a peak-sensitive moving average of latency times the
 * requests in flight. Reading a load does not change it. O(1).
 */
export const peakewma = defineLbMethod({
  name: 'peakewma',
  summary: 'of two at random the one with less peak-aware latency × requests',
  source:
    "Finagle's PeakEwma, linkerd2-proxy; failures held against a worker as in linkerd2-proxy#4537",
  variant:
    'distinct draws; a worker not heard from yet gets one request at a time (initial 0s) or counts as initial; load is per load factor',
  ties: 'the worker drawn first',
  cost: 'O(1), two exponentials',
  parameters: {
    decay: {
      kind: 'duration',
      min: 1e6,
      max: 3600e9,
      default: 10e9,
      says: 'how long latencies are remembered',
    },
    initial: {
      kind: 'duration',
      min: 0,
      max: 60e9,
      default: 0,
      says: 'latency of a worker not heard from',
    },
    failure: {
      kind: 'duration',
      min: 0,
      max: 300e9,
      default: 5e9,
      says: 'what a failure counts as at least; 0s: its latency, however short',
    },
  },
  columns: { costNs: 'f64', costAtNs: 'f64', heard: 'i32' },
  tables: () => ({ drawn: { columns: { place: 'i32' }, rows: 2 } }),
  elect(state, { ids, count }, nowNs) {
    const { rng, drawn, lbfactor } = state;
    let best = NONE;
    let least = 0;
    for (let i = 0; i < 2 && i < count; i++) {
      const worker = ids[drawDistinct(rng, drawn.place, i, count)];
      const load = loadOf(state, worker, nowNs) / lbfactor[worker];
      if (best === NONE || load < least) {
        best = worker;
        least = load;
      }
    }
    return best;
  },
  complete({ costNs, costAtNs, heard, parameters }, worker, ok, latencyNs, nowNs) {
    const sample = ok ? latencyNs : Math.max(latencyNs, parameters.failure);
    const cost = heard[worker] === 1 ? costNs[worker] : parameters.initial;
    const old = Math.exp((costAtNs[worker] - nowNs) / parameters.decay);
    costNs[worker] = sample > cost * old ? sample : cost * old + sample * (1 - old);
    costAtNs[worker] = nowNs;
    heard[worker] = 1;
  },
  reset({ costNs, heard }, rows) {
    costNs.fill(0, 0, rows);
    heard.fill(0, 0, rows);
  },
});

interface Costs {
  readonly busy: Int32Array;
  readonly costNs: Float64Array;
  readonly costAtNs: Float64Array;
  readonly heard: Int32Array;
  readonly parameters: { readonly decay: number; readonly initial: number };
}

function loadOf(state: Costs, worker: number, nowNs: number): number {
  const { busy, costNs, costAtNs, heard, parameters } = state;
  const { initial, decay } = parameters;
  const pending = busy[worker];
  if (heard[worker] === 1) {
    return costNs[worker] * Math.exp((costAtNs[worker] - nowNs) / decay) * (pending + 1);
  }
  return initial === 0 && pending > 0 ? UNHEARD * pending : initial * (pending + 1);
}
