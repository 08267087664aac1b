/** Requests of a log as columns that grow, so that some million of them need no object each. */
import { keyOf } from '../core/index.ts';
import type { DistributionSpec, TraceSpec } from './scenario.ts';
import type { LogEntry } from './trace-format.ts';

const FIRST_CAPACITY = 1024;

type Column = Float64Array | Uint32Array;

export class TraceColumns {
  count = 0;
  /** Entries whose session is known by more than their address; and those that say how long they took. */
  bySession = 0;
  timed = 0;
  #atUs = new Float64Array(FIRST_CAPACITY);
  #bytes = new Float64Array(FIRST_CAPACITY);
  #serviceNs = new Float64Array(FIRST_CAPACITY);
  #client = new Uint32Array(FIRST_CAPACITY);
  #uriKey = new Uint32Array(FIRST_CAPACITY);
  readonly #clients = new Map<string, number>();
  /** Of each client's address. */
  readonly #sourceKeys: number[] = [];

  add({ address, session, atUs, bytes, path, serviceNs }: LogEntry): void {
    if (this.count === this.#atUs.length) this.#grow();
    const row = this.count++;
    if (session !== null) this.bySession++;
    if (!Number.isNaN(serviceNs)) this.timed++;
    this.#atUs[row] = atUs;
    this.#bytes[row] = bytes;
    this.#serviceNs[row] = serviceNs;
    this.#client[row] = this.#clientOf(session === null ? address : `session ${session}`, address);
    this.#uriKey[row] = keyOf(path);
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Sorted by time (equal times keep their order), clients numbered in order of appearance. There is an entry. */
  trace(file: string, resolutionNs: number): TraceSpec {
    const order = this.#order();
    const first = this.#atUs[order[0]!]!;
    const client = inOrder(order, this.#client);
    const numbers = new Map<number, number>();
    client.forEach((raw, entry) => {
      const number = numbers.get(raw) ?? numbers.size;
      numbers.set(raw, number);
      client[entry] = number;
    });
    return {
      file,
      atNs: inOrder(order, this.#atUs).map((us) => (us - first) * 1e3),
      client,
      bytes: inOrder(order, this.#bytes),
      clientCount: numbers.size,
      sourceKey: Uint32Array.from(numbers.keys(), (raw) => this.#sourceKeys[raw]!),
      uriKey: inOrder(order, this.#uriKey),
      resolutionNs,
    };
  }

  /**
   * The times that the entries took as a distribution, and for each entry, in the order of the trace, the uniform that
   * this distribution maps to its own time; -1 where the log does not say. There is one that does.
   */
  service(): { readonly spec: DistributionSpec; readonly uniform: Float64Array } {
    const times = inOrder(this.#order(), this.#serviceNs);
    const timed = numbersTo(times.length).filter((entry) => !Number.isNaN(times[entry]!));
    timed.sort((a, b) => times[a]! - times[b]!);
    const uniform = new Float64Array(times.length).fill(-1);
    timed.forEach((entry, rank) => {
      uniform[entry] = (rank + 0.5) / timed.length;
    });
    return {
      spec: { kind: 'samples', values: Array.from(timed, (entry) => times[entry]!) },
      uniform,
    };
  }

  #order(): Uint32Array {
    return numbersTo(this.count).sort((a, b) => this.#atUs[a]! - this.#atUs[b]! || a - b);
  }

  #clientOf(key: string, address: string): number {
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const number = this.#clients.size;
    this.#clients.set(Buffer.from(key).toString(), number); // a copy: a slice would keep its whole line
    this.#sourceKeys.push(keyOf(address));
    return number;
  }

  #grow(): void {
    this.#atUs = larger(this.#atUs);
    this.#bytes = larger(this.#bytes);
    this.#serviceNs = larger(this.#serviceNs);
    this.#client = larger(this.#client);
    this.#uriKey = larger(this.#uriKey);
  }
}

function larger<T extends Column>(column: T): T {
  const copy = empty(column, 2 * column.length);
  copy.set(column);
  return copy;
}

function inOrder<T extends Column>(order: Uint32Array, column: T): T {
  const sorted = empty(column, order.length);
  for (let i = 0; i < order.length; i++) sorted[i] = column[order[i]!]!;
  return sorted;
}

function empty<T extends Column>(like: T, length: number): T {
  return new (like.constructor as new (length: number) => T)(length);
}

/** 0, 1, … */
function numbersTo(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
