import { defineLbMethod } from '../lbmethod.ts';

/** Smooth weighted round robin over `lbstatus`: neither `elected` nor `busy` is read. O(candidates). */
export const byrequests = defineLbMethod({
  name: 'byrequests',
  summary: 'smooth weighted round robin by load factor',
  source: "httpd's mod_lbmethod_byrequests",
  ties: 'the earlier worker',
  cost: 'O(candidates)',
  factors: 'shares',
  elect({ lbfactor, lbstatus }, { ids, count, total, inRow }) {
    const worker =
      inRow === 1 ? chargeRow(lbfactor, lbstatus, count) : charge(lbfactor, lbstatus, ids, count);
    lbstatus[worker] -= total;
    return worker;
  },
  reset({ lbstatus }, rows) {
    lbstatus.fill(0, 0, rows);
  },
});

/** Adds every candidate's load factor to its `lbstatus`; returns the first of those with the highest. */
function charge(
  lbfactor: Int32Array,
  lbstatus: Int32Array,
  ids: Int32Array,
  count: number,
): number {
  let best = ids[0];
  let urgency = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const now = (lbstatus[worker] + lbfactor[worker]) | 0;
    lbstatus[worker] = now;
    if (i === 0 || now > urgency) {
      best = worker;
      urgency = now;
    }
  }
  return best;
}

/**
 * The same for the workers 0 to `count` - 1, eight at a time: V8 looks up address and length of each array anew in
 * every round of a loop.
 */
function chargeRow(lbfactor: Int32Array, lbstatus: Int32Array, count: number): number {
  let best = 0;
  let urgency = -2147483648; // the least there is: a tie with it keeps worker 0
  const eights = count & 0x3ffffff8; // so bounded that V8 need not look whether `worker` + 7 overflows
  for (let worker = 0; worker < eights; worker += 8) {
    const first = (lbstatus[worker] + lbfactor[worker]) | 0;
    lbstatus[worker] = first;
    if (first > urgency) {
      urgency = first;
      best = worker;
    }
    const second = (lbstatus[worker + 1] + lbfactor[worker + 1]) | 0;
    lbstatus[worker + 1] = second;
    if (second > urgency) {
      urgency = second;
      best = worker + 1;
    }
    const third = (lbstatus[worker + 2] + lbfactor[worker + 2]) | 0;
    lbstatus[worker + 2] = third;
    if (third > urgency) {
      urgency = third;
      best = worker + 2;
    }
    const fourth = (lbstatus[worker + 3] + lbfactor[worker + 3]) | 0;
    lbstatus[worker + 3] = fourth;
    if (fourth > urgency) {
      urgency = fourth;
      best = worker + 3;
    }
    const fifth = (lbstatus[worker + 4] + lbfactor[worker + 4]) | 0;
    lbstatus[worker + 4] = fifth;
    if (fifth > urgency) {
      urgency = fifth;
      best = worker + 4;
    }
    const sixth = (lbstatus[worker + 5] + lbfactor[worker + 5]) | 0;
    lbstatus[worker + 5] = sixth;
    if (sixth > urgency) {
      urgency = sixth;
      best = worker + 5;
    }
    const seventh = (lbstatus[worker + 6] + lbfactor[worker + 6]) | 0;
    lbstatus[worker + 6] = seventh;
    if (seventh > urgency) {
      urgency = seventh;
      best = worker + 6;
    }
    const eighth = (lbstatus[worker + 7] + lbfactor[worker + 7]) | 0;
    lbstatus[worker + 7] = eighth;
    if (eighth > urgency) {
      urgency = eighth;
      best = worker + 7;
    }
  }
  for (let worker = eights; worker < count; worker++) {
    const now = (lbstatus[worker] + lbfactor[worker]) | 0;
    lbstatus[worker] = now;
    if (now <= urgency) continue;
    urgency = now;
    best = worker;
  }
  return best;
}
