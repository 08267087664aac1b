import { defineLbMethod } from '../lbmethod.ts';
import { NONE } from '../state.ts';
import { mix } from './parts/mix.ts';

/** Every worker draws a lot for the key, and the best one has it: no table, and no key moves in vain. O(candidates). */
export const rendezvous = defineLbMethod({
  name: 'rendezvous',
  summary: 'highest random weight of request key and worker: fewest keys move',
  source: 'Thaler and Ravishankar 1998; weights by -w / ln(u) (Schindelhauer and Schomaker 2005)',
  variant: '32-bit hashes (MurmurHash3 finalizer)',
  ties: 'the earlier worker',
  cost: 'O(candidates), a logarithm for each that might be the best',
  strays: 0,
  parameters: {
    key: { kind: 'choice', values: ['uri', 'source'], default: 'uri', says: 'what is hashed' },
  },
  elect({ lbfactor, identity }, { ids, count }, _, key) {
    let best = NONE;
    let most = 0;
    let heaviest = 0; // the load factor of the best, and its lot
    let highest = -1;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const factor = lbfactor[worker];
      const lot = mix(key, identity[worker]);
      if (lot <= highest && factor <= heaviest) continue; // cannot be the best: no logarithm
      const weight = -factor / Math.log((lot + 0.5) / 4294967296);
      if (weight <= most) continue;
      best = worker;
      most = weight;
      heaviest = factor;
      highest = lot;
    }
    return best;
  },
});
