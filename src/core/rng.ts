/**
 * The core's own random words: xoshiro128** (Blackman & Vigna 2018). The four words live in the balancer's
 * buffer, so a copy of the buffer draws what the original would have drawn.
 */
export type RngWords = Uint32Array;

/** Next 32 random bits, 0 to 2^32 - 1. Advances `words`. */
export function nextUint32(words: RngWords): number {
  const word = Math.imul(words[1], 5);
  const result = Math.imul((word << 7) | (word >>> 25), 9) >>> 0;
  const shifted = words[1] << 9;
  words[2] ^= words[0];
  words[3] ^= words[1];
  words[1] ^= words[2];
  words[0] ^= words[3];
  words[2] ^= shifted;
  words[3] = (words[3] << 11) | (words[3] >>> 21);
  return result;
}

/** A uniform integer in 0 to `n` - 1, for `n` up to 2^32; biased by less than n / 2^32. */
export function nextBelow(words: RngWords, n: number): number {
  return Math.floor((nextUint32(words) / 4294967296) * n);
}
