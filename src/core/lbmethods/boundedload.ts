import { defineLbMethod } from '../lbmethod.ts';
import { mix } from './parts/mix.ts';
import {
  byFactor,
  nextPoint,
  pointAt,
  prepareRing,
  ringColumns,
  ringTables,
} from './parts/ring.ts';

/** Consistent hashing that leaves nobody with much more than his share of what is in flight. O(candidates). */
export const boundedload = defineLbMethod({
  name: 'boundedload',
  summary: 'consistent hash of the request key, past workers that are too busy',
  source: "arXiv 1608.01350; HAProxy's hash-balance-factor",
  variant:
    'a worker is too busy at ceil(factor × (requests in flight + 1) × its share of load factors)',
  ties: 'none: the first on the ring that is not too busy',
  cost: 'O(candidates), to add up what is in flight',
  strays: 0,
  parameters: {
    key: { kind: 'choice', values: ['uri', 'source'], default: 'uri', says: 'what is hashed' },
    factor: { kind: 'number', min: 1, max: 100, default: 1.25, says: 'how far above its share' },
    points: { kind: 'whole', min: 1, max: 1000, default: 160, says: 'points of a worker' },
  },
  columns: ringColumns,
  tables: (workers, { points }) => ringTables(workers * (points + 1)),
  prepare(state, among, rows) {
    const { identity, parameters } = state;
    const share = byFactor(state, rows, parameters.points);
    prepareRing(state, among, rows, share, (worker, count, give) => {
      for (let i = 0; i < count; i++) give(mix(identity[worker], i));
    });
  },
  elect(state, { ids, count, total }, _, key) {
    const { lbfactor, busy, ring, eligible, parameters } = state;
    let inFlight = 1;
    for (let i = 0; i < count; i++) inFlight += busy[ids[i]];
    const perFactor = (parameters.factor * inFlight) / total;
    let point = pointAt(state, mix(key, 0));
    // Somebody is below his bound, as the bounds add up to more than what is in flight.
    for (;;) {
      const worker = ring.worker[point];
      if (eligible[worker] === 1 && busy[worker] < Math.ceil(perFactor * lbfactor[worker] - 1e-9)) {
        return worker;
      }
      point = nextPoint(state, point);
    }
  },
});
