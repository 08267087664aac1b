import { crcByte } from '../key.ts';
import { defineLbMethod } from '../lbmethod.ts';
import { byFactor, ownerOf, prepareRing, ringColumns, ringTables } from './parts/ring.ts';

/** nginx's consistent hashing. O(log points), and a step for each point of a worker that is out. */
export const ketama = defineLbMethod({
  name: 'ketama',
  summary: 'consistent hash of the request key on a ring of CRC-32 points',
  source: "nginx's hash … consistent (ngx_http_upstream_hash_module.c), after libketama",
  variant:
    "with equal load factors nginx's own ring of workers named host:port; with others the same number of points split by factor, as libketama does",
  ties: 'none: a key has one worker',
  cost: 'O(log points)',
  strays: 0,
  parameters: {
    key: { kind: 'choice', values: ['uri', 'source'], default: 'uri', says: 'what is hashed' },
    points: { kind: 'whole', min: 1, max: 1000, default: 160, says: 'points of a worker' },
  },
  columns: ringColumns,
  tables: (workers, { points }) => ringTables(workers * (points + 1)),
  prepare(state, among, rows) {
    const { identity, parameters } = state;
    const share = byFactor(state, rows, parameters.points);
    prepareRing(state, among, rows, share, (worker, count, give) => {
      let hash = 0;
      for (let i = 0; i < count; i++) {
        let crc = ~identity[worker]; // goes on behind the worker's name
        for (let shift = 0; shift < 32; shift += 8) crc = crcByte(crc, hash >>> shift);
        hash = ~crc >>> 0;
        give(hash);
      }
    });
  },
  elect: (state, _among, _nowNs, key) => ownerOf(state, key),
});
