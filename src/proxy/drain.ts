/** When a proxy that takes no more connections may end. */

/** How long requests under way may take at the end of `fairlead proxy`, unless GracefulShutdownTimeout says it. */
export const DRAIN_NS = 30e9;

/**
 * A client's connection that has not been told of its end may bring another request. It ends when it has brought none for
 * so long: a request that is sent just then gets no answer, as with any time limit between requests.
 */
export const LAST_REQUEST_MS = 1000;

/** What there is to wait for. */
export interface UnderWay {
  readonly requests: number;
  readonly connections: number;
}

export class Drain {
  /** Resolves when it is over. Nothing is between this and what its awaiter does next. */
  readonly over: Promise<void>;
  readonly #underWay: () => UnderWay;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;
  #finish: () => void = () => {};

  constructor(underWay: () => UnderWay) {
    this.#underWay = underWay;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.look();
  }

  /** A request, or a connection, was the last. */
  look(): void {
    if (this.#isOver) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#underWay().requests === 0 && this.hurry(),
      LAST_REQUEST_MS,
    );
    // In a moment, as the last answer may just be going out.
    if (this.#isEmpty) setImmediate(() => this.#isEmpty && this.hurry());
  }

  /** Waits no longer. */
  hurry(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#isOver = true;
    this.#finish();
  }

  get #isEmpty(): boolean {
    const { requests, connections } = this.#underWay();
    return requests === 0 && connections === 0;
  }
}
