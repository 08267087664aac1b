/**
 * One well-spread 32-bit number from two: every bit of either moves every bit of the result about half of the time.
 * The finalizer is MurmurHash3's (Appleby, public domain).
 */
export function mix(one: number, other: number): number {
  let hash = Math.imul(one ^ Math.imul(other ^ (other >>> 16), 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
