/** One HTTP/2 stream: a request and its answer, as the gateway knows them. */
import type { Http2Stream, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';
import type { Readable } from 'node:stream';
import type { ClientListener, ClientRequest, ClientResponse, Peer } from '../front.ts';
import type { Http2Head } from './request.ts';

/** Fields of a connection: HTTP/2 has none of them (RFC 9113, 8.2.2). */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** What a stream has of its connection. */
export interface Wire {
  readonly peer: Peer;
  bytesIn(): number;
  bytesOut(): number;
}

export class Http2Exchange implements ClientRequest, ClientResponse {
  readonly method: string;
  readonly target: string;
  readonly version = '2.0';
  rawHeaders: readonly string[];
  readonly lines = null;
  remoteAddress: string;
  remotePort: number;
  readonly host: string | null;
  readonly cookies: string | null;
  readonly upgrade = null;
  readonly body: Readable | null;
  readonly bodyBytes: number | null;
  readonly secure = true;
  /** As in httpd, no stream has one before it. */
  readonly ordinal = 1;
  readonly expectContinue: boolean;
  readonly refusal: number;
  readonly persists = true;
  readonly firstLine = null;
  listener: ClientListener | null = null;
  readonly #stream: ServerHttp2Stream;
  readonly #wire: Wire;
  #dropped = false;

  constructor(stream: ServerHttp2Stream, wire: Wire, head: Http2Head, hasBody: boolean) {
    this.method = head.method;
    this.target = head.target;
    this.rawHeaders = head.rawHeaders;
    this.remoteAddress = wire.peer.remoteAddress;
    this.remotePort = wire.peer.remotePort;
    this.host = head.host;
    this.cookies = head.cookies;
    this.body = hasBody ? stream : null;
    this.bodyBytes = head.bodyBytes;
    this.expectContinue = head.expects && hasBody;
    this.refusal = head.refusal;
    this.#stream = stream;
    this.#wire = wire;
    stream.on('error', () => {}); // 'close' follows
    // Else a stream that is given up would look like one that has ended well.
    stream.on('wantTrailers', () => {
      if (!this.#dropped) stream.sendTrailers({});
    });
    stream.on('drain', () => this.listener?.clientDrained());
    // A stream that the client has closed stays for as long as somebody has to read its body.
    stream.once('aborted', () => {
      if (!this.#dropped) stream.destroy();
    });
    stream.once('close', () => this.listener?.clientClosed(this.#wasAnswered));
  }

  get #wasAnswered(): boolean {
    const { writableFinished, rstCode } = this.#stream;
    return !this.#dropped && writableFinished && rstCode === constants.NGHTTP2_NO_ERROR;
  }

  get #isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  get peer(): Peer {
    return this.#wire.peer;
  }

  get localAddress(): string {
    return this.peer.localAddress;
  }

  get localPort(): number {
    return this.peer.localPort;
  }

  get complete(): boolean {
    return this.body === null || this.#stream.readableEnded;
  }

  bytesIn(): number {
    return this.#wire.bytesIn();
  }

  bytesOut(): number {
    return this.#wire.bytesOut();
  }

  interim(status: number, _: string, rawHeaders: readonly string[]): void {
    if (this.#stream.headersSent || this.#isGone || status === 101) return;
    this.#stream.additionalHeaders({ ':status': status, ...fieldsOf(rawHeaders) });
  }

  head(status: number, _: string, rawHeaders: readonly string[]): void {
    if (this.#isGone) return;
    const hasBody = this.method !== 'HEAD' && !bodiless.has(status);
    const fields = { ':status': status, ...fieldsOf(rawHeaders) };
    this.#stream.respond(fields, { waitForTrailers: hasBody });
  }

  write(bytes: Buffer, start = 0, end = bytes.length): boolean {
    const stream: Http2Stream = this.#stream;
    return !stream.writable || stream.write(Buffer.from(bytes.subarray(start, end)));
  }

  end(): void {
    const stream = this.#stream;
    // What has not come of the body by then is not wanted any more (RFC 9113, 8.1).
    if (!this.complete) stream.once('finish', () => stream.close());
    if (stream.writable) stream.end();
  }

  drop(): void {
    this.#dropped = true;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  tunnel(): never {
    throw new Error('HTTP/2 streams become no tunnels');
  }
}

/** Several fields of one name become one; Node takes two of many names for a mistake. */
function fieldsOf(rawHeaders: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string> = Object.create(null);
  const cookies: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    if (ofConnection.has(name)) continue;
    if (name === 'set-cookie') cookies.push(value);
    else fields[name] = fields[name] === undefined ? value : `${fields[name]}, ${value}`;
  }
  return cookies.length === 0 ? fields : { ...fields, 'set-cookie': cookies };
}
