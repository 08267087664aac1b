/**
 * Baagøe's generator alea, drawn in blocks: the numbers of seedrandom's `alea(seed).double`, bit for bit, at a
 * quarter of the price. seedrandom derives the state from the seed; only the steps from there on are here, in a loop
 * that keeps the state in registers.
 */
import seedrandom from 'seedrandom';

const BLOCK = 256;

/** The stream that `seed` starts: numbers in [0, 1) with 53 random bits. */
export function alea(seed: string): () => number {
  const generator = new Alea(seed);
  return () => generator.next();
}

/** Fields, as V8 knows what they hold, and does not of a closure's variables. */
class Alea {
  /** Three fractions and the carry. */
  private readonly state: Float64Array;
  private readonly block = new Float64Array(BLOCK);
  private at = BLOCK;

  constructor(seed: string) {
    const { s0, s1, s2, c } = seedrandom.alea(seed, { state: true }).state() as Record<
      string,
      number
    >;
    this.state = Float64Array.of(s0, s1, s2, c);
  }

  next(): number {
    if (this.at === BLOCK) {
      draw(this.state, this.block);
      this.at = 0;
    }
    return this.block[this.at++];
  }
}

/**
 * Fills `block`: two steps of 32 bits a number, the second one for its last 21 bits. `Math.floor` is one instruction, and
 * `| 0` five.
 */
function draw(state: Float64Array, block: Float64Array): void {
  let s0 = state[0]; // one by one: V8 does not know that what an iterator gives are numbers
  let s1 = state[1];
  let s2 = state[2];
  let carry = state[3];
  for (let i = 0; i < BLOCK; i++) {
    const first = 2091639 * s0 + carry * 2.3283064365386963e-10; // 2^-32
    carry = Math.floor(first);
    const high = first - carry;
    const second = 2091639 * s1 + carry * 2.3283064365386963e-10;
    carry = Math.floor(second);
    const low = second - carry;
    s0 = s2;
    s1 = high;
    s2 = low;
    block[i] = high + Math.floor(low * 2097152) * 1.1102230246251565e-16; // 2^21, 2^-53
  }
  state[0] = s0;
  state[1] = s1;
  state[2] = s2;
  state[3] = carry;
}
