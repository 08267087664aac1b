import { defineLbMethod } from '../lbmethod.ts';
import { NONE } from '../state.ts';
import { countAnswer, rateColumns, startRate, takeToken, tokensOf } from './c3/rate-control.ts';

/** Ranks by response time, and by the queue that backends report, cubed: long queues weigh heavily. O(candidates). */
export const c3 = defineLbMethod({
  name: 'c3',
  summary: 'least response time + cubed reported queue × service time',
  source: 'Suresh et al., NSDI 2015; Elasticsearch (adaptive replica selection)',
  variant:
    "a worker not heard from yet gets one request at a time; queue and service time come with each answer; rate control only with rateInterval, by the constants of the authors' Cassandra, and simplified: when all workers are above their rates the best ranked is elected, where the paper lets the request wait",
  ties: 'the earlier worker',
  cost: 'O(candidates)',
  factors: 'ignored',
  parameters: {
    alpha: {
      kind: 'share',
      min: 0.01,
      max: 1,
      default: 0.9,
      says: 'weight of the newest sample (Elasticsearch: 30%)',
    },
    clients: {
      kind: 'whole',
      min: 1,
      max: 10000,
      default: 1,
      says: 'balancers that share the backends',
    },
    rateInterval: {
      kind: 'duration',
      min: 0,
      max: 10e9,
      default: 0,
      says: 'rates are per so long (the paper: 20ms); 0s: no rate control',
    },
  },
  needs: 'load',
  columns: {
    ...rateColumns,
    /** 1: there was a first response, a first report. */
    responded: 'i32',
    reported: 'i32',
    /** Moving averages: response time, service time, queue; 0 before the first. */
    responseNs: 'f64',
    serviceNs: 'f64',
    queue: 'f64',
  },
  prepare(state, { ids, count }, _rows, nowNs) {
    const { rateInterval } = state.parameters;
    for (let i = 0; rateInterval > 0 && i < count; i++) {
      startRate(state, ids[i], nowNs, rateInterval);
    }
  },
  elect(state, { ids, count }, nowNs) {
    const { busy, responded, responseNs, serviceNs, queue, parameters } = state;
    const { clients, rateInterval } = parameters;
    let best = ids[0];
    let least = Number.POSITIVE_INFINITY;
    let within = NONE; // the best of those that are within their rates
    let leastWithin = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const pending = busy[worker];
      let rank = pending === 0 ? Number.NEGATIVE_INFINITY : Number.MAX_VALUE;
      if (responded[worker] === 1) {
        const waits = 1 + pending * clients + queue[worker];
        rank = responseNs[worker] + (waits * waits * waits - 1) * serviceNs[worker];
      }
      if (rank < least) {
        best = worker;
        least = rank;
      }
      if (rateInterval === 0 || rank >= leastWithin) continue;
      if (tokensOf(state, worker, nowNs, rateInterval) < 1) continue;
      within = worker;
      leastWithin = rank;
    }
    if (rateInterval === 0) return best;
    const elected = within === NONE ? best : within;
    takeToken(state, elected, nowNs, rateInterval);
    return elected;
  },
  complete(state, worker, _ok, latencyNs, nowNs) {
    const { responded, responseNs, rate, parameters } = state;
    const weight = responded[worker] === 0 ? 1 : parameters.alpha;
    responded[worker] = 1;
    responseNs[worker] = average(responseNs[worker], latencyNs, weight);
    if (rate[worker] > 0) countAnswer(state, worker, nowNs, parameters.rateInterval);
  },
  load({ reported, serviceNs, queue, parameters }, worker, load) {
    if (Number.isNaN(load.serviceNs)) return; // nobody answered: nothing could carry the news
    const weight = reported[worker] === 0 ? 1 : parameters.alpha;
    reported[worker] = 1;
    queue[worker] = average(queue[worker], load.jobs, weight);
    serviceNs[worker] = average(serviceNs[worker], load.serviceNs, weight);
  },
  reset({ responded, reported, responseNs, serviceNs, queue, rate }, rows) {
    rate.fill(0, 0, rows);
    responded.fill(0, 0, rows);
    reported.fill(0, 0, rows);
    responseNs.fill(0, 0, rows);
    serviceNs.fill(0, 0, rows);
    queue.fill(0, 0, rows);
  },
});

/** `weight` of the sample; 1 for the first, before which there is no average. */
function average(old: number, sample: number, weight: number): number {
  return weight * sample + (1 - weight) * old;
}
