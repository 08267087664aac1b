/**
 * One thread at a time. The word says who has the lock, so that it can be taken from a thread that died with it.
 * Sections are microseconds long: who finds it taken looks again for a moment, then sleeps until it is woken.
 */

const FREE = 0;
/** Set beside the owner's number while somebody sleeps. */
const AWAITED = 1 << 30;
/** Looks before sleeping; about as long as a section. */
const LOOKS = 100;
/** A sleeper looks by itself now and then: who was to wake it may have died. */
const SLEEP_MS = 10;

export class SharedLock {
  readonly #word: Int32Array;
  readonly #self: number;

  /** `word`: one cell that the threads share. `self`: a number of this thread's own, 1 or more. */
  constructor(word: Int32Array, self: number) {
    this.#word = word;
    this.#self = self;
  }

  /** Number of the thread that has it; 0: nobody. */
  get owner(): number {
    return Atomics.load(this.#word, 0) & ~AWAITED;
  }

  /** False: it could not be had for `ms`. */
  acquire(ms: number): boolean {
    if (Atomics.compareExchange(this.#word, 0, FREE, this.#self) === FREE) return true;
    return this.#acquireLater(ms);
  }

  release(): void {
    const before = Atomics.exchange(this.#word, 0, FREE);
    if (before & AWAITED) Atomics.notify(this.#word, 0, 1);
  }

  /** Takes the lock from `dead`, a thread that has ended. False: it did not have it. */
  seize(dead: number): boolean {
    while (this.owner === dead) {
      const seen = Atomics.load(this.#word, 0);
      const mine = this.#self | AWAITED;
      if (Atomics.compareExchange(this.#word, 0, seen, mine) === seen) return true;
    }
    return false;
  }

  #acquireLater(ms: number): boolean {
    const word = this.#word;
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(word, 0) !== FREE) continue;
      if (Atomics.compareExchange(word, 0, FREE, this.#self) === FREE) return true;
    }
    // From here on others may be asleep, too: whoever gets the lock after sleeping wakes the next one.
    for (let left = Math.ceil(ms / SLEEP_MS); ; ) {
      const seen = Atomics.load(word, 0);
      const wanted = (seen === FREE ? this.#self : seen) | AWAITED;
      if (Atomics.compareExchange(word, 0, seen, wanted) !== seen) continue;
      if (seen === FREE) return true;
      if (left-- <= 0) return false;
      Atomics.wait(word, 0, wanted, SLEEP_MS);
    }
  }
}
