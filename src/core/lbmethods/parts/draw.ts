/** Draws that several methods share. */
import { nextBelow } from '../../rng.ts';

/**
 * Draw number `i` of 0 to `count` - 1 without replacement: one that is none of the `i` before, which `drawn` holds
 * in ascending order. Needs `i < count`. O(i).
 */
export function drawDistinct(
  rng: Uint32Array,
  drawn: Int32Array,
  i: number,
  count: number,
): number {
  let draw = nextBelow(rng, count - i);
  let at = 0;
  while (at < i && draw >= drawn[at]) {
    draw++;
    at++;
  }
  for (let later = i; later > at; later--) drawn[later] = drawn[later - 1];
  drawn[at] = draw;
  return draw;
}
