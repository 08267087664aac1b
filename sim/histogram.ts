/** Where the totals lie in `state`; the buckets follow. */
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
const BUCKETS = 4;

/** Powers of two between 1 and 2^53. */
const OCTAVES = 53;

/** A double and its eight bytes as two words; the upper one holds the exponent and 20 mantissa bits. */
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
const UPPER = words[0] === 0 ? 1 : 0; // 1 where the machine is little-endian

/**
 * Counts of non-negative integers (nanoseconds) up to 2^53, in buckets of equal relative width that are
 * indexed by the leading bits of the double. Plain data, so that threads can send it; functions rather than
 * closures work on it because `record` then costs half where several histograms take turns.
 */
export interface Histogram {
  readonly state: Float64Array;
  /** Mantissa bits of the upper word that the index drops. */
  readonly shift: number;
  /** What takes the remaining bits to an index of `state`. */
  readonly offset: number;
}

/**
 * An empty histogram. Values up to 2^(mantissaBits + 1) stay exact, larger ones are kept within
 * 2^-(mantissaBits + 1): 0.049 % with 10 bits, whose buckets take 424 KiB (untouched pages stay unmapped).
 */
export function histogram(mantissaBits = 10): Histogram {
  const state = new Float64Array(BUCKETS + (OCTAVES << mantissaBits) + 2);
  state[MIN] = Infinity;
  state[MAX] = -Infinity;
  // The first bucket is the value 0, the second begins at 1, whose exponent field is 1023.
  return { state, shift: 20 - mantissaBits, offset: BUCKETS + 1 - (1023 << mantissaBits) };
}

/** Counts the first `count` of `values`: a batch, as a loop keeps the totals in registers. Allocates nothing. */
export function record(histogram: Histogram, values: Float64Array, count: number): void {
  const { state } = histogram;
  let sum = state[SUM];
  let min = state[MIN];
  let max = state[MAX];
  for (let i = 0; i < count; i++) {
    const value = values[i];
    state[bucketOf(histogram, value)]++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  state[COUNT] += count;
  state[SUM] = sum;
  state[MIN] = min;
  state[MAX] = max;
}

export const countOf = ({ state }: Histogram): number => state[COUNT];
export const sumOf = ({ state }: Histogram): number => state[SUM];
/** Exact; Infinity when nothing was recorded. */
export const minOf = ({ state }: Histogram): number => state[MIN];
/** Exact; -Infinity when nothing was recorded. */
export const maxOf = ({ state }: Histogram): number => state[MAX];

/**
 * The value of rank ceil(p * count), to the middle of its bucket; exact for the smallest and the largest rank,
 * NaN when nothing was recorded. O(buckets between them).
 */
export function quantile(histogram: Histogram, p: number): number {
  const { state } = histogram;
  if (state[COUNT] === 0) return Number.NaN;
  const rank = Math.ceil(p * state[COUNT]);
  if (rank <= 1) return state[MIN];
  if (rank >= state[COUNT]) return state[MAX];
  const bucket = bucketOfRank(state, bucketOf(histogram, state[MIN]), rank);
  return Math.min(state[MAX], Math.max(state[MIN], middle(histogram, bucket)));
}

/** A function of its own: V8 replaces a loop under way by fast code, but knows too little of what comes after it. */
function bucketOfRank(state: Float64Array, lowest: number, rank: number): number {
  let bucket = lowest;
  for (let seen = state[bucket]; seen < rank; seen += state[bucket]) bucket++;
  return bucket;
}

/** Adds what `from` has counted to `into`; both need the same mantissa bits. */
export function merge(into: Histogram, from: Histogram): void {
  const { state } = into;
  if (from.shift !== into.shift) throw new Error('histograms differ in mantissa bits');
  const min = Math.min(state[MIN], from.state[MIN]);
  const max = Math.max(state[MAX], from.state[MAX]);
  for (let i = 0; i < state.length; i++) state[i] += from.state[i];
  state[MIN] = min;
  state[MAX] = max;
}

function bucketOf({ shift, offset }: Histogram, value: number): number {
  double[0] = value;
  return Math.max(BUCKETS, (words[UPPER] >>> shift) + offset);
}

/** Middle of the integers in a bucket; one narrower than 1 holds just its lower edge. */
function middle(histogram: Histogram, bucket: number): number {
  const edge = lowerEdge(histogram, bucket);
  const width = lowerEdge(histogram, bucket + 1) - edge;
  return edge + (Math.max(1, width) - 1) / 2;
}

function lowerEdge({ shift, offset }: Histogram, bucket: number): number {
  if (bucket === BUCKETS) return 0;
  words[UPPER] = (bucket - offset) << shift;
  words[1 - UPPER] = 0;
  return double[0];
}
