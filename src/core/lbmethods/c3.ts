import { defineLbMethod } from '../lbmethod.ts';

/** Ranks by response time, and by the queue that backends report, cubed: long queues weigh heavily. O(candidates). */
export const c3 = defineLbMethod({
  name: 'c3',
  summary: 'least response time + cubed reported queue × service time',
  source: 'Suresh et al., NSDI 2015; Elasticsearch (adaptive replica selection)',
  variant:
    'simplified: without the rate control of the paper; a worker not heard from yet gets one request at a time; queue and service time come with each answer',
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
  },
  needs: 'load',
  columns: {
    /** 1: there was a first response, a first report. */
    responded: 'i32',
    reported: 'i32',
    /** Moving averages: response time, service time, queue; 0 before the first. */
    responseNs: 'f64',
    serviceNs: 'f64',
    queue: 'f64',
  },
  elect({ busy, responded, responseNs, serviceNs, queue, parameters }, { ids, count }) {
    let best = ids[0];
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const pending = busy[worker];
      let rank = pending === 0 ? Number.NEGATIVE_INFINITY : Number.MAX_VALUE;
      if (responded[worker] === 1) {
        const waits = 1 + pending * parameters.clients + queue[worker];
        rank = responseNs[worker] + (waits * waits * waits - 1) * serviceNs[worker];
      }
      if (rank >= least) continue;
      best = worker;
      least = rank;
    }
    return best;
  },
  complete({ responded, responseNs, parameters }, worker, _ok, latencyNs) {
    const weight = responded[worker] === 0 ? 1 : parameters.alpha;
    responded[worker] = 1;
    responseNs[worker] = average(responseNs[worker], latencyNs, weight);
  },
  load({ reported, serviceNs, queue, parameters }, worker, load) {
    if (Number.isNaN(load.serviceNs)) return; // nobody answered: nothing could carry the news
    const weight = reported[worker] === 0 ? 1 : parameters.alpha;
    reported[worker] = 1;
    queue[worker] = average(queue[worker], load.jobs, weight);
    serviceNs[worker] = average(serviceNs[worker], load.serviceNs, weight);
  },
  reset({ responded, reported, responseNs, serviceNs, queue }, rows) {
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
