/**
 * A client's request as the gateway sees it: head in, bytes through, an answer out. `server.ts` makes these from
 * node:http; another front may make them from something faster.
 */
import type { Duplex, Readable } from 'node:stream';

export interface ClientRequest {
  readonly method: string;
  /** As on the request line. */
  readonly target: string;
  /** `1.1` or `1.0`. */
  readonly version: string;
  /** Name, value, name, value, … as received. */
  readonly rawHeaders: readonly string[];
  /** null: the request has no body. */
  readonly body: Readable | null;
  /** Of the client; an IPv6 address without brackets, a mapped IPv4 address as IPv4. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly secure: boolean;
  /** Not the first request of its connection. */
  readonly keptAlive: boolean;
  /** The client waits for a 100 before it sends the body. */
  readonly expectContinue: boolean;
}

/** Where the answer goes. Nothing may be called after `end`, `drop` or `tunnel`. */
export interface ClientResponse {
  /** Sends an interim response. */
  interim(status: number, reason: string, rawHeaders: readonly string[]): void;
  /**
   * Sends the head. Framing is the front's: it keeps a Content-Length, else closes or sends chunks as the
   * client's version allows.
   */
  head(status: number, reason: string, rawHeaders: readonly string[]): void;
  /** False: wait for `drained`. */
  write(chunk: Buffer): boolean;
  end(trailers?: readonly string[]): void;
  /** Closes the connection at once, answered or not. */
  drop(): void;
  /** Sends a 101 and hands over the connection, with what the client has sent behind its head. */
  tunnel(
    status: number,
    reason: string,
    rawHeaders: readonly string[],
  ): { connection: Duplex; first: Buffer };
  /** Called when writing may go on. */
  onDrained: (() => void) | null;
  /** Called once, when the client has the whole answer, or is gone. */
  onClosed: ((complete: boolean) => void) | null;
}

export type Gateway = (request: ClientRequest, response: ClientResponse) => void;
