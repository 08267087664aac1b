/** A connection that somebody wants as it is: it is opened, and given away. */
import type { Carrier } from './attempt.ts';
import type { ConnectListener, Failure, Try } from './backend.ts';
import type { Connection } from './connection.ts';
import type { Seeker } from './opening.ts';

export class Handover implements Seeker, Pick<Try, 'abort'> {
  readonly request: Seeker['request'];
  carrier: Carrier | null = null;
  over = false;
  readonly #listener: ConnectListener;

  constructor(request: Seeker['request'], listener: ConnectListener) {
    this.request = request;
    this.#listener = listener;
  }

  opened(connection: Connection): void {
    const wanted = this.#listener.connected() && !this.over;
    this.over = true;
    if (wanted) this.#listener.opened(connection.handOver());
    else connection.close();
  }

  fail(why: Failure, statusLineBytes = 0, detail = ''): void {
    if (this.over) return;
    this.over = true;
    this.#listener.failed(why, statusLineBytes, detail);
  }

  abort(): void {
    if (this.over) return;
    this.over = true;
    this.carrier?.abandon();
  }
}
