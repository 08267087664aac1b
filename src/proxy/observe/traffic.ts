/** Counts what requests do: who was picked, what came of it, how long it took. */
import type { Via } from '../../core/index.ts';
import type { Group } from '../group.ts';
import { Counters, HISTOGRAM, observe } from './counters.ts';
import type { Cause, Sight } from './sight.ts';

export const VIAS: readonly Via[] = ['search', 'sticky', 'redirect'];
export const CAUSES: readonly Exclude<Cause, 'nobody'>[] = [
  'connectFailed',
  'becameUnusable',
  'acquireExpired',
  'pingExpired',
  'dnsFailed',
  'setupFailed',
  'closedEarly',
  'timedOut',
  'badResponse',
  'writeTimedOut',
  'writeGone',
  'writeFailed',
];
/** Statuses are counted up to here; 0: no answer. */
export const STATUSES = 600;
/** Of workers' responses, by their first digit. */
export const CLASSES = 6;

/** Where the numbers of a balancer are. */
export interface GroupPlaces {
  /** By status. */
  readonly requests: number;
  readonly duration: number;
  /** By `VIAS`. */
  readonly picks: number;
  /** Requests for which nobody could be picked. */
  readonly unserved: number;
  /** By worker. */
  readonly members: MemberPlaces[];
}

export interface MemberPlaces {
  readonly tries: number;
  /** By `CAUSES`. */
  readonly failed: number;
  /** By the first digit of the status. */
  readonly responses: number;
  readonly connect: number;
  readonly firstByte: number;
}

export class Traffic {
  readonly counters = new Counters();
  /** Bytes of clients' connections: those that came, those that were sent. */
  readonly client: number;
  /** Answers of the proxy's own. */
  readonly own: GroupPlaces;
  readonly #groups = new WeakMap<Group, GroupPlaces>();

  constructor() {
    this.client = this.counters.at('client', 2);
    this.own = this.#placesOf('');
  }

  /** Where the numbers of `group` are: for ever the same, whatever object has its label. */
  places(group: Group): GroupPlaces {
    let places = this.#groups.get(group);
    if (places === undefined) {
      places = this.#placesOf(group.label);
      this.#groups.set(group, places);
    }
    return places;
  }

  member(group: Group, worker: number): MemberPlaces {
    const { members } = this.places(group);
    let places = members[worker];
    if (places === undefined) {
      const name = `${group.label}\n${group.members[worker]?.name}`;
      const at = (what: string, size: number) => this.counters.at(`${name}\n${what}`, size);
      places = {
        tries: at('tries', 1),
        failed: at('failed', CAUSES.length),
        responses: at('responses', CLASSES),
        connect: at('connect', HISTOGRAM),
        firstByte: at('firstByte', HISTOGRAM),
      };
      members[worker] = places;
    }
    return places;
  }

  picked({ group, worker, via }: Sight): void {
    const { picks } = this.places(group!);
    const { tries } = this.member(group!, worker);
    const { values } = this.counters; // behind both: a new place may move them
    values[picks + VIAS.indexOf(via)]!++;
    values[tries]!++;
  }

  connected({ group, worker, dispatchedNs, connectedNs }: Sight): void {
    observe(this.counters, this.member(group!, worker).connect, connectedNs - dispatchedNs);
  }

  responded({ group, worker, dispatchedNs, respondedNs }: Sight, status: number): void {
    const { responses, firstByte } = this.member(group!, worker);
    this.counters.values[responses + Math.min(CLASSES - 1, Math.trunc(status / 100))]!++;
    observe(this.counters, firstByte, respondedNs - dispatchedNs);
  }

  failed({ group, worker }: Sight, cause: Cause): void {
    const place =
      cause === 'nobody'
        ? this.places(group!).unserved
        : this.member(group!, worker).failed + CAUSES.indexOf(cause);
    this.counters.values[place]!++;
  }

  closed({ group, status, startNs, endNs, bytesIn, bytesOut }: Sight): void {
    const { requests, duration } = group === null ? this.own : this.places(group);
    const { values } = this.counters;
    values[requests + (status < STATUSES ? status : 0)]!++;
    values[this.client]! += bytesIn;
    values[this.client + 1]! += bytesOut;
    observe(this.counters, duration, endNs - startNs);
  }

  #placesOf(name: string): GroupPlaces {
    const at = (what: string, size: number) => this.counters.at(`${name}\n\n${what}`, size);
    return {
      requests: at('requests', STATUSES),
      duration: at('duration', HISTOGRAM),
      picks: at('picks', VIAS.length),
      unserved: at('unserved', 1),
      members: [],
    };
  }
}
