import type { Exchange } from './exchange.ts';

/** Connection slots of a worker, and who waits for one, in order. */
export class ConnectionSlots {
  inUse = 0;
  waiting = 0;
  /** Who waits longest. */
  head: Exchange | null = null;
  private tail: Exchange | null = null;

  join(exchange: Exchange): void {
    exchange.next = null;
    if (this.tail === null) this.head = exchange;
    else this.tail.next = exchange;
    this.tail = exchange;
    this.waiting++;
  }

  /** Whoever waits longest has left. */
  shift(): void {
    this.head = this.head?.next ?? null;
    if (this.head === null) this.tail = null;
    this.waiting--;
  }
}
