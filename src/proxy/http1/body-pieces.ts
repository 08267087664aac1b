/** Where a body is in the bytes of one run of llhttp: in one piece, or in several between the framing of chunks. */
export class BodyPieces {
  /** All pieces together. */
  bytes = 0;
  /** Start and length of each piece; the first `#found` count. */
  readonly #bounds: number[] = [];
  #found = 0;

  begin(): void {
    this.bytes = 0;
    this.#found = 0;
  }

  add(at: number, length: number): void {
    this.#bounds[this.#found++] = at;
    this.#bounds[this.#found++] = length;
    this.bytes += length;
  }

  /** Where the body begins in the run, if it is in one piece; else -1. */
  get start(): number {
    return this.#found === 2 ? this.#bounds[0]! : -1;
  }

  /** The body out of `run`, the bytes of that run, as one Buffer. A single piece shares memory with `run`. */
  view(run: Buffer, from: number): Buffer {
    if (this.#found !== 2) return this.#joined(run, from);
    const start = from + this.#bounds[0];
    return run.subarray(start, start + this.bytes);
  }

  #joined(run: Buffer, from: number): Buffer {
    const body = Buffer.allocUnsafe(this.bytes);
    const bounds = this.#bounds;
    for (let i = 0, at = 0; i < this.#found; i += 2) {
      const start = from + bounds[i];
      at += run.copy(body, at, start, start + bounds[i + 1]);
    }
    return body;
  }
}
