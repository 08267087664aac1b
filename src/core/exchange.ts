/** What is known of one proxied request, from arrival to answer. */
import type { Outcome } from './outcomes.ts';
import * as kinds from './outcomes.ts';
import * as state from './state.ts';

// V8 reads an imported binding from its cell, with checks, at each use; a local constant it folds into the code.
const { outcomes } = kinds;
const { NONE } = state;

export type Step = 'dispatch' | 'send' | 'wait' | 'done';

export const FREE = 0;
export const OPEN = 1;
export const DISPATCHED = 2;
export const WAITS_FOR_SLOT = 3;
export const WAITS_FOR_WORKER = 4;
export const DONE = 5;

/** V8 gives a field the kind of number it first holds: NaN makes it a double before the first large one comes. */
const DOUBLE = Number.NaN;

/**
 * Only `Exchanges` changes what is declared here. Objects are pooled; a driver may have its own kind of them, with what
 * it knows of a request beside what the core knows (`Exchanges`, `make`).
 */
export class Exchange {
  /** What the driver knows it by, the same for all requests that this object stands for one after the other. */
  readonly id: number;
  /** Worker of the last try; NONE when the last pick found nobody. */
  worker = NONE;
  /** For the client, after `done`; 0: close its connection without an answer. */
  status = 0;
  /** Tries so far, failed picks not counted. */
  tries = 0;
  /** httpd's route-changed mark: a sticky client must be told its new route. */
  routeChanged = false;

  // The rest is of no use to a driver.

  phase = FREE;
  /** The text that its sticky session carries, or null. */
  route: string | null = null;
  /** What hash methods map to a worker: 32 bits, signed. */
  key = 0;
  /** Not the first request of its client connection. */
  keptAlive = false;
  /** The try's backend connection was opened for it. */
  fresh = false;
  pickedNs = DOUBLE;
  /** End of waiting for a slot, or the next search for a worker. */
  deadlineNs = DOUBLE;
  /** The balancer's timeout, kept while it is 0 for everybody else. */
  timeoutNs = DOUBLE;
  pollsLeft = 0;
  /** Next of those that are free, or that wait for a slot. */
  next: Exchange | null = null;
  /** Whether it is in the list that `poll` empties; next there. */
  ready = false;
  nextReady: Exchange | null = null;
  /** Newest of the workers charged by earlier tries; the last try's is `worker`. */
  charge: Charge | null = null;

  constructor(id: number) {
    this.id = id;
  }

  /** What is next, as the last call said. */
  get step(): Step {
    if (this.phase === DISPATCHED) return 'dispatch';
    return this.phase === DONE ? 'done' : 'wait';
  }

  /** On a kept-alive client connection an early close means something else (spec: httpd 5.1, E40). */
  get closedEarly(): Outcome {
    if (!this.keptAlive) return outcomes.closedEarly;
    return this.fresh ? outcomes.closedEarlyFresh : outcomes.closedEarlyReused;
  }
}

/** A worker whose `busy` a request holds from an earlier try: one entry per try that another one followed. */
export interface Charge {
  worker: number;
  /** Of the try before, or next of the free ones. */
  before: Charge | null;
}
