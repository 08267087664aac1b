/**
 * A client's request as the gateway sees it: head in, bytes through, an answer out. `http1/` and `http2/` make these
 * from connections.
 */
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import type { ServerTls } from '../config/tls.ts';
import type { AnswerLines, HeadLines } from './head-lines.ts';

/** Both ends of a client's connection. IPv6 addresses are without brackets, mapped IPv4 addresses are IPv4. */
export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** What the client and the proxy agreed on; null in the clear. */
  readonly tls: TlsPeer | null;
  /** Whose header of the PROXY protocol said who the client is: no field of a request may say otherwise. */
  readonly toldBy?: string;
}

export interface TlsPeer {
  /** What the handshake went by; the configuration may have changed since. */
  readonly conf: ServerTls;
  /** The host that the client asked for in the handshake; null: for none. */
  readonly serverName: string | null;
  /** The value of httpd's variable, such as SSL_PROTOCOL; null: there is none. */
  variable(name: string): string | null;
}

/** Serves connections, wherever they were accepted. */
export interface Front {
  /** Takes over a connection that nobody has read from, or whose bytes were given back. */
  serve(socket: Socket, peer: Peer): void;
  /**
   * Ends connections behind their next answers, which say so. Who has no request gets a moment for one that may be on its
   * way: a connection must not end under it.
   */
  drain(): void;
  /** Ends connections without a request now, the others behind their answers. */
  closeIdle(): void;
  /** Ends every connection now. */
  closeAll(): void;
}

export interface FrontOptions {
  /** Longest request line and header lines together. */
  readonly headerBytes: number;
  /** How long a request's head may take. */
  readonly headerMs: number;
  /** How long a body may pause, and how fast it must come on average. */
  readonly bodySeconds: number;
  readonly bodyBytesPerSecond: number;
  readonly keepAliveMs: number;
  /** How long a client may take nothing of an answer that is ready for it. */
  readonly timeoutMs: number;
  /** Whether some worker would take an upgrade to this protocol. All others are plain requests from the start. */
  readonly upgradable: (protocol: string) => boolean;
}

export interface ClientRequest {
  readonly method: string;
  /** As on the request line. */
  readonly target: string;
  /** `1.1`, `1.0` or `2.0`. */
  readonly version: string;
  /** Name, value, name, value, … as received. */
  rawHeaders: readonly string[];
  /** Of the head as it came; null: it did not come in lines. */
  readonly lines: HeadLines | null;
  /** All Host headers, joined by `, `; null without one. */
  readonly host: string | null;
  /** All Cookie headers, joined by `, `; null without one. */
  readonly cookies: string | null;
  /** The Upgrade header, if Connection names it; else null. */
  readonly upgrade: string | null;
  /** null: the request has no body. */
  readonly body: Readable | null;
  /** Content-Length; null without one. */
  readonly bodyBytes: number | null;
  /** Whose connection it came over. */
  readonly peer: Peer;
  /** As in `Peer`, until the gateway finds that a header names another client; its port is 0. */
  remoteAddress: string;
  remotePort: number;
  /** As in `Peer`. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly secure: boolean;
  /** Counts the requests of the connection, from 1. */
  readonly ordinal: number;
  /** The client waits for a 100 before it sends the body. */
  readonly expectContinue: boolean;
  /** Status to refuse the request with, because its head contradicts itself; 0: none. */
  readonly refusal: number;
  /** Of what cannot be read as a request its first line, as far as it came; null: it was read. */
  readonly firstLine: string | null;
  /** The body has come completely, or there is none. */
  readonly complete: boolean;
  /** The connection goes on behind the answer, as far as is known. */
  readonly persists: boolean;
  /** Bytes of the connection that came, or were sent, since this was asked last. */
  bytesIn(): number;
  bytesOut(): number;
}

/** Who is told what becomes of the client. */
export interface ClientListener {
  /** Writing may go on. */
  clientDrained(): void;
  /**
   * Called once, when the client has the whole answer, or is gone. For a tunnel: when its connection is closed.
   */
  clientClosed(complete: boolean): void;
  /** Called once when the body turns out malformed (400) or too slow (408). */
  bodyFailed(status: number): void;
}

/** Where the answer goes. Nothing may be called after `end`, `drop` or `tunnel`. */
export interface ClientResponse {
  /** Sends an interim response. HTTP/1.0 clients get none. */
  interim(status: number, reason: string, rawHeaders: readonly string[]): void;
  /**
   * Sends the head. Framing is the front's: it keeps a Content-Length, else closes or sends chunks as the
   * client's version allows. `close`: the connection ends behind this answer. `lines`: those of a head that is said
   * again, to be kept there; they belong to this status and these headers.
   * @throws Error when a header cannot be sent.
   */
  head(
    status: number,
    reason: string,
    rawHeaders: readonly string[],
    close: boolean,
    lines?: AnswerLines | null,
  ): void;
  /**
   * Sends those of `bytes` from `start` to `end`; by default all. Their memory may be used again afterwards. False: wait
   * for `clientDrained`.
   */
  write(bytes: Buffer, start?: number, end?: number): boolean;
  end(): void;
  /** Closes the connection, answered or not. What was written before still goes out. */
  drop(): void;
  /**
   * Sends a 101 and hands over the connection, with what the client has sent behind its head. Only for a request
   * whose `upgrade` is not null.
   */
  tunnel(
    status: number,
    reason: string,
    rawHeaders: readonly string[],
  ): { connection: Duplex; first: Buffer };
  listener: ClientListener | null;
}

export type Gateway = (request: ClientRequest, response: ClientResponse) => void;
