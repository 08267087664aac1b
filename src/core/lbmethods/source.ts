import { defineLbMethod } from '../lbmethod.ts';
import { layOutShares, shareOf } from './parts/shares.ts';

/** The same worker for the same client address, as long as nobody comes or goes. O(log candidates). */
export const source = defineLbMethod({
  name: 'source',
  summary: 'by hash of the client address, in proportion to load factors',
  source: "HAProxy's balance source with hash-type map-based",
  variant:
    'CRC-32, well mixed; when a worker comes or goes most keys move (maglev and ketama move few)',
  ties: 'none: a key has one worker',
  cost: 'O(log candidates)',
  key: 'source',
  columns: { end: 'f64' },
  prepare: layOutShares,
  elect: (state, among, _, key) => shareOf(state, among, key),
});
