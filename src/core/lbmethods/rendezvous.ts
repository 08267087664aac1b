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
  cost: 'O(candidates), a logarithm each',
  strays: 0,
  parameters: {
    key: { kind: 'choice', values: ['uri', 'source'], default: 'uri', says: 'what is hashed' },
  },
  elect({ lbfactor, identity }, { ids, count }, _, key) {
    let best = NONE;
    let most = 0;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const lot = (mix(key, identity[worker]) + 0.5) / 4294967296;
      const weight = -lbfactor[worker] / Math.log(lot);
      if (weight > most) {
        best = worker;
        most = weight;
      }
    }
    return best;
  },
});
