/**
 * Memory that threads share, used again when nobody has it any more. V8 counts none of it for any thread, so it does not
 * hurry to collect what earlier configurations leave: a megabyte for each balancer and reload would lie about for long.
 */
/** A quarter of a kilobyte. */
const STEP_BITS_MIN = 8;

export class Memories {
  /** Those that nobody has, by size. */
  readonly #free = new Map<number, SharedArrayBuffer[]>();

  /** At least `bytes`, of zeros. There are few sizes, so that a configuration that grows finds some, too. */
  take(bytes: number): SharedArrayBuffer {
    const step = 2 ** Math.max(STEP_BITS_MIN, Math.floor(Math.log2(bytes)) - 2);
    const size = Math.ceil(bytes / step) * step;
    const memory = this.#free.get(size)?.pop();
    if (memory === undefined) return new SharedArrayBuffer(size);
    new Uint8Array(memory).fill(0);
    return memory;
  }

  /** Nobody reads or writes it any more. */
  giveBack(memory: SharedArrayBuffer): void {
    const { byteLength } = memory;
    const free = this.#free.get(byteLength) ?? [];
    this.#free.set(byteLength, free);
    free.push(memory);
  }
}
