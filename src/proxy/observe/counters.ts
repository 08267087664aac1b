/**
 * Counters of one thread in one flat array: whoever counts holds an offset. Equal names have the same place for ever,
 * whatever configurations come and go. Places differ between threads, whose numbers are added up by name (`summed.ts`).
 */
export class Counters {
  values = new Float64Array(4096);
  readonly #places = new Map<string, number>();
  #used = 0;

  /** Offset of `size` numbers that are called `name`; 0 at first. */
  at(name: string, size: number): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const offset = this.#used;
    this.#used += size;
    this.#places.set(name, offset);
    if (this.#used > this.values.length) {
      const larger = new Float64Array(Math.max(this.#used, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    return offset;
  }
}

/** Upper bounds of a histogram's buckets, in seconds; the last bucket has none. */
export const BOUNDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const SUM = BOUNDS.length + 1;
/** Numbers of a histogram: how many are in each bucket, then the sum of all. */
export const HISTOGRAM = SUM + 1;

/** Counts a duration in the histogram at `offset`. */
export function observe({ values }: Counters, offset: number, ns: number): void {
  const seconds = ns / 1e9;
  let bucket = 0;
  while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++;
  values[offset + bucket]!++;
  values[offset + SUM]! += seconds;
}

/** What a histogram holds: counts up to each bound, of all, and the sum. */
export interface Distribution {
  readonly upTo: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export function distribution(values: Float64Array, offset: number): Distribution {
  let count = 0;
  const upTo = BOUNDS.map((_, bucket) => {
    count += values[offset + bucket]!;
    return count;
  });
  return { upTo, count: count + values[offset + BOUNDS.length]!, sum: values[offset + SUM]! };
}
