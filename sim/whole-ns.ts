/**
 * A time drawn or computed, to the nearest whole nanosecond; halves go up. `Math.round` does the same by a branch
 * that goes either way half of the time, which costs a processor more than the rest of a draw.
 */
export function wholeNs(ns: number): number {
  return Math.floor(ns + 0.5);
}
