/**
 * Responses out of bytes: llhttp in its strict mode, and behind it the refusals of `response-head.ts`.
 *
 * llhttp calls back while it runs. Those calls only note positions; what they mean is read after it has stopped, so
 * that nobody is ever called from inside it and all connections can share one instance. It stops at the end of every
 * message. No body byte is told before the whole head has been found good.
 */
import type { ResponseHead } from './backend.ts';
import { type Llhttp, loadLlhttp, OK, PAUSED, PAUSED_UPGRADE, RESPONSE } from './llhttp.ts';
import { mayHaveBody, readHead, withoutBlankEnd } from './response-head.ts';

/** The most that one `feed` takes, in bytes. */
export const FEED_BYTES = 65_536;
/** Fields of one head, or of its trailers. */
export const MAX_FIELDS = 1000;
/** A head, or its trailers, may be this many times as long as the longest line. */
const MAX_LINES = 32;
/** Parsers kept for later connections; llhttp's memory never shrinks. */
const KEPT_PARSERS = 256;

const NAME = 1;
const VALUE = 2;
/** Stops llhttp. */
const REFUSED = -1;

let llhttp: Llhttp | null = null;
let heap: Buffer;
/** Where input goes in llhttp's memory. */
let input = 0;
let current: ResponseParser;
const free: number[] = [];

function load(): Llhttp {
  llhttp = loadLlhttp({
    headerField: (at, length) => current.onName(at - input, length),
    headerValue: (at, length) => current.onValue(at - input, length),
    headersComplete: (status, keepAlive) => current.onHead(status, keepAlive),
    body: (at, length) => current.onBody(at - input, length),
    messageComplete: () => current.onComplete(),
  });
  input = llhttp.malloc(FEED_BYTES);
  heap = Buffer.from(llhttp.memory.buffer);
  return llhttp;
}

/** The parser of one connection. Call `begin` before each head, and `dispose` at the end. */
export class ResponseParser {
  /** Bytes of a head have arrived. */
  started = false;
  /** The last `feed` completed a head: `takeHead`. */
  headReady = false;
  /** How much the last `feed` found of a body, in bytes without chunk framing: `takeBody`. */
  bodyBytes = 0;
  /** The message is complete. */
  complete = false;
  /** Name, value, name, value, … */
  trailers: string[] = [];

  readonly #llhttp: Llhttp;
  readonly #pointer: number;
  /** Longest line of a head, without its ending. */
  readonly #maxLine: number;
  /** It answers a HEAD. */
  #bodyless = false;
  #inHead = true;
  #status = 0;
  /** What earlier feeds had of the head. Positions in it count from its beginning. */
  #text = '';
  #lineStart = 0;
  /** Start and end of a name, start and end of its value; and so on. */
  readonly #bounds: number[] = [];
  #fields = 0;
  /** What llhttp told last: NAME or VALUE. It tells one in pieces where input was cut. */
  #last = VALUE;
  #trailerBytes = 0;
  /** llhttp: the connection can carry another response. */
  #keepAlive = false;
  /** Nothing may follow all the same. */
  #once = false;
  /** Start and length of each piece of body in the last feed. */
  readonly #pieces: number[] = [];

  /** `responsefieldsize`: bytes of httpd's line buffer, which holds an end mark, too. */
  constructor(responsefieldsize: number) {
    this.#llhttp = llhttp ?? load();
    this.#pointer = free.pop() ?? this.#llhttp.llhttp_alloc(RESPONSE);
    this.#maxLine = responsefieldsize - 2;
  }

  /** Before a response, and after an interim head. `bodyless`: it answers a HEAD. */
  begin(bodyless: boolean): void {
    this.#llhttp.llhttp_reset(this.#pointer);
    this.#bodyless = bodyless;
    this.#inHead = true;
    this.#text = '';
    this.#lineStart = 0;
    this.#bounds.length = 0;
    this.#fields = 0;
    this.#last = VALUE;
    this.#trailerBytes = 0;
    this.started = false;
    this.headReady = false;
    this.bodyBytes = 0;
    this.complete = false;
    this.#keepAlive = false;
    this.#once = false;
    if (this.trailers.length > 0) this.trailers = [];
  }

  /**
   * Parses `bytes` from `from` to `to`, at most `FEED_BYTES`. Returns where it stopped (at `to`, or at the end of
   * the message), or -1: this is no response, or none any more; what was found before still counts.
   */
  feed(bytes: Buffer, from: number, to: number): number {
    if (heap.length === 0) heap = Buffer.from(this.#llhttp.memory.buffer); // llhttp's memory has grown
    this.#pieces.length = 0;
    this.bodyBytes = 0;
    this.headReady = false;
    if (!this.started) {
      if (bytes[from] !== 0x48) return -1; // llhttp would skip empty lines
      this.started = true;
    }
    const wasInHead = this.#inHead;
    bytes.copy(heap, input, from, to);
    current = this;
    const code = this.#llhttp.llhttp_execute(this.#pointer, input, to - from);
    if (wasInHead && !this.#keepText(bytes, from, to)) return -1;
    if (code !== OK && code !== PAUSED && code !== PAUSED_UPGRADE) return -1;
    if (code === OK) return to;
    return from + this.#llhttp.llhttp_get_error_pos(this.#pointer) - input;
  }

  /** The connection ended. True: and with it the response, which had no other end. */
  finish(): boolean {
    current = this;
    this.#llhttp.llhttp_finish(this.#pointer);
    return this.complete;
  }

  /** The head that has just been completed; null: it must not be used. */
  takeHead(): ResponseHead | null {
    const head = readHead(this.#text, this.#status, this.#bounds, this.#maxLine);
    this.headReady = false;
    if (head !== null) {
      this.#text = '';
      this.#once = head.version === '1.0' || mayHaveBody(head);
    }
    return head;
  }

  /** Of the head under way, or refused: its status line without the ending; 0 before that is there. */
  get statusLineBytes(): number {
    const end = this.#text.indexOf('\n');
    if (end <= 0) return 0;
    return this.#text[end - 1] === '\r' ? end - 1 : end;
  }

  /**
   * As far as the response goes, the connection can carry another one. Known from the head on, but for answers to
   * HEAD, where only the end tells.
   */
  get keepAlive(): boolean {
    return this.#keepAlive && !this.#once;
  }

  /** A copy of what the last feed found of the body; `bytes` and `from` as they were then. */
  takeBody(bytes: Buffer, from: number): Buffer {
    const body = Buffer.allocUnsafe(this.bodyBytes);
    const pieces = this.#pieces;
    for (let i = 0, at = 0; i < pieces.length; i += 2) {
      const start = from + pieces[i];
      at += bytes.copy(body, at, start, start + pieces[i + 1]);
    }
    return body;
  }

  /** Gives the parser back; it must not be used any more. */
  dispose(): void {
    if (free.length < KEPT_PARSERS) free.push(this.#pointer);
    else this.#llhttp.llhttp_free(this.#pointer);
  }

  /** Keeps the part of the head in this feed as text. False: the head is too long. */
  #keepText(bytes: Buffer, from: number, to: number): boolean {
    const before = this.#text.length;
    if (!this.#inHead) {
      // What follows the last value is not needed; without any field the status line's end has to be found.
      const bounds = this.#bounds;
      const end = this.#fields === 0 ? to : from + bounds[bounds.length - 1] - before;
      if (end > from) this.#text += bytes.toString('latin1', from, end);
      return true;
    }
    this.#text += bytes.toString('latin1', from, to);
    const { length } = this.#text;
    // 4: two line endings.
    return length <= this.#maxLine * MAX_LINES && length - this.#lineStart <= this.#maxLine + 4;
  }

  onName(at: number, length: number): number {
    if (!this.#inHead) return this.#trailer(NAME, at, length);
    const bounds = this.#bounds;
    const start = this.#text.length + at;
    if (this.#last === NAME) {
      if (bounds[bounds.length - 1] === start) {
        bounds[bounds.length - 1] += length;
        return 0;
      }
      bounds.push(start, start); // the one before had no value
    }
    bounds.push(start, start + length);
    this.#last = NAME;
    this.#lineStart = start;
    return ++this.#fields > MAX_FIELDS ? REFUSED : 0;
  }

  onValue(at: number, length: number): number {
    if (!this.#inHead) return this.#trailer(VALUE, at, length);
    const bounds = this.#bounds;
    const start = this.#text.length + at;
    if (this.#last === NAME) bounds.push(start, start + length);
    else if (bounds[bounds.length - 1] === start) bounds[bounds.length - 1] += length;
    else return REFUSED; // a folded line
    this.#last = VALUE;
    return 0;
  }

  onHead(status: number, keepAlive: number): number {
    this.#keepAlive = keepAlive === 1;
    const bounds = this.#bounds;
    const nameEnd = bounds[bounds.length - 1];
    if (this.#last === NAME) bounds.push(nameEnd, nameEnd);
    this.#last = VALUE;
    this.#fields = bounds.length / 4;
    this.#inHead = false;
    this.headReady = true;
    this.#status = status;
    if (status === 101) return 2;
    return this.#bodyless || status < 200 || status === 204 || status === 304 ? 1 : 0;
  }

  onBody(at: number, length: number): number {
    this.#pieces.push(at, length);
    this.bodyBytes += length;
    return 0;
  }

  onComplete(): number {
    this.complete = true;
    const { trailers } = this;
    for (let i = 1; i < trailers.length; i += 2) trailers[i] = withoutBlankEnd(trailers[i]);
    this.#keepAlive = this.#llhttp.llhttp_should_keep_alive(this.#pointer) === 1;
    return PAUSED;
  }

  #trailer(kind: number, at: number, length: number): number {
    const { trailers } = this;
    this.#trailerBytes += length;
    if (this.#trailerBytes > this.#maxLine * MAX_LINES) return REFUSED;
    const text = heap.toString('latin1', input + at, input + at + length);
    if (kind === this.#last && trailers.length > 0) {
      trailers[trailers.length - 1] += text;
      return 0;
    }
    if (kind === NAME && trailers.length >= 2 * MAX_FIELDS) return REFUSED;
    trailers.push(text);
    this.#last = kind;
    return 0;
  }
}
