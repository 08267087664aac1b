/** When a proxy that takes no more connections may end. */

/** How long requests under way may take at the end of `fairlead proxy`, unless GracefulShutdownTimeout says it. */
export const DRAIN_NS = 30e9;

/**
 * A connection that was accepted before the end may bring its first request yet; after this long nobody waits for it.
 * Connections that have served a request are ended as soon as they have none.
 */
const FIRST_REQUEST_MS = 1000;

/** What there is to wait for. */
export interface UnderWay {
  readonly requests: number;
  readonly connections: number;
}

export class Drain {
  /** Resolves when it is over. Nothing is between this and what its awaiter does next. */
  readonly over: Promise<void>;
  readonly #underWay: () => UnderWay;
  readonly #timer: NodeJS.Timeout;
  #patient = true;
  #finish: () => void = () => {};

  constructor(underWay: () => UnderWay) {
    this.#underWay = underWay;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#timer = setTimeout(() => {
      this.#patient = false;
      this.look();
    }, FIRST_REQUEST_MS);
    this.look();
  }

  /** Something has ended. Looks again in a moment, as the last answer may just be going out. */
  look(): void {
    if (this.#isOver) setImmediate(() => this.#isOver && this.hurry());
  }

  /** Waits no longer. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#finish();
  }

  get #isOver(): boolean {
    const { requests, connections } = this.#underWay();
    return requests === 0 && (connections === 0 || !this.#patient);
  }
}
