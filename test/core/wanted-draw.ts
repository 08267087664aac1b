/** Words for which xoshiro128** (result = rotl(w1 * 5, 7) * 9) yields up to three wanted first draws. */
export function wordsThatDraw(...wanted: number[]): [number, number, number, number] {
  const [one, two = 2 ^ 1 ^ one, three] = wanted.map(wordThatDraws);
  // A step makes w1 of w1 ^ w2 ^ w0; w2 of (w2 ^ w0) ^ (w1 << 9); w0 of w0 ^ w3 ^ w1.
  const third = (one ^ two ^ 1) >>> 0;
  const second = third ^ 1 ^ (one << 9);
  const fourth = three === undefined ? 3 : (three ^ two ^ second ^ 1 ^ one) >>> 0;
  return [1, one, third, fourth];
}

function wordThatDraws(wanted: number): number {
  const byNine = Math.imul(wanted, 0x38e38e39); // 9 * 0x38e38e39 = 1 modulo 2^32
  const rotated = (byNine >>> 7) | (byNine << 25);
  return Math.imul(rotated, 0xcccccccd) >>> 0; // 5 * 0xcccccccd = 1 modulo 2^32
}
