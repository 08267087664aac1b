/**
 * A client's connection: its addresses, and its requests one after the other. node:http would hand over pipelined
 * requests all at once; httpd, and so the proxy, takes up the next when the answer before it is out, so that picks
 * come in the order of the answers.
 */
import type { Socket } from 'node:net';
import { rawError } from './answer.ts';
import type { ClientExchange } from './client-exchange.ts';
import type { Gateway, Peer } from './front.ts';

/** Reading stops while more requests than these wait for their turn. */
export const PIPELINED_MAX = 16;

/** A socket that knows its connection. */
export interface ClientSocket extends Socket {
  fairlead: ClientConnection;
  /** `bytesRead` when it was given to node:http once more. */
  quietSince?: number;
}

export class ClientConnection {
  readonly socket: Socket;
  readonly peer: Peer;
  requests = 0;
  readonly #gateway: Gateway;
  readonly #front: { readonly closing: boolean };
  #closing = false;
  #current: ClientExchange | null = null;
  readonly #waiting: ClientExchange[] = [];
  /** What came behind the current request is no request: status to say so with, after its answer. */
  #broken = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  /** `front`: once it is closing, every answer ends its connection. */
  constructor(socket: Socket, peer: Peer, gateway: Gateway, front: { readonly closing: boolean }) {
    this.socket = socket;
    this.peer = peer;
    this.#gateway = gateway;
    this.#front = front;
  }

  /** No further request is taken from it. */
  get closing(): boolean {
    return this.#closing || this.#front.closing;
  }

  endBehindAnswer(): void {
    this.#closing = true;
  }

  /** Bytes that came since this was asked last. */
  bytesIn(): number {
    const { bytesRead } = this.socket;
    const came = bytesRead - this.#bytesIn;
    this.#bytesIn = bytesRead;
    return came;
  }

  /** Bytes that were sent since this was asked last. */
  bytesOut(): number {
    const { bytesWritten } = this.socket;
    const went = bytesWritten - this.#bytesOut;
    this.#bytesOut = bytesWritten;
    return went;
  }

  get idle(): boolean {
    return this.#current === null;
  }

  take(exchange: ClientExchange): void {
    if (this.#closing) return;
    if (this.#current === null) {
      this.#current = exchange;
      this.#gateway(exchange, exchange);
      return;
    }
    this.#waiting.push(exchange);
    if (this.#waiting.length > PIPELINED_MAX) this.socket.pause();
  }

  finished(exchange: ClientExchange): void {
    if (this.#current !== exchange) return;
    this.#current = null;
    if (this.#closing || this.socket.destroyed) return;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      if (this.#waiting.length === 0) this.socket.resume();
      this.take(next);
    } else if (this.#broken !== 0) this.#refuse(this.#broken);
  }

  /** The parser found something that is not HTTP, or waited too long for it. */
  broke(status: number): void {
    const current = this.#current;
    if (current === null) this.#refuse(status);
    else if (current.complete) this.#broken = status;
    else if (current.listener !== null) current.listener.bodyFailed(status);
    else this.socket.destroy();
  }

  #refuse(status: number): void {
    this.#closing = true;
    if (this.socket.writable) this.socket.end(rawError(status));
    this.socket.destroySoon();
  }
}
