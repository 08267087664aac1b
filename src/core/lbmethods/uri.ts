import { defineLbMethod } from '../lbmethod.ts';
import { layOutShares, shareOf } from './parts/shares.ts';

/** The same worker for the same URI path, as long as nobody comes or goes. O(log candidates). */
export const uri = defineLbMethod({
  name: 'uri',
  summary: 'by hash of the URI path, in proportion to load factors',
  source: "HAProxy's balance uri with hash-type map-based",
  variant:
    'CRC-32, well mixed; when a worker comes or goes most keys move (maglev and ketama move few)',
  ties: 'none: a key has one worker',
  cost: 'O(log candidates)',
  key: 'uri',
  columns: { end: 'f64' },
  prepare: layOutShares,
  elect: (state, among, _, key) => shareOf(state, among, key),
});
