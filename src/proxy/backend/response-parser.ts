/**
 * Responses out of bytes: llhttp in its strict mode, and behind it the refusals of `response-head.ts`.
 *
 * llhttp calls back while it runs. Those calls only note positions; what they mean is read after it has stopped, so
 * that nobody is ever called from inside it and all connections can share one instance. It stops at the end of every
 * message. No body byte is told before the whole head has been found good.
 */
import { BodyPieces } from '../http1/body-pieces.ts';
import { HeadText, withoutBlankEnd } from '../http1/head-text.ts';
import { Llhttp, PAUSED, REFUSED, RESPONSE, type Sink } from '../http1/llhttp.ts';
import { NAME, VALUE } from '../http1/marks.ts';
import type { ResponseHead } from './backend.ts';
import { cameAgain, findHead, type KnownHead } from './known-heads.ts';
import { mayHaveBody, readHead } from './response-head.ts';

/** Fields of one head, or of its trailers. */
export const MAX_FIELDS = 1000;
/** A head, or its trailers, may be this many times as long as the longest line. */
const MAX_LINES = 32;

/** The parser of one connection. Call `begin` before each head, and `dispose` at the end. */
export class ResponseParser implements Sink {
  /** Bytes of a head have arrived. */
  started = false;
  /** The last `feed` completed a head: `takeHead`. */
  headReady = false;
  /** The message is complete. */
  complete = false;
  /** Name, value, name, value, … */
  trailers: string[] = [];

  readonly #llhttp = new Llhttp(RESPONSE, this);
  readonly #head = new HeadText();
  /** Longest line of a head, without its ending. */
  readonly #maxLine: number;
  /** It answers a HEAD. */
  #bodyless = false;
  #inHead = true;
  #status = 0;
  /** What llhttp told last of the trailers: NAME or VALUE. */
  #last = VALUE;
  #trailerBytes = 0;
  /** llhttp: the connection can carry another response. */
  #keepAlive = false;
  /** Nothing may follow all the same. */
  #once = false;
  readonly #body = new BodyPieces();
  /** llhttp has run since it was reset. */
  #ran = true;
  /** The head under way was known before it was read. */
  #known: KnownHead | null = null;
  /** What the first `feed` was given, up to `#end`, if it is the whole response and nothing else. */
  #whole: Buffer | null = null;
  #end = 0;

  /** `responsefieldsize`: bytes of httpd's line buffer, which holds an end mark, too. */
  constructor(responsefieldsize: number) {
    this.#maxLine = responsefieldsize - 2;
  }

  /** Before a response, and after an interim head. `bodyless`: it answers a HEAD. */
  begin(bodyless: boolean): void {
    if (this.#ran) this.#llhttp.reset();
    this.#ran = false;
    this.#known = null;
    this.#whole = null;
    this.#head.begin();
    this.#bodyless = bodyless;
    this.#inHead = true;
    this.#last = VALUE;
    this.#trailerBytes = 0;
    this.started = false;
    this.headReady = false;
    this.#body.begin();
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
    this.#body.begin();
    this.headReady = false;
    if (!this.started) {
      if (bytes[from] !== 0x48) return -1; // llhttp would skip empty lines
      this.started = true;
      if (from === 0 && !this.#bodyless) {
        if (this.#knows(bytes, to)) return to;
        this.#whole = bytes;
      }
    }
    const wasInHead = this.#inHead;
    this.#ran = true;
    const reached = this.#llhttp.run(bytes, from, to, wasInHead);
    if (reached !== to || !this.complete) this.#whole = null;
    this.#end = to;
    if (!wasInHead || this.#keep(bytes, from, to)) return reached;
    // Nothing that was found behind such a head counts.
    this.headReady = false;
    this.complete = false;
    this.#body.begin();
    return -1;
  }

  /** The connection ended. True: and with it the response, which had no other end. */
  finish(): boolean {
    this.#llhttp.finish();
    return this.complete;
  }

  /** The head that has just been completed; null: it must not be used. */
  takeHead(): ResponseHead | null {
    if (this.#known !== null) {
      this.headReady = false;
      return this.#known.head;
    }
    const head = readHead(this.#head, this.#status, this.#maxLine);
    this.headReady = false;
    if (head !== null) {
      this.#head.text = '';
      this.#once = head.version === '1.0' || mayHaveBody(head);
      if (this.#whole !== null && this.keepAlive) this.#note(this.#whole, head);
    }
    return head;
  }

  /** Whether `bytes` up to `end` are a response whose head is known. */
  #knows(bytes: Buffer, end: number): boolean {
    const known = findHead(bytes, end);
    if (known === null || known.longest > this.#maxLine) return false;
    this.#known = known;
    this.#inHead = false;
    this.#keepAlive = true;
    this.headReady = true;
    this.complete = true;
    if (end > known.headBytes) this.#body.add(known.headBytes, end - known.headBytes);
    return true;
  }

  /** The next response may have the same head. */
  #note(response: Buffer, head: ResponseHead): void {
    const { bytes, start } = this.#body;
    const headBytes = this.#end - bytes;
    if (bytes > 0 && start !== headBytes) return;
    const longest = Math.max(head.statusLineBytes, this.#head.longest);
    cameAgain(response, headBytes, this.#end, head, longest);
  }

  /** Of the head under way, or refused: its status line without the ending; 0 before that is there. */
  get statusLineBytes(): number {
    const { text } = this.#head;
    const end = text.indexOf('\n');
    if (end <= 0) return 0;
    return text[end - 1] === '\r' ? end - 1 : end;
  }

  /**
   * As far as the response goes, the connection can carry another one. Known from the head on, but for answers to
   * HEAD, where only the end tells.
   */
  get keepAlive(): boolean {
    return this.#keepAlive && !this.#once;
  }

  /** How much the last `feed` found of a body, in bytes without chunk framing: `takeBody`. */
  get bodyBytes(): number {
    return this.#body.bytes;
  }

  /** Where in that feed the body begins, if it is in one piece; else -1. */
  get bodyStart(): number {
    return this.#body.start;
  }

  /** What the last feed found of the body; `bytes` and `from` as they were then. May share memory with `bytes`. */
  takeBody(bytes: Buffer, from: number): Buffer {
    return this.#body.view(bytes, from);
  }

  /** Gives the parser back; it must not be used any more. */
  dispose(): void {
    this.#llhttp.dispose();
  }

  /** Keeps what the last feed had of the head. False: a line is folded, or there are too many, or they are too long. */
  #keep(bytes: Buffer, from: number, to: number): boolean {
    const head = this.#head;
    const whole = head.keep(bytes, from, to, this.#llhttp.marked, this.#inHead);
    if (!whole || head.fields > MAX_FIELDS) return false;
    if (!this.#inHead) return true;
    const { length } = head.text;
    // 4: two line endings.
    return length <= this.#maxLine * MAX_LINES && length - head.lineStart <= this.#maxLine + 4;
  }

  onName(at: number, length: number): number {
    return this.#trailer(NAME, at, length);
  }

  onValue(at: number, length: number): number {
    return this.#trailer(VALUE, at, length);
  }

  onHead(status: number, keepAlive: number): number {
    this.#keepAlive = keepAlive === 1;
    this.#inHead = false;
    this.headReady = true;
    this.#status = status;
    if (status === 101) return 2;
    return this.#bodyless || status < 200 || status === 204 || status === 304 ? 1 : 0;
  }

  onBody(at: number, length: number): number {
    this.#body.add(at, length);
    return 0;
  }

  onComplete(): number {
    this.complete = true;
    const { trailers } = this;
    for (let i = 1; i < trailers.length; i += 2) trailers[i] = withoutBlankEnd(trailers[i]);
    this.#keepAlive = this.#llhttp.keepAlive;
    return PAUSED;
  }

  #trailer(kind: number, at: number, length: number): number {
    const { trailers } = this;
    this.#trailerBytes += length;
    if (this.#trailerBytes > this.#maxLine * MAX_LINES) return REFUSED;
    const text = this.#llhttp.text(at, length);
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
