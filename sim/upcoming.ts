/**
 * The next arrival of each client class. They stay out of the event queue, where each would be put in and taken out
 * again for every request: the loop compares the earliest of them with the queue's.
 */
import type { Source } from './arrivals/source.ts';
import type { EventQueue } from './event-queue.ts';

/** Of one class. */
class Arrival {
  readonly client: number;
  readonly source: Source | null;
  /** Infinity after the last. */
  timeNs = Number.NaN; // a double from the start: V8 keeps fields as what they first held
  /** Its place in the order of scheduling. */
  sequence = Number.NaN;

  constructor(client: number, source: Source | null) {
    this.client = client;
    this.source = source;
    this.timeNs = Number.POSITIVE_INFINITY;
    this.sequence = Number.POSITIVE_INFINITY;
  }
}

export class Upcoming {
  earliest: Arrival;
  private readonly queue: EventQueue;
  private readonly all: readonly Arrival[];

  /** `sources`: of each class; null for one without arrivals of its own. */
  constructor(queue: EventQueue, sources: readonly (Source | null)[]) {
    this.queue = queue;
    this.all = sources.map((source, client) => new Arrival(client, source));
    this.earliest = this.all[0];
  }

  /** Whether the earliest arrival comes before all events of the queue. */
  get isNext(): boolean {
    const { earliest, queue } = this;
    const { earliestNs } = queue;
    return (
      earliest.timeNs < earliestNs ||
      (earliest.timeNs === earliestNs && earliest.sequence < queue.earliestSequence)
    );
  }

  /** Finds the next arrival of `client`. False when there is none. O(classes). */
  schedule(client: number): boolean {
    const { all } = this;
    const arrival = all[client];
    const { source } = arrival;
    const timeNs = source === null ? Number.POSITIVE_INFINITY : source.next();
    arrival.timeNs = timeNs;
    arrival.sequence = this.queue.claim();
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
