/** HTTP/2 with clients, over node:http2: a session for each connection, an exchange for each of its streams. */
import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Front, FrontOptions, Gateway, Peer } from '../front.ts';
import { BodyWatch } from './body-watch.ts';
import { Http2Exchange, type Wire } from './exchange.ts';
import { http2Head } from './request.ts';
import { Session } from './session.ts';

/** httpd's H2MaxSessionStreams. */
export const STREAMS_MAX = 100;

/** Memory that Node may hold for one connection, megabytes. */
export const MEMORY_MAX = 10;

export class Http2Front implements Front {
  readonly #gateway: Gateway;
  readonly #options: FrontOptions;
  readonly #watch: BodyWatch;
  readonly #sessions = new Map<Socket, ServerHttp2Session>();
  #closing = false;

  constructor(gateway: Gateway, options: FrontOptions) {
    this.#gateway = gateway;
    this.#options = options;
    this.#watch = new BodyWatch(options.bodySeconds, options.bodyBytesPerSecond);
  }

  /** For a connection that agreed on `h2`. */
  serve(socket: Socket, peer: Peer): void {
    const session = performServerHandshake(socket, {
      maxSessionMemory: MEMORY_MAX,
      maxSettings: 32,
      maxOutstandingPings: 10,
      // Beyond it Node answers 431 itself; above all names and values that a head of HTTP/1.1 could have.
      maxHeaderListPairs: 256,
      settings: {
        enablePush: false,
        maxConcurrentStreams: STREAMS_MAX,
        maxHeaderListSize: this.#options.headerBytes,
      },
    });
    this.#sessions.set(socket, session);
    socket.once('close', () => this.#sessions.delete(socket));
    const watched = new Session(session, socket, this.#options);
    const wire = wireOf(socket, peer);
    session.on(
      'stream',
      (stream: ServerHttp2Stream, _: IncomingHttpHeaders, flags: number, fields: string[]) => {
        // It came together with what has ended the session.
        if (stream.destroyed) return;
        const exchange = this.#take(stream, wire, flags, fields, socket);
        watched.began(stream, () => exchange.drop());
        this.#gateway(exchange, exchange);
      },
    );
    if (this.#closing) session.close();
  }

  /** Who asks from now on is told that nobody has read it. */
  drain(): void {
    this.#closing = true;
    for (const session of this.#sessions.values()) session.close();
  }

  closeIdle(): void {
    this.drain();
  }

  closeAll(): void {
    for (const [socket, session] of this.#sessions) {
      session.destroy();
      socket.destroy();
    }
  }

  #take(
    stream: ServerHttp2Stream,
    wire: Wire,
    flags: number,
    fields: readonly string[],
    socket: Socket,
  ): Http2Exchange {
    const hasBody = (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0;
    const exchange = new Http2Exchange(stream, wire, http2Head(fields), hasBody);
    if (hasBody) {
      this.#watch.add(stream, socket, () => {
        if (exchange.listener !== null) exchange.listener.bodyFailed(408);
        else exchange.drop();
      });
    }
    return exchange;
  }
}

function wireOf(socket: Socket, peer: Peer): Wire {
  let askedIn = 0;
  let askedOut = 0;
  return {
    peer,
    bytesIn() {
      const before = askedIn;
      askedIn = socket.bytesRead;
      return askedIn - before;
    },
    bytesOut() {
      const before = askedOut;
      askedOut = socket.bytesWritten;
      return askedOut - before;
    },
  };
}
