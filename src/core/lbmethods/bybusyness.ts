import { defineLbMethod } from '../lbmethod.ts';

/** Fewest requests in flight; load factors only break ties, through `lbstatus`. O(candidates). */
export const bybusyness = defineLbMethod({
  name: 'bybusyness',
  summary: 'fewest requests in flight, ties by smooth weighted round robin',
  source: "httpd's mod_lbmethod_bybusyness",
  variant: 'load factors only break ties: they do not scale the number of requests in flight',
  ties: 'the greatest lbstatus, then the earlier worker',
  cost: 'O(candidates)',
  factors: 'ties',
  elect({ lbfactor, lbstatus, busy }, { ids, count, total }) {
    let best = ids[0];
    let least = busy[best];
    let urgency = -2147483648; // the least there is: a tie with it keeps the first
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const now = (lbstatus[worker] + lbfactor[worker]) | 0;
      lbstatus[worker] = now;
      const inFlight = busy[worker];
      if (inFlight > least || (inFlight === least && now <= urgency)) continue;
      best = worker;
      least = inFlight;
      urgency = now;
    }
    lbstatus[best] -= total;
    return best;
  },
  reset({ lbstatus, busy }, rows) {
    lbstatus.fill(0, 0, rows);
    busy.fill(0, 0, rows); // even with requests open: httpd does
  },
});
