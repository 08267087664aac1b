import { defineLbMethod } from '../lbmethod.ts';
import { NONE } from '../state.ts';

/** Fewest requests in flight; load factors only break ties, through `lbstatus`. O(candidates). */
export const bybusyness = defineLbMethod({
  name: 'bybusyness',
  summary: 'fewest requests in flight, ties by smooth weighted round robin',
  source: "httpd's mod_lbmethod_bybusyness",
  variant: 'load factors only break ties: they do not scale the number of requests in flight',
  ties: 'the greatest lbstatus, then the earlier worker',
  cost: 'O(candidates)',
  factors: 'ties',
  elect({ lbfactor, lbstatus, busy }, { ids, count }) {
    let best = NONE;
    let least = 0;
    let urgency = 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const factor = lbfactor[worker];
      const now = (lbstatus[worker] + factor) | 0;
      const inFlight = busy[worker];
      lbstatus[worker] = now;
      total += factor;
      if (best === NONE || inFlight < least || (inFlight === least && now > urgency)) {
        best = worker;
        least = inFlight;
        urgency = now;
      }
    }
    lbstatus[best] -= total;
    return best;
  },
  reset({ lbstatus, busy }, rows) {
    lbstatus.fill(0, 0, rows);
    busy.fill(0, 0, rows); // even with requests open: httpd does
  },
});
