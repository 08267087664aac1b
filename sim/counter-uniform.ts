/** One block of results, reused: the hot path allocates nothing. */
const block = new Uint32Array(2);

/**
 * A uniform in [0, 1) with 53 random bits that is a pure function of four 32-bit words: draw number `index`
 * for `purpose` under a key. A session's draws so need no generator of their own and no order.
 */
export function counterUniform(key0: number, key1: number, index: number, purpose: number): number {
  threefry2x32(key0, key1, index, purpose, block);
  return ((block[0] >>> 5) * 67108864 + (block[1] >>> 6)) * (1 / 9007199254740992); // 2^26, 2^-53
}

/**
 * Threefry-2x32 with 20 rounds: scrambles a two-word counter under a two-word key into `out`.
 * Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11.
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
): void {
  let a = key0 | 0;
  let b = key1 | 0;
  let c = a ^ b ^ 0x1bd11bda; // Skein's parity word
  let x = (counter0 + a) | 0;
  let y = (counter1 + b) | 0;
  for (let group = 1; group <= 5; group++) {
    const odd = (group & 1) === 1;
    x = (x + y) | 0;
    y = rotate(y, odd ? 13 : 17) ^ x;
    x = (x + y) | 0;
    y = rotate(y, odd ? 15 : 29) ^ x;
    x = (x + y) | 0;
    y = rotate(y, odd ? 26 : 16) ^ x;
    x = (x + y) | 0;
    y = rotate(y, odd ? 6 : 24) ^ x;
    const first = a;
    a = b;
    b = c;
    c = first;
    x = (x + a) | 0;
    y = (y + b + group) | 0;
  }
  out[0] = x;
  out[1] = y;
}

function rotate(word: number, left: number): number {
  return (word << left) | (word >>> (32 - left));
}
