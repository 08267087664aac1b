/** Follows each worker's share of the last `window` picks. */
export class SlidingShare {
  readonly #shares: Float64Array;
  readonly #picks: Uint32Array;
  readonly #window: number;
  readonly #ring: Uint32Array;
  #at = 0;
  #full = 0;
  #worst = Number.NaN;
  /** A share is furthest from its target at its fewest or its most picks: others need no division. */
  readonly #fewest: Uint32Array;
  readonly #most: Uint32Array;

  constructor(targets: ArrayLike<number>, window: number) {
    this.#shares = Float64Array.from(targets);
    this.#picks = new Uint32Array(targets.length);
    this.#fewest = new Uint32Array(targets.length);
    this.#most = new Uint32Array(targets.length);
    this.#window = window;
    this.#ring = new Uint32Array(window);
  }

  /** O(1), O(workers) once; allocates nothing. */
  pick(worker: number): void {
    const at = this.#at;
    const gone = this.#ring[at];
    this.#ring[at] = worker;
    this.#at = at + 1 === this.#window ? 0 : at + 1;
    if (this.#full === 0) this.#fill(worker);
    else if (gone !== worker) this.#slide(gone, worker);
  }

  /** Largest |share - target| over all workers and all full windows so far; NaN before the first. */
  worst(): number {
    return this.#worst;
  }

  /** Whether every share of the current window is within `tolerance` of its target; false before the first. */
  withinNow(tolerance: number): boolean {
    if (this.#full === 0) return false;
    return this.#shares.every((_, worker) => this.#errorOf(worker) <= tolerance);
  }

  #fill(worker: number): void {
    this.#picks[worker]++;
    if (this.#at !== 0) return;
    this.#full = 1;
    this.#fewest.set(this.#picks);
    this.#most.set(this.#picks);
    this.#worst = this.#shares.reduce((worst, _, i) => Math.max(worst, this.#errorOf(i)), 0);
  }

  /** Only the shares of the pick that comes and of the one that goes change. */
  #slide(gone: number, worker: number): void {
    const less = --this.#picks[gone];
    const more = ++this.#picks[worker];
    if (less < this.#fewest[gone]) {
      this.#fewest[gone] = less;
      this.#worst = Math.max(this.#worst, this.#errorOf(gone));
    }
    if (more > this.#most[worker]) {
      this.#most[worker] = more;
      this.#worst = Math.max(this.#worst, this.#errorOf(worker));
    }
  }

  #errorOf(worker: number): number {
    return Math.abs(this.#picks[worker] / this.#window - this.#shares[worker]);
  }
}
