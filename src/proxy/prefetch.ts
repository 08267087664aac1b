/**
 * The beginning of a request's body, read before a worker is connected to, so that a failed try can be followed by
 * another with the same body (spec: httpd 5.2).
 */
import type { Readable } from 'node:stream';

/** Collects until there is enough or no more, then calls `done` once. The stream is paused then. */
export class Prefetch {
  readonly chunks: Buffer[] = [];
  bytes = 0;
  /** `chunks` is the whole body. */
  complete = false;
  readonly #body: Readable;
  readonly #enough: number;
  readonly #length: number | null;
  readonly #done: () => void;
  #over = false;

  /** `length`: of the whole body, if known. `enough`: bytes. */
  constructor(body: Readable, length: number | null, enough: number, done: () => void) {
    this.#body = body;
    this.#enough = enough;
    this.#length = length;
    this.#done = done;
    body.on('data', this.#onData);
    body.on('end', this.#onEnd);
    body.resume();
  }

  /** Stops without calling `done`. */
  cancel(): void {
    this.#over = true;
    this.#body.off('data', this.#onData);
    this.#body.off('end', this.#onEnd);
    this.#body.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#over) return; // another listener ended it while this chunk was given out
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes === this.#length) this.#onEnd();
    else if (this.bytes >= this.#enough) this.#finish();
  };

  readonly #onEnd = (): void => {
    this.complete = true;
    this.#finish();
  };

  #finish(): void {
    this.cancel();
    this.#done();
  }
}
