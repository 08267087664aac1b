/**
 * The front for HTTP/1: connections, wherever they were accepted, read with llhttp. It makes an `Exchange` of every
 * request and knows nothing of balancers. One timer watches over all connections.
 */
import type { Socket } from 'node:net';
import type { Front, FrontOptions, Gateway, Peer } from '../front.ts';
import { Connection } from './connection.ts';
import { Known } from './known-fields.ts';

const TICK_MS = 1000;

export class Http1Front implements Front {
  readonly gateway: Gateway;
  readonly options: FrontOptions;
  /** What is said behind the fields of an answer that may be followed by another. */
  readonly keepAliveLines: string;
  readonly tickMs: number;
  /** How often the timer has gone off: the clock of the connections. */
  ticks = 0;
  closing = false;
  readonly known = new Known();
  readonly #connections = new Set<Connection>();
  #timer: NodeJS.Timeout | null = null;

  constructor(gateway: Gateway, options: FrontOptions) {
    const { headerMs, keepAliveMs } = options;
    this.gateway = gateway;
    this.options = options;
    this.tickMs = Math.min(TICK_MS, headerMs, Math.max(keepAliveMs, 50));
    const seconds = Math.floor(keepAliveMs / 1000);
    this.keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
  }

  serve(socket: Socket, peer: Peer): void {
    this.#connections.add(new Connection(this, socket, peer));
    this.#timer ??= setInterval(() => this.#tick(), this.tickMs).unref();
  }

  drain(): void {
    this.closing = true;
    for (const connection of this.#connections) connection.drain();
  }

  closeIdle(): void {
    this.closing = true;
    for (const connection of this.#connections) connection.closeIdle();
  }

  closeAll(): void {
    this.closing = true;
    for (const connection of this.#connections) connection.close();
  }

  /** A connection is closed. */
  forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.known.leave(connection.client);
    if (this.#connections.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    this.ticks++;
    this.known.tick(this.ticks);
    for (const connection of this.#connections) connection.tick();
  }
}
