import { defineLbMethod } from '../lbmethod.ts';
import { mix } from './parts/mix.ts';
import { ownerOf, prepareRing, ringColumns, ringTables } from './parts/ring.ts';

/** Envoy's ring hash: points in exact proportion to weights. O(log points). */
export const ringhash = defineLbMethod({
  name: 'ringhash',
  summary: 'consistent hash of the request key, ring sized by load factors',
  source: "Envoy's ring_hash_lb.cc; bounds of the ring as in gRFC A42",
  variant: '32-bit hashes (MurmurHash3 finalizer) where Envoy has 64-bit xxHash',
  ties: 'none: a key has one worker',
  cost: 'O(log points)',
  strays: 0,
  parameters: {
    key: { kind: 'choice', values: ['uri', 'source'], default: 'uri', says: 'what is hashed' },
    minSize: {
      kind: 'whole',
      min: 1,
      max: 8388608,
      default: 1024,
      says: 'fewest points of the ring',
    },
    maxSize: {
      kind: 'whole',
      min: 1,
      max: 8388608,
      default: 4096,
      says: 'most points; each worker has one',
    },
  },
  columns: ringColumns,
  tables: (workers, { maxSize }) => ringTables(workers + maxSize),
  prepare(state, among, rows) {
    const { lbfactor, identity, parameters } = state;
    const factors = lbfactor.subarray(0, rows);
    const total = factors.reduce((sum, factor) => sum + factor, 0);
    const least = factors.reduce((min, factor) => Math.min(min, factor)) / total;
    const scale = Math.min(Math.ceil(least * parameters.minSize) / least, parameters.maxSize);
    let target = 0;
    let laid = 0;
    const share = (worker: number) => {
      target += (scale * lbfactor[worker]) / total;
      const count = Math.max(1, Math.ceil(target - laid - 1e-9));
      laid += count;
      return count;
    };
    prepareRing(state, among, rows, share, (worker, count, give) => {
      for (let i = 0; i < count; i++) give(mix(identity[worker], i));
    });
  },
  elect: (state, _among, _nowNs, key) => ownerOf(state, mix(key, 0)),
});
