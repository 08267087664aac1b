/** MurmurHash3 of the words from index `from` to `to`, since heads differ in a letter or two. */
export function wordSum(words: Int32Array, from: number, to: number, seed: number): number {
  let mixed = seed;
  for (let i = from; i < to; i++) {
    const word = Math.imul(words[i]!, 0xcc9e2d51);
    mixed ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    mixed = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
