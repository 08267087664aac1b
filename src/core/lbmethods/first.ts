import { defineLbMethod } from '../lbmethod.ts';

/** The first worker with a connection to spare: packs traffic, so that the last ones can be switched off. */
export const first = defineLbMethod({
  name: 'first',
  summary: 'the first worker with fewer requests than max; needs max',
  source: "HAProxy's lb_fas.c",
  variant:
    'in the order of the file; with all full, least in flight per max, where the request waits for a slot',
  ties: 'the earlier worker',
  cost: 'O(candidates)',
  factors: 'ignored',
  elect({ busy, max }, { ids, count }) {
    let best = ids[0];
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      if (max[worker] === 0 || busy[worker] < max[worker]) return worker;
      if (busy[worker] * max[best] < busy[best] * max[worker]) best = worker;
    }
    return best;
  },
});
