/**
 * llhttp, the HTTP parser of Node itself, in the WebAssembly build that undici carries. The path inside undici is
 * private: undici is pinned, and the tests of both parsers cover what is used (decision 0007).
 *
 * All parsers share one instance. llhttp calls back while it runs; nobody may run another parser from there.
 */
import { createRequire } from 'node:module';
import { FIRST, markers, marks } from './marks.ts';
import { instanceOf } from './wasm.ts';

/** The kinds of parser. */
export const REQUEST = 1;
export const RESPONSE = 2;
/** The most that one `run` takes, in bytes. */
export const FEED_BYTES = 65_536;
/** An answer to llhttp that stops it where it is, without an error. */
export const PAUSED = 21;
/** An answer to llhttp that stops it with an error. */
export const REFUSED = -1;

const OK = 0;
const PAUSED_UPGRADE = 22;
/** Parsers of a kind kept for later connections; llhttp's memory never shrinks. */
const KEPT_PARSERS = 256;

/**
 * What is told while a parser runs. Positions count from the first byte of the run. 0 goes on.
 */
export interface Sink {
  /** Of a trailer, as is the next: those of heads are in `marks`. */
  onName(at: number, length: number): number;
  onValue(at: number, length: number): number;
  /** 0: a body may follow. 1: none does. 2: none does, and what comes next is another protocol. */
  onHead(status: number, keepAlive: number): number;
  onBody(at: number, length: number): number;
  onComplete(): number;
}

/** What llhttp offers, as far as it is used; pointers and lengths are bytes of `memory`. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_reset(parser: number): void;
  llhttp_execute(parser: number, data: number, length: number): number;
  llhttp_finish(parser: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_should_keep_alive(parser: number): number;
  malloc(bytes: number): number;
}

let shared: Exports | null = null;
let heap: Buffer;
/** Where input goes in llhttp's memory. */
export let input = 0;
let current: Sink;
/** Where the marks of the last head end, as an index. */
let marked = 0;
const free: Readonly<Record<number, number[]>> = { [REQUEST]: [], [RESPONSE]: [] };

/** Compiles llhttp and makes the instance, which takes some milliseconds. */
function load(): Exports {
  const require = createRequire(import.meta.url);
  const bytes = require('undici/lib/llhttp/llhttp-wasm.js') as Buffer;
  const nothing = () => 0;
  const told = markers(
    (_, at, length) => current.onName(at - input, length),
    (_, at, length) => current.onValue(at - input, length),
  );
  const env = {
    wasm_on_message_begin: nothing,
    wasm_on_url: nothing,
    wasm_on_status: nothing,
    wasm_on_header_field: told.name,
    wasm_on_header_value: told.value,
    wasm_on_headers_complete: (_: number, status: number, _upgrade: number, keepAlive: number) => {
      endMarks();
      return current.onHead(status, keepAlive);
    },
    wasm_on_body: (_: number, at: number, length: number) => current.onBody(at - input, length),
    wasm_on_message_complete: () => current.onComplete(),
  };
  // The object that WebAssembly makes is slow to look things up in.
  shared = plain(instanceOf<Exports>(bytes, { env }));
  input = shared.malloc(FEED_BYTES);
  heap = Buffer.from(shared.memory.buffer);
  return shared;
}

function endMarks(): void {
  marked = marks[0]! >> 2;
  marks[0] = 0;
}

function plain(from: Exports): Exports {
  return {
    memory: from.memory,
    llhttp_alloc: from.llhttp_alloc,
    llhttp_free: from.llhttp_free,
    llhttp_reset: from.llhttp_reset,
    llhttp_execute: from.llhttp_execute,
    llhttp_finish: from.llhttp_finish,
    llhttp_get_error_pos: from.llhttp_get_error_pos,
    llhttp_should_keep_alive: from.llhttp_should_keep_alive,
    malloc: from.malloc,
  };
}

/** One of llhttp's parsers. `reset` it before each message, and `dispose` of it at the end. */
export class Llhttp {
  readonly #sink: Sink;
  readonly #kind: number;
  readonly #exports: Exports;
  readonly #pointer: number;

  /** `kind`: `REQUEST` or `RESPONSE`. */
  constructor(kind: number, sink: Sink) {
    this.#sink = sink;
    this.#kind = kind;
    this.#exports = shared ?? load();
    this.#pointer = free[kind].pop() ?? this.#exports.llhttp_alloc(kind);
  }

  reset(): void {
    this.#exports.llhttp_reset(this.#pointer);
  }

  /**
   * Parses `bytes` from `from` to `to`, at most `FEED_BYTES`. `head`: they go on with a head. Returns where it
   * stopped: at `to`, or where the sink paused it; -1: something is wrong.
   */
  run(bytes: Buffer, from: number, to: number, head: boolean): number {
    if (heap.length === 0) heap = Buffer.from(this.#exports.memory.buffer); // llhttp's memory has grown
    if (to - from === bytes.length) heap.set(bytes, input);
    else bytes.copy(heap, input, from, to);
    current = this.#sink;
    marked = FIRST;
    marks[0] = head ? FIRST * 4 : 0;
    const code = this.#exports.llhttp_execute(this.#pointer, input, to - from);
    if (marks[0] !== 0) endMarks();
    if (code === OK) return to;
    if (code !== PAUSED && code !== PAUSED_UPGRADE) return -1;
    return from + this.#exports.llhttp_get_error_pos(this.#pointer) - input;
  }

  /** Where the marks of the run under way end, or of the last one; they begin at `FIRST`. */
  get marked(): number {
    return marked;
  }

  /** Where the last of them ends; 0 without any. */
  get markedEnd(): number {
    return marked === FIRST ? 0 : marks[marked - 2]! - input + marks[marked - 1]!;
  }

  /** The connection ended. */
  finish(): void {
    current = this.#sink;
    this.#exports.llhttp_finish(this.#pointer);
  }

  /** As far as the message goes, the connection can carry another one. */
  get keepAlive(): boolean {
    return this.#exports.llhttp_should_keep_alive(this.#pointer) === 1;
  }

  /** Text of the last run, from `at` on. */
  text(at: number, length: number): string {
    return heap.toString('latin1', input + at, input + at + length);
  }

  dispose(): void {
    const kept = free[this.#kind];
    if (kept.length < KEPT_PARSERS) kept.push(this.#pointer);
    else this.#exports.llhttp_free(this.#pointer);
  }
}
