/** Follows each worker's share of the last `window` picks. */
export class SlidingShare {
  private readonly workers: readonly Picks[];
  private readonly window: number;
  /** The last picks, oldest at `at`, once it is full. */
  private readonly ring: Uint32Array;
  private at = 0;
  private full = 0;
  private furthest = Number.NaN;

  constructor(targets: ArrayLike<number>, window: number) {
    this.workers = Array.from(targets, (share) => new Picks(share));
    this.window = window;
    this.ring = new Uint32Array(window);
  }

  /** O(1), O(workers) once; allocates nothing. */
  pick(worker: number): void {
    const ring = this.ring;
    const at = this.at;
    const gone = ring[at];
    ring[at] = worker;
    this.at = at + 1 === this.window ? 0 : at + 1;
    if (this.full === 0) this.#fill(worker);
    else if (gone !== worker) this.#slide(this.workers[gone], this.workers[worker]);
  }

  /** Largest |share - target| over all workers and all full windows so far; NaN before the first. */
  worst(): number {
    return this.furthest;
  }

  /** Whether every share of the current window is within `tolerance` of its target; false before the first. */
  withinNow(tolerance: number): boolean {
    if (this.full === 0) return false;
    return this.workers.every((picks) => this.#errorOf(picks) <= tolerance);
  }

  #fill(worker: number): void {
    this.workers[worker].count++;
    if (this.at !== 0) return;
    this.full = 1;
    this.furthest = 0;
    for (const picks of this.workers) {
      picks.fewest = picks.count;
      picks.most = picks.count;
      this.furthest = Math.max(this.furthest, this.#errorOf(picks));
    }
  }

  /** Only the shares of the pick that comes and of the one that goes change. */
  #slide(gone: Picks, come: Picks): void {
    if (--gone.count < gone.fewest) {
      gone.fewest = gone.count;
      this.furthest = Math.max(this.furthest, this.#errorOf(gone));
    }
    if (++come.count > come.most) {
      come.most = come.count;
      this.furthest = Math.max(this.furthest, this.#errorOf(come));
    }
  }

  #errorOf({ count, share }: Picks): number {
    return Math.abs(count / this.window - share);
  }
}

/** Of one worker, in the window. */
class Picks {
  readonly share: number;
  count = 0;
  /** A share is furthest from its target at its fewest or its most picks: others need no division. */
  fewest = 0;
  most = 0;

  constructor(share: number) {
    this.share = share;
  }
}
