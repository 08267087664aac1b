import { defineLbMethod } from '../lbmethod.ts';

/** Smooth weighted round robin over `lbstatus`: neither `elected` nor `busy` is read. O(candidates). */
export const byrequests = defineLbMethod({
  name: 'byrequests',
  summary: 'smooth weighted round robin by load factor',
  source: "httpd's mod_lbmethod_byrequests",
  ties: 'the earlier worker',
  cost: 'O(candidates)',
  elect({ lbfactor, lbstatus }, { ids, count }) {
    let best = 0; // its place among the candidates: an int32 in V8, which ids of an Uint32Array are not
    let urgency = 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      const factor = lbfactor[worker];
      const now = (lbstatus[worker] + factor) | 0;
      lbstatus[worker] = now;
      total += factor;
      if (i === 0 || now > urgency) {
        best = i;
        urgency = now;
      }
    }
    const worker = ids[best];
    lbstatus[worker] -= total;
    return worker;
  },
  reset({ lbstatus }, rows) {
    lbstatus.fill(0, 0, rows);
  },
});
