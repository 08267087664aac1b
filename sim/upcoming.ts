/**
 * The next arrival of each client class. They stay out of the event queue, where each would be put in and taken out
 * again for every request: the loop asks the queue for what comes before the earliest of them.
 */
import type { Source } from './arrivals/source.ts';
import { Entry, type EventQueue } from './event-queue.ts';

/** Of closed users, who ask when they have thought. */
const none: Source = { next: () => Number.POSITIVE_INFINITY };

export class Upcoming {
  /** The earliest of all: its event is the client class, its time Infinity when there is none any more. */
  earliest: Entry;
  private readonly queue: EventQueue;
  private readonly sources: readonly Source[];
  private readonly all: readonly Entry[];

  /** `sources`: of each class; null for one without arrivals of its own. */
  constructor(queue: EventQueue, sources: readonly (Source | null)[]) {
    this.queue = queue;
    this.sources = sources.map((source) => source ?? none);
    this.all = sources.map((_, client) => {
      const entry = new Entry(Number.POSITIVE_INFINITY);
      entry.event = client;
      return entry;
    });
    this.earliest = this.all[0];
  }

  /** Finds the next arrival of `client`. False when there is none. O(classes). */
  schedule(client: number): boolean {
    const { all } = this;
    const entry = all[client];
    const timeNs = this.sources[client].next();
    entry.timeNs = timeNs;
    entry.sequence = this.queue.claim();
    if (all.length > 1) this.#findEarliest();
    return timeNs < Number.POSITIVE_INFINITY;
  }

  #findEarliest(): void {
    const { all } = this;
    let earliest = all[0];
    for (let client = 1; client < all.length; client++) {
      const other = all[client];
      const isEarlier =
        other.timeNs < earliest.timeNs ||
        (other.timeNs === earliest.timeNs && other.sequence < earliest.sequence);
      if (isEarlier) earliest = other;
    }
    this.earliest = earliest;
  }
}
