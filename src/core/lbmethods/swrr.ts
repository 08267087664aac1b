import { defineLbMethod } from '../lbmethod.ts';
import { type Candidates, NONE } from '../state.ts';

/** What a worker that failed gets back with each pick: nginx adds one to a whole weight, and a factor of 1 is 100. */
const RECOVERS = 100;

/** nginx's smooth weighted round robin, with weights that sink on failures. O(candidates). */
export const swrr = defineLbMethod({
  name: 'swrr',
  summary: 'smooth weighted round robin; who fails loses weight and rests',
  source: "nginx's ngx_http_upstream_round_robin.c",
  variant: 'equals byrequests while nobody fails; an answer from 500 up counts as a failure',
  ties: 'the earlier worker',
  cost: 'O(candidates)',
  factors: 'shares',
  parameters: {
    maxFails: {
      kind: 'whole',
      min: 0,
      max: 1000,
      default: 1,
      says: 'failures until a worker rests; 0: never',
    },
    failTimeout: {
      kind: 'duration',
      min: 0,
      max: 3600e9,
      default: 10e9,
      says: 'how long it rests',
    },
  },
  columns: {
    current: 'f64',
    /** How much of the load factor failures have taken away. */
    lost: 'f64',
    fails: 'i32',
    accessedNs: 'f64',
    checkedNs: 'f64',
  },
  elect(state, among, nowNs) {
    const best = mostUrgent(state, among, nowNs);
    if (best !== NONE) return best;
    const { ids, count } = among;
    for (let i = 0; i < count; i++) state.fails[ids[i]] = 0; // all rest: none does
    return mostUrgent(state, among, nowNs);
  },
  complete({ lbfactor, lost, fails, accessedNs, checkedNs, parameters }, worker, ok, _, nowNs) {
    const { maxFails } = parameters;
    if (ok) {
      if (accessedNs[worker] < checkedNs[worker]) fails[worker] = 0;
      return;
    }
    fails[worker]++;
    accessedNs[worker] = nowNs;
    checkedNs[worker] = nowNs;
    if (maxFails === 0) return;
    lost[worker] = Math.min(lbfactor[worker], lost[worker] + lbfactor[worker] / maxFails);
  },
  reset({ current, lost, fails }, rows) {
    current.fill(0, 0, rows);
    lost.fill(0, 0, rows);
    fails.fill(0, 0, rows);
  },
});

interface Weights {
  readonly lbfactor: Int32Array;
  readonly current: Float64Array;
  readonly lost: Float64Array;
  readonly fails: Int32Array;
  readonly checkedNs: Float64Array;
  readonly parameters: { readonly maxFails: number; readonly failTimeout: number };
}

function mostUrgent(state: Weights, { ids, count }: Candidates, nowNs: number): number {
  const { lbfactor, current, lost, fails, checkedNs } = state;
  const { maxFails, failTimeout } = state.parameters;
  let best = NONE;
  let most = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const rests = maxFails > 0 && fails[worker] >= maxFails;
    if (rests && nowNs - checkedNs[worker] <= failTimeout) continue;
    let effective = lbfactor[worker];
    const missing = lost[worker];
    if (missing > 0) {
      effective = Math.max(0, effective - missing);
      lost[worker] = Math.max(0, missing - RECOVERS);
    }
    const now = current[worker] + effective;
    current[worker] = now;
    total += effective;
    if (best !== NONE && now <= most) continue;
    best = worker;
    most = now;
  }
  if (best === NONE) return NONE;
  current[best] -= total;
  if (nowNs - checkedNs[best] > failTimeout) checkedNs[best] = nowNs;
  return best;
}
