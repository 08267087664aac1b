/**
 * Baagøe's generator alea, drawn in blocks: the numbers of seedrandom's `alea(seed).double`, bit for bit, at a
 * quarter of the price. seedrandom derives the state from the seed; only the steps from there on are here, in a loop
 * that keeps the state in registers.
 */
import seedrandom from 'seedrandom';

const BLOCK = 256;

/** The stream that `seed` starts: numbers in [0, 1) with 53 random bits. */
export function alea(seed: string): () => number {
  const { s0, s1, s2, c } = seedrandom.alea(seed, { state: true }).state() as Record<
    string,
    number
  >;
  const state = Float64Array.of(s0, s1, s2, c);
  const block = new Float64Array(BLOCK);
  let at = BLOCK;
  return () => {
    if (at === BLOCK) {
      draw(state, block);
      at = 0;
    }
    return block[at++];
  };
}

/** Fills `block`: two steps of 32 bits a number, the second one for its last 21 bits. */
function draw(state: Float64Array, block: Float64Array): void {
  let [s0, s1, s2, carry] = state;
  for (let i = 0; i < block.length; i++) {
    const first = 2091639 * s0 + carry * 2.3283064365386963e-10; // 2^-32
    carry = first | 0;
    const high = first - carry;
    const second = 2091639 * s1 + carry * 2.3283064365386963e-10;
    carry = second | 0;
    const low = second - carry;
    s0 = s2;
    s1 = high;
    s2 = low;
    block[i] = high + ((low * 2097152) | 0) * 1.1102230246251565e-16; // 2^21, 2^-53
  }
  state.set([s0, s1, s2, carry]);
}
