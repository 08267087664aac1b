import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';
import { layOutShares, placeOf } from './parts/shares.ts';

/** Independent picks with probability proportional to the load factor: the baseline. O(log candidates). */
export const random = defineLbMethod({
  name: 'random',
  summary: 'independent random picks, weighted by load factor',
  source: 'textbook',
  variant: 'one draw of 32 bits per pick, by cumulative load factor in worker order',
  ties: 'by chance',
  cost: 'O(log candidates)',
  factors: 'shares',
  columns: { end: 'f64' },
  prepare: layOutShares,
  elect: ({ end, rng }, { ids, count, total }) => ids[placeOf(end, count, nextBelow(rng, total))],
});
