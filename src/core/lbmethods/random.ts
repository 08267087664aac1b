import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';

/** Independent picks with probability proportional to the load factor: the baseline. O(candidates). */
export const random = defineLbMethod({
  name: 'random',
  summary: 'independent random picks, weighted by load factor',
  source: 'textbook',
  variant: 'one draw of 32 bits per pick, by cumulative load factor in worker order',
  ties: 'by chance',
  cost: 'O(candidates)',
  factors: 'shares',
  elect({ lbfactor, rng }, { ids, count }) {
    let total = 0;
    for (let i = 0; i < count; i++) total += lbfactor[ids[i]];
    let left = nextBelow(rng, total);
    let i = 0;
    while (left >= lbfactor[ids[i]]) left -= lbfactor[ids[i++]];
    return ids[i];
  },
});
