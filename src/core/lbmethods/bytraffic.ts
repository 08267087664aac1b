import { defineLbMethod } from '../lbmethod.ts';

/** Fewest bytes moved per unit of load factor; two separate integer divisions, as in httpd. O(candidates). */
export const bytraffic = defineLbMethod({
  name: 'bytraffic',
  summary: 'fewest bytes moved per unit of load factor',
  source: "httpd's mod_lbmethod_bytraffic",
  ties: 'the earlier worker',
  cost: 'O(candidates)',
  elect({ lbfactor, transferred, read }, { ids, count }) {
    let best = ids[0];
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const factor = lbfactor[worker];
      const traffic = Math.floor(transferred[worker] / factor) + Math.floor(read[worker] / factor);
      if (traffic >= least) continue;
      best = worker;
      least = traffic;
    }
    return best;
  },
  reset({ transferred, read }, rows) {
    transferred.fill(0, 0, rows);
    read.fill(0, 0, rows);
  },
});
