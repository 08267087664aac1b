/**
 * One request and its answer over HTTP/1, as the gateway knows them: both directions in one object, since there is
 * one of them for every request.
 */
import type { Duplex } from 'node:stream';
import { dateNow } from '../date.ts';
import { FieldNames } from '../field-names.ts';
import type { ClientListener, ClientRequest, ClientResponse, Peer } from '../front.ts';
import { AnswerLines, type HeadLines } from '../head-lines.ts';
import { atEndOfTurn, type Turned } from '../turn.ts';
import type { Connection } from './connection.ts';
import { fieldLine, headText, statusLine } from './fields-text.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-parser.ts';

/** Pieces up to this size are joined with what goes before them; above it joining costs more than it saves. */
const SMALL_BYTES = 8192;
/** The fields that `head` looks for. */
const framing = new FieldNames([
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
]);
const LAST_CHUNK = '0\r\n\r\n';

function isNumber(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text !== '';
}

/** The lines of a head, but for those that say how it goes on. @throws Error when one of them cannot be sent. */
function putTogether(
  lines: AnswerLines,
  status: number,
  reason: string,
  rawHeaders: readonly string[],
): void {
  let text = statusLine(status, reason);
  let length = -1;
  let dated = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    const value = rawHeaders[i + 1];
    const lower = framing.lower(name);
    if (lower === 'connection' || lower === 'keep-alive' || lower === 'transfer-encoding') continue;
    if (lower === 'date') dated = true;
    if (lower === 'content-length') {
      if (length >= 0 || !isNumber(value)) throw new Error(`Content-Length ${value}`);
      length = Number(value);
    }
    text += fieldLine(name, value);
  }
  if (!dated) text += `Date: ${dateNow()}\r\n`;
  lines.text = text;
  lines.length = length;
}

/** All of a head that is said again, `behind` at its end. */
function wholeOf(lines: AnswerLines, behind: string): string {
  if (lines.behind !== behind) {
    // In one piece: what was put together is taken apart at each write.
    lines.whole = Buffer.from(lines.text + behind, 'latin1').toString('latin1');
    lines.behind = behind;
  }
  return lines.whole;
}

export class Exchange implements ClientRequest, ClientResponse, Turned {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  rawHeaders: readonly string[];
  readonly lines: HeadLines | null;
  remoteAddress: string;
  remotePort: number;
  readonly host: string | null;
  readonly cookies: string | null;
  readonly upgrade: string | null;
  readonly body: RequestBody | null;
  readonly bodyBytes: number | null;
  readonly ordinal: number;
  readonly expectContinue: boolean;
  readonly refusal: number;
  readonly firstLine: string | null;
  listener: ClientListener | null = null;
  /** The body has come completely, or there is none. */
  complete: boolean;
  /** The gateway has answered in whole. */
  answered = false;
  /** The client has the whole answer, or is gone. */
  closed = false;

  readonly #connection: Connection;
  /** Nothing may follow on the connection. */
  readonly #last: boolean;
  /** Of the body, so far. */
  #received = 0;
  #waitedMs = 0;
  #invited = false;
  #headSent = false;
  /** The answer has a body. */
  #bodied = false;
  #chunked = false;
  /** Bytes of the answer's body still to come; -1: as many as there are. */
  #left = -1;
  /** What is still to be sent: the head, and perhaps the beginning of the body behind it. */
  #text = '';
  /** It will be told the end of the turn. */
  #waits = false;
  /** Nothing more is sent, answered in whole or not. */
  #dropped = false;

  constructor(connection: Connection, head: RequestHead, pipelined: boolean) {
    const { read } = head;
    const { peer, front, requests } = connection;
    const hasBody = head.method !== 'CONNECT' && (read.chunked || (read.bodyBytes ?? 0) > 0);
    const wish = read.upgrade !== null && front.options.upgradable(read.upgrade);
    this.method = head.method;
    this.target = head.target;
    this.version = head.version;
    this.rawHeaders = head.rawHeaders;
    this.lines = head.lines;
    this.remoteAddress = peer.remoteAddress;
    this.remotePort = peer.remotePort;
    this.host = read.host;
    this.cookies = read.cookies;
    // What is written behind a wish may be meant for the worker: no request is looked for in it, granted or not.
    this.upgrade = wish && !hasBody && !pipelined ? read.upgrade : null;
    this.body = hasBody ? new RequestBody(() => connection.bodyWanted()) : null;
    this.bodyBytes = read.bodyBytes;
    this.expectContinue = read.expects && hasBody;
    this.refusal = read.refusal;
    this.firstLine = head.firstLine ?? null;
    this.ordinal = requests;
    this.complete = !hasBody;
    this.#connection = connection;
    this.#last = wish || !head.keepAlive || head.method === 'CONNECT';
  }

  get peer(): Peer {
    return this.#connection.peer;
  }

  get localAddress(): string {
    return this.#connection.peer.localAddress;
  }

  get localPort(): number {
    return this.#connection.peer.localPort;
  }

  get secure(): boolean {
    return this.#connection.peer.tls !== null;
  }

  get persists(): boolean {
    return !this.#last && !this.#connection.closing;
  }

  bytesIn(): number {
    return this.#connection.bytesIn();
  }

  bytesOut(): number {
    return this.#connection.bytesOut();
  }

  // What the connection tells.

  /** A piece of the body. False: there is enough for now. */
  arrived(bytes: Buffer): boolean {
    this.#received += bytes.length;
    return this.body?.push(bytes) ?? true;
  }

  /** The body is complete. */
  ended(): void {
    this.complete = true;
    this.body?.push(null);
  }

  /** Whether the body has come too slowly, now that another `tickMs` have passed. */
  isSlow(tickMs: number): boolean {
    if (this.complete || this.body?.starved !== true) return false;
    const { bodySeconds, bodyBytesPerSecond } = this.#connection.front.options;
    this.#waitedMs += tickMs;
    return this.#waitedMs / 1000 > bodySeconds + this.#received / bodyBytesPerSecond;
  }

  /** All that was written is on its way. */
  sent(): void {
    if (this.answered) this.#close(true);
  }

  /** The connection is closed. */
  gone(): void {
    this.#close(false);
  }

  // What the gateway says.

  interim(status: number, reason: string, rawHeaders: readonly string[]): void {
    if (this.version === '1.0' || this.#headSent || this.closed) return;
    if (status === 100) this.#invited = true;
    this.#connection.output.send(headText(status, reason, rawHeaders));
  }

  head(
    status: number,
    reason: string,
    rawHeaders: readonly string[],
    close: boolean,
    lines: AnswerLines | null = null,
  ): void {
    const made = lines ?? new AnswerLines();
    if (made.text === '') putTogether(made, status, reason, rawHeaders);
    const { text, length } = made;
    const bodied = this.method !== 'HEAD' && status !== 204 && status !== 304;
    const chunked = bodied && length < 0 && this.version !== '1.0';
    this.#headSent = true;
    this.#bodied = bodied;
    this.#left = length;
    this.#chunked = chunked;
    const connection = this.#connection;
    // A client that was never told to go on may send its body or not: nobody can tell what comes next.
    const unsure = this.expectContinue && !this.#invited && !this.complete;
    const endless = bodied && length < 0 && !chunked;
    const coding = chunked ? 'Transfer-Encoding: chunked\r\n' : '';
    if (close || endless || unsure || this.#last || connection.closing) {
      connection.endBehindAnswer();
      this.#text = `${text}${coding}Connection: close\r\n\r\n`;
    } else if (chunked || lines === null) {
      this.#text = text + coding + connection.front.keepAliveLines;
    } else this.#text = wholeOf(lines, connection.front.keepAliveLines);
    this.#wait();
  }

  write(bytes: Buffer, start = 0, end = bytes.length): boolean {
    const length = end - start;
    if (!this.#bodied || this.#dropped || length === 0) return true;
    if (this.#left >= 0) {
      if (length > this.#left) {
        this.drop(); // what is too much would be taken for another answer
        return true;
      }
      this.#left -= length;
    }
    if (this.#text !== '' && this.#text.length + length <= SMALL_BYTES) {
      this.#text += this.#framed(bytes, start, end);
      return true;
    }
    return this.#sendPiece(bytes, start, end);
  }

  end(): void {
    if (this.#dropped) return;
    if (this.#bodied && this.#left > 0) {
      this.drop();
      return;
    }
    this.answered = true;
    if (this.#chunked) this.#text += LAST_CHUNK;
    this.#flush();
    this.#wait();
    // What nobody read of the body must not stand in the way of the next request.
    if (!this.complete) this.body?.resume();
  }

  /** A head goes out with the first bytes of its body, or alone if none have come. */
  turnEnded(): void {
    this.#waits = false;
    this.#flush();
    if (this.answered && this.#connection.output.sentAll) this.#close(true);
  }

  drop(): void {
    this.#flush();
    this.#dropped = true;
    this.#connection.drop(this.#headSent);
  }

  tunnel(
    status: number,
    reason: string,
    rawHeaders: readonly string[],
  ): { connection: Duplex; first: Buffer } {
    const text = headText(status, reason, rawHeaders);
    this.#headSent = true;
    const handed = this.#connection.handOver();
    this.#connection.output.send(text);
    return handed;
  }

  #wait(): void {
    if (this.#waits) return;
    this.#waits = true;
    atEndOfTurn(this);
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !this.closed) this.#connection.output.send(text);
  }

  /** Sends all that there is and a piece of the body, together. */
  #sendPiece(bytes: Buffer, start: number, end: number): boolean {
    const { output } = this.#connection;
    const text = this.#text;
    this.#text = '';
    if (this.#chunked && end - start <= SMALL_BYTES)
      return output.send(text + this.#framed(bytes, start, end));
    const chunk = bytes.subarray(start, end);
    if (this.#chunked) {
      return output.sendTogether(`${text}${chunk.length.toString(16)}\r\n`, chunk, '\r\n');
    }
    return output.sendTogether(text, chunk, '');
  }

  #framed(bytes: Buffer, start: number, end: number): string {
    const text = bytes.toString('latin1', start, end);
    return this.#chunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
  }

  #close(whole: boolean): void {
    if (this.closed) return;
    this.closed = true;
    this.listener?.clientClosed(whole);
    if (whole) this.#connection.answered(this);
  }
}
