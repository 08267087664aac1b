/**
 * How many connections each client has in all threads: a table of slots that they share. A slot has a client's key, and
 * how many each thread has of it; it is free while all have none. A key is written only under the lock, and only where
 * the slot is free; a number only by its thread. So a thread may die anywhere: to set its numbers to zero makes good all of it.
 */
import { createHash, randomFillSync } from 'node:crypto';
import type { Clients } from '../clients.ts';
import { SharedLock } from './lock.ts';

/** More clients than that have a descriptor in any usual system. Nobody touches most of them: they take no memory. */
const SLOTS = 1 << 17;
/** A client is in one of so many slots, from the one on that its key says. */
const WINDOW = 64;

const LOCK = 0;
const THREADS = 1;
/** Numbers of the seed, on a cache line of its own: nobody can tell which clients share slots. */
const SEED = 16;
const SEED_WORDS = 4;
const HEAD = 32;
const KEY = 3;

/** For threads from 1 to `threads`. */
export function sharedClients(threads: number, slots = SLOTS): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((HEAD + slots * (KEY + threads)) * 4);
  new Int32Array(memory)[THREADS] = threads;
  randomFillSync(seedIn(memory));
  return memory;
}

function seedIn(memory: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(memory, SEED * 4, SEED_WORDS * 4);
}

export class SharedClients implements Clients {
  readonly #cells: Int32Array;
  readonly #lock: SharedLock;
  readonly #seed: Uint8Array;
  readonly #threads: number;
  readonly #slots: number;
  readonly #thread: number;

  /** `thread`: this one's number; 0: the supervisor, who has no clients. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#cells = new Int32Array(memory);
    this.#lock = new SharedLock(this.#cells.subarray(LOCK, LOCK + 1), thread + 1);
    this.#seed = Buffer.from(seedIn(memory));
    this.#threads = this.#cells[THREADS]!;
    this.#slots = (this.#cells.length - HEAD) / (KEY + this.#threads);
    this.#thread = thread;
  }

  /** Where all slots that a client may have are taken, it is not counted. */
  enter(client: string, most: number): (() => void) | null {
    const key = this.#keyOf(client);
    this.#lock.acquire(Number.POSITIVE_INFINITY);
    try {
      const at = this.#slotOf(key);
      if (at < 0) return () => {};
      if (this.#countsAt(at) >= most) return null;
      const own = at + KEY + this.#thread - 1;
      Atomics.add(this.#cells, own, 1);
      return () => Atomics.sub(this.#cells, own, 1);
    } finally {
      this.#lock.release();
    }
  }

  /** The connections of `dead`, a thread that has ended, are gone. */
  bury(dead: number): void {
    if (this.#lock.seize(dead + 1)) this.#lock.release();
    const row = KEY + this.#threads;
    for (let own = HEAD + KEY + dead - 1; own < this.#cells.length; own += row) {
      // What nobody has written to would take memory from then on.
      if (this.#cells[own] !== 0) Atomics.store(this.#cells, own, 0);
    }
  }

  #keyOf(client: string): Int32Array {
    const digest = createHash('sha256').update(this.#seed).update(client).digest();
    return new Int32Array(new Uint8Array(digest).buffer, 0, KEY + 1);
  }

  /** Under the lock: where the client is, or is from now on; -1: nowhere. The last number of `key` says where to look. */
  #slotOf(key: Int32Array): number {
    const cells = this.#cells;
    const first = key[KEY]! >>> 0;
    let free = -1;
    for (let i = 0; i < WINDOW; i++) {
      const at = HEAD + ((first + i) % this.#slots) * (KEY + this.#threads);
      if (cells[at] === key[0] && cells[at + 1] === key[1] && cells[at + 2] === key[2]) return at;
      if (free < 0 && this.#countsAt(at) === 0) free = at;
    }
    if (free >= 0) cells.set(key.subarray(0, KEY), free);
    return free;
  }

  #countsAt(at: number): number {
    let sum = 0;
    for (let own = at + KEY; own < at + KEY + this.#threads; own++) {
      sum += Atomics.load(this.#cells, own);
    }
    return sum;
  }
}
