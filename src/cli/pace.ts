/** How long replications take here, as those that are done have shown. */
export class Pace {
  /** Replications done, pilots of the warm-up included. */
  done = 0;
  readonly #beganMs = performance.now();

  /** What `replications` more will take. */
  secondsOf(replications: number): number {
    return ((performance.now() - this.#beganMs) / 1000 / this.done) * replications;
  }
}
