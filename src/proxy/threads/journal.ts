/**
 * What was done to a balancer since its last checkpoint, call by call, in the order of the lock. A call counts once it
 * is `commit`ted, in a single store; a thread that dies before that, or a call that throws, has done nothing: the
 * checkpoint and the calls up to there make the state again, whatever was half-written.
 */
import { CALL_NUMBERS } from './calls.ts';

/** Bytes in front: the lock's word, and on another cache line what says how far the journal goes. */
const HEAD_BYTES = 128;
const POSITION = 16;
/** The position is the checkpoint in use, 0 or 1, and how many calls count since it: stored at once. */
const SLOT = 1 << 30;

const CALLS_MIN = 1024;
/** So that a checkpoint copies no more than so many bytes for each call. */
const BYTES_PER_CALL = 64;

/** Calls between checkpoints for a state of `bytes`, if nothing else is wanted. */
export function callsFor(bytes: number): number {
  return Math.max(CALLS_MIN, Math.ceil(bytes / BYTES_PER_CALL));
}

/** Size in bytes of the journal of a state of `bytes`, with room for so many `calls`. */
export function journalBytes(bytes: number, calls: number): number {
  return HEAD_BYTES + calls * CALL_NUMBERS * 8 + 2 * bytes;
}

export class Journal {
  /** The cell of the lock that the journal is written under. */
  readonly lockWord: Int32Array;
  /** The calls, `CALL_NUMBERS` numbers each. */
  readonly calls: Float64Array;
  readonly #state: readonly Uint8Array[];
  readonly #head: Int32Array;
  readonly #slots: readonly [Uint8Array, Uint8Array];
  readonly #capacity: number;

  /** `state`: the memory that the calls change. */
  constructor(memory: SharedArrayBuffer, state: readonly SharedArrayBuffer[]) {
    const bytes = state.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const room = memory.byteLength - HEAD_BYTES - 2 * bytes;
    this.#capacity = Math.floor(room / (CALL_NUMBERS * 8));
    const callBytes = this.#capacity * CALL_NUMBERS * 8;
    const slot = HEAD_BYTES + callBytes;
    this.#head = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.lockWord = this.#head.subarray(0, 1);
    this.calls = new Float64Array(memory, HEAD_BYTES, callBytes / 8);
    this.#state = state.map((one) => new Uint8Array(one));
    this.#slots = [
      new Uint8Array(memory, slot, bytes),
      new Uint8Array(memory, slot + bytes, bytes),
    ];
  }

  /** Calls that count since the last checkpoint. */
  get length(): number {
    return this.#position & ~SLOT;
  }

  /** Writes a call down and returns where it is in `calls`. It does not count yet. */
  write(call: number, thread: number, nowNs: number, a = 0, b = 0, c = 0, d = 0): number {
    let { length } = this;
    if (length === this.#capacity) {
      this.checkpoint();
      length = 0;
    }
    const at = length * CALL_NUMBERS;
    const { calls } = this;
    calls[at] = call;
    calls[at + 1] = thread;
    calls[at + 2] = nowNs;
    calls[at + 3] = a;
    calls[at + 4] = b;
    calls[at + 5] = c;
    calls[at + 6] = d;
    return at;
  }

  /** The call that was written last counts from now on. */
  commit(): void {
    Atomics.store(this.#head, POSITION, this.#position + 1);
  }

  /** The state as it is now is where everything starts from. */
  checkpoint(): void {
    const slot = this.#position & SLOT ? 0 : 1;
    let at = 0;
    for (const part of this.#state) {
      this.#slots[slot]!.set(part, at);
      at += part.length;
    }
    Atomics.store(this.#head, POSITION, slot === 1 ? SLOT : 0);
  }

  /** Makes the state what it was at the checkpoint; the calls since then are still to be done again. */
  rewind(): void {
    const saved = this.saved;
    let at = 0;
    for (const part of this.#state) {
      part.set(saved.subarray(at, at + part.length));
      at += part.length;
    }
  }

  /** The state at the checkpoint. */
  get saved(): Uint8Array {
    return this.#slots[this.#position & SLOT ? 1 : 0]!;
  }

  /** The lock orders what threads see of each other; without it, this is a glance. */
  get #position(): number {
    return this.#head[POSITION]!;
  }
}
