/**
 * What the balancers of the proxy do, told to the thread that measures: a ring in shared memory with one writer and one
 * reader. The order is the balancers' own.
 */

/** A worker was picked; what a request held of it was given back; it was marked as failed. */
export const PICKED = 0;
export const RELEASED = 1;
export const MARKED = 2;

const ROOM = 1 << 16;
const NUMBERS = 4;
const HEAD_BYTES = 8;
const WRITTEN = 0;
const READ = 1;

/** Called with what was done, by which proxy, to which worker, and when. */
export type Deed = (kind: number, proxy: number, worker: number, atNs: number) => void;

export function deedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + ROOM * NUMBERS * 8);
}

export class DeedLog {
  private readonly head: Int32Array;
  private readonly numbers: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.head = new Int32Array(memory, 0, 2);
    this.numbers = new Float64Array(memory, HEAD_BYTES);
  }

  /** @throws Error when the reader is a whole ring behind: what was lost would make every count wrong. */
  write(kind: number, proxy: number, worker: number, atNs: number): void {
    const written = this.head[WRITTEN]!;
    if (written - Atomics.load(this.head, READ) >= ROOM) {
      throw new Error('nobody has read what the balancers did for too long');
    }
    this.numbers.set([kind, proxy, worker, atNs], (written % ROOM) * NUMBERS);
    Atomics.store(this.head, WRITTEN, written + 1);
  }

  read(each: Deed): void {
    const written = Atomics.load(this.head, WRITTEN);
    for (let read = this.head[READ]!; read < written; read++) {
      const at = (read % ROOM) * NUMBERS;
      const [kind, proxy, worker, atNs] = this.numbers.subarray(at, at + NUMBERS);
      each(kind!, proxy!, worker!, atNs!);
      Atomics.store(this.head, READ, read + 1);
    }
  }
}
