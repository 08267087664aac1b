/**
 * Requests out of bytes: llhttp in its strict mode, and behind it what is refused beyond that: a request line that is
 * not `METHOD target HTTP/1.x` with one blank between, bytes beyond ASCII in it, versions other than 1.0 and 1.1.
 *
 * llhttp only notes positions while it runs, and stops at the end of every message, so that nobody is called from
 * inside it and the next request is read when its turn has come.
 */
import type { HeadLines } from '../head-lines.ts';
import { BodyPieces } from './body-pieces.ts';
import { type ClientHead, readClientHead } from './client-head.ts';
import { HeadText } from './head-text.ts';
import { type Client, Known, type KnownFields } from './known-fields.ts';
import { Llhttp, PAUSED, REFUSED, REQUEST, type Sink } from './llhttp.ts';

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** Name, value, name, value, …, without blanks around values. */
  readonly rawHeaders: readonly string[];
  readonly lines: HeadLines | null;
  /** What the fields say. */
  readonly read: ClientHead;
  /** Another request may follow. */
  readonly keepAlive: boolean;
  /** As in `ClientRequest`. */
  readonly firstLine?: string;
}

/** What may come between two pieces of a body or behind the last: chunk sizes with extensions, trailers. */
export const BETWEEN_BYTES = 16_384;

const METHOD = /^[A-Z-]+$/;

/** The method of the request before, which most requests have. */
let lastMethod = 'GET';

function isMethod(text: string): boolean {
  if (text !== lastMethod) {
    if (!METHOD.test(text)) return false;
    lastMethod = text;
  }
  return true;
}

/** Where the printable ASCII without blanks that begins at `start` ends. */
function endOfTarget(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return i;
  }
  return text.length;
}

/** Nothing is asked for beside an answer. */
function isUsual({ bodyBytes, chunked, expects, upgrade, refusal }: ClientHead): boolean {
  return bodyBytes === null && !chunked && !expects && upgrade === null && refusal === 0;
}

/** The parser of one connection. Call `begin` before each request, and `dispose` at the end. */
export class RequestParser implements Sink {
  /** The last `feed` completed a head: `takeHead`. */
  headReady = false;
  /** The request is complete. */
  complete = false;
  /** Status to refuse what was fed last with. */
  fault = 400;

  readonly #llhttp = new Llhttp(REQUEST, this);
  readonly #head = new HeadText();
  readonly #headBytes: number;
  #inHead = true;
  #inTrailers = false;
  #keepAlive = false;
  readonly #known: Known;
  readonly #client: Client;
  /** The fields of the head, if they were known before it was read; then this is its target. */
  #fields: KnownFields | null = null;
  #target = '';
  /** They may be kept, as the whole request was looked for. */
  #notable = false;
  /** llhttp has run since it was reset. */
  #ran = true;
  /** Bytes of earlier feeds behind the last piece of the body. */
  #between = 0;
  /** Where the last piece of the body ended in this feed. */
  #pieceEnd = 0;
  readonly #body = new BodyPieces();

  /** `headBytes`: how long request line and fields may be together. `known`: what `client` says again and again. */
  constructor(headBytes: number, known = new Known(), client = known.enter('')) {
    this.#headBytes = headBytes;
    this.#known = known;
    this.#client = client;
  }

  begin(): void {
    if (this.#ran) this.#llhttp.reset();
    this.#ran = false;
    this.#fields = null;
    this.#notable = false;
    this.#head.begin();
    this.#inHead = true;
    this.#inTrailers = false;
    this.#between = 0;
    this.headReady = false;
    this.#body.begin();
    this.complete = false;
    this.fault = 400;
  }

  /**
   * Parses `bytes` from `from` to `to`, at most `FEED_BYTES`. Returns where it stopped (at `to`, or at the end of the
   * request), or -1: this is no request, or none any more (`fault`); what was found before still counts.
   */
  feed(bytes: Buffer, from: number, to: number): number {
    const wasInHead = this.#inHead;
    this.#body.begin();
    this.#pieceEnd = 0;
    this.headReady = false;
    if (!this.#ran && from === 0 && to === bytes.length && this.#knows(bytes)) return to;
    this.#ran = true;
    const reached = this.#llhttp.run(bytes, from, to, wasInHead);
    if (reached !== to || !this.complete) this.#notable = false;
    if (wasInHead) {
      const head = this.#head;
      const folded = !head.keep(bytes, from, to, this.#llhttp.marked, this.#inHead);
      if (folded) this.#inHead = true;
      const tooLong = this.#isTooLong;
      if (tooLong) this.fault = head.text.trimStart().includes('\r\n') ? 431 : 414;
      if (folded || tooLong) {
        this.headReady = false;
        return -1;
      }
    }
    if (reached < 0 || this.#inHead || this.#head.fields === 0) return reached;
    this.#between += reached - from - this.#pieceEnd;
    if (!this.#isTooFar(this.#between)) return reached;
    this.complete = false;
    return -1;
  }

  /** The head that has just been completed; null: it must not be used. */
  takeHead(): RequestHead | null {
    this.headReady = false;
    if (this.#fields !== null) return this.#again(this.#fields);
    const head = this.#head;
    const { text } = head;
    let start = 0;
    while (text.startsWith('\r\n', start)) start += 2;
    const methodEnd = text.indexOf(' ', start);
    const targetEnd = endOfTarget(text, methodEnd + 1);
    const minor = text.charCodeAt(targetEnd + ' HTTP/1.'.length);
    if (methodEnd < 0 || targetEnd === methodEnd + 1 || (minor !== 0x30 && minor !== 0x31))
      return null;
    const lineEnd = targetEnd + ' HTTP/1.x'.length;
    if (!text.startsWith(' HTTP/1.', targetEnd) || !text.startsWith('\r\n', lineEnd)) return null;
    const method = text.slice(start, methodEnd);
    if (!isMethod(method)) return null;
    const version = minor === 0x30 ? '1.0' : '1.1';
    const lines = head.lines();
    const read = readClientHead(lines.fields, version);
    const keepAlive = this.#keepAlive;
    head.text = '';
    if (this.#notable && isUsual(read)) this.#known.learn(this.#client, lines, read, keepAlive);
    return {
      method,
      target: text.slice(methodEnd + 1, targetEnd),
      version,
      rawHeaders: lines.fields,
      lines,
      read,
      keepAlive,
    };
  }

  /** Whether `bytes` are a whole request whose fields are known. */
  #knows(bytes: Buffer): boolean {
    if (bytes.length - '\r\n\r\n'.length > this.#headBytes) return false;
    const fields = this.#known.find(this.#client, bytes);
    const { targetEnd } = this.#known;
    this.#notable = targetEnd > 0;
    if (fields === null) return false;
    this.#fields = fields;
    this.#target = bytes.toString('latin1', 'GET '.length, targetEnd);
    this.#inHead = false;
    this.headReady = true;
    this.complete = true;
    return true;
  }

  #again({ lines, read, keepAlive }: KnownFields): RequestHead {
    const target = this.#target;
    const rawHeaders = lines.fields;
    return { method: 'GET', target, version: '1.1', rawHeaders, lines, read, keepAlive };
  }

  /** What has come of the request line, if no head was taken; without its end it may still go on. */
  get firstLine(): string {
    return /^(?:\r\n)*([^\r\n]*(?:\r\n)?)/.exec(this.#head.text.slice(0, this.#headBytes))![1]!;
  }

  /** How much the last `feed` found of a body, in bytes without chunk framing: `takeBody`. */
  get bodyBytes(): number {
    return this.#body.bytes;
  }

  /** What the last feed found of the body; `bytes` and `from` as they were then. May share memory with `bytes`. */
  takeBody(bytes: Buffer, from: number): Buffer {
    return this.#body.view(bytes, from);
  }

  /** Gives the parser back; it must not be used any more. */
  dispose(): void {
    this.#llhttp.dispose();
  }

  onName(at: number, _length: number): number {
    this.#inTrailers = true;
    return this.#isTooFar(this.#between + at - this.#pieceEnd) ? REFUSED : 0;
  }

  onValue(): number {
    return 0;
  }

  onHead(_status: number, keepAlive: number): number {
    this.#keepAlive = keepAlive === 1;
    this.#pieceEnd = this.#llhttp.markedEnd;
    this.#inHead = false;
    this.headReady = true;
    return 0;
  }

  onBody(at: number, length: number): number {
    if (this.#isTooFar(this.#between + at - this.#pieceEnd)) return REFUSED;
    this.#between = 0;
    this.#pieceEnd = at + length;
    this.#body.add(at, length);
    return 0;
  }

  onComplete(): number {
    this.complete = true;
    return PAUSED;
  }

  get #isTooLong(): boolean {
    const head = this.#head;
    if (this.#inHead) return head.text.length > this.#headBytes + '\r\n\r\n'.length;
    return head.length > this.#headBytes;
  }

  #isTooFar(between: number): boolean {
    if (between <= BETWEEN_BYTES) return false;
    this.fault = this.#inTrailers ? 431 : 413;
    return true;
  }
}
