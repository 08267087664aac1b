/** Words for which xoshiro128** (result = rotl(w1 * 5, 7) * 9) yields a wanted first draw. */
export function wordsThatDraw(wanted: number): [number, number, number, number] {
  const byNine = Math.imul(wanted, 0x38e38e39); // 9 * 0x38e38e39 = 1 modulo 2^32
  const rotated = (byNine >>> 7) | (byNine << 25);
  const word = Math.imul(rotated, 0xcccccccd) >>> 0; // 5 * 0xcccccccd = 1 modulo 2^32
  return [1, word, 2, 3];
}
