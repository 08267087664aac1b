/**
 * The way to a worker: one try of one request over one connection. This is the whole of what the proxy knows of
 * backend sockets, so that another data plane can take its place under the same tests.
 *
 * Whose turn it is, how many connections a worker may have and what a failure means are the core's to say
 * (`Exchanges`); a backend opens connections, keeps idle ones, frames bytes and reports what happened.
 */
import type { Readable } from 'node:stream';
import type { outcomes } from '../../core/index.ts';
import type { Told } from '../rules/said-again.ts';
import type { Seeker } from './opening.ts';
import type { Tunnel } from './tunnel.ts';

/** How a try can end before a response head, by the name of the core's outcome. */
export type Failure = Extract<
  keyof typeof outcomes,
  | 'connectFailed'
  | 'pingExpired'
  | 'dnsFailed'
  | 'setupFailed'
  | 'closedEarly'
  | 'timedOut'
  | 'badResponse'
  | 'writeTimedOut'
  | 'writeGone'
  | 'writeFailed'
>;

export interface OutgoingRequest {
  /** Tells whether the response can have a body. */
  readonly method: string;
  /** Request line, header lines and the blank line, as they go out. One character is one byte (latin1). */
  readonly head: string;
  /** The beginning of the body, already read from the client. Sent again on every try. */
  readonly body: readonly Buffer[];
  /** What follows `body`; null when `body` is all there is. Only the last try may consume it. */
  readonly rest: Readable | null;
  /** `rest` and `body` go out in chunks, as the head says. */
  readonly chunked: boolean;
  /** The head says `Expect: 100-continue`: the body waits for an interim 100 or a final head. */
  readonly expectContinue: boolean;
  /** The protocol that the head asks to upgrade to; a 101 is an error without. */
  readonly upgrade: string | null;
  /** The connection may be kept after the response (the head says so, too). */
  readonly keepAlive: boolean;
  /** For the status line and between reads and writes. */
  readonly timeoutNs: number;
  readonly connectTimeoutNs: number;
  /** How long the first reply to `expectContinue` may take; null: `timeoutNs`. */
  readonly pingNs: number | null;
  /** The host that the certificate of an https worker must be for; null in the clear. */
  readonly tlsName: string | null;
  /** A header of the PROXY protocol: the connection is a new one that begins with it; null: with the request. */
  readonly proxyHeader: Buffer | null;
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** `1.1` or `1.0`. */
  readonly version: string;
  /** Name, value, name, value, … as received. */
  readonly rawHeaders: readonly string[];
  /** Length of the status line without its line ending: what httpd counts as read. */
  readonly statusLineBytes: number;
  /** Of a head that is the same object each time it comes; else null. */
  readonly said: SaidAgain | null;
}

/** What the client was told the last time that this head came. */
export class SaidAgain {
  told: Told | null = null;
}

/**
 * What a try tells, in the order of the fields; exactly one of the last four ends it. Only `sent` may be called from
 * inside `dispatch`. After `pause`, what has been read already still comes.
 */
export interface TryListener {
  /** A connection was opened for this try. False: give it up, nothing is sent and nothing more is told. */
  connected(): boolean;
  /** Bytes handed to the connection: head, body, chunk framing. */
  sent(bytes: number): void;
  /** An interim head (1xx, but not 101). */
  interim(head: ResponseHead): void;
  responded(head: ResponseHead): void;
  /** Body bytes after chunks are undone: those of `bytes` from `start` to `end`. Their memory is used again afterwards. */
  data(bytes: Buffer, start: number, end: number): void;
  /** The response is complete; the connection is free again or closed. */
  ended(trailers: readonly string[]): void;
  /** After `responded`: the backend broke off or stalled inside the body. */
  truncated(): void;
  /**
   * `statusLineBytes`: of a status line that arrived in whole before its head turned out bad, else 0. `detail`: more
   * about it for a reader, perhaps empty.
   */
  failed(why: Failure, statusLineBytes: number, detail: string): void;
  /** 101 with the protocol asked for; `first`: bytes that came right behind the head. The connection is the listener's. */
  upgraded(head: ResponseHead, connection: import('node:stream').Duplex, first: Buffer): void;
}

/** What somebody is told who wants a connection as it is. Exactly one of the last two ends it, unless it is given up. */
export interface ConnectListener {
  /** A connection was opened. False: give it up, nothing more is told. */
  connected(): boolean;
  opened(connection: Tunnel): void;
  /** As in `TryListener`. */
  failed(why: Failure, statusLineBytes: number, detail: string): void;
}

/** A try under way. */
export interface Try {
  /** Stops and goes on with `data`, for back-pressure. */
  pause(): void;
  resume(): void;
  /** Nobody wants the response any more: closes the connection, tells nothing more. */
  abort(): void;
}

/** Connections to one worker. */
export interface Backend {
  dispatch(request: OutgoingRequest, listener: TryListener): Try;
  /** Opens a connection and gives it away; `listener` is told later than this returns. */
  connect(request: Seeker['request'], listener: ConnectListener): Pick<Try, 'abort'>;
  /** Open connections, in use and idle; for status pages and tests. */
  readonly stats: { readonly inUse: number; readonly idle: number };
  /** Closes idle connections now and used ones when they are done. */
  close(): void;
}
