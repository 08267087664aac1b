/** One backend: slots, a waiting room, the requests in them, and what is wrong with it. */
import * as core from '../src/core/index.ts';
import type { BackendSpec } from '../src/scenario/scenario.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import { DOUBLE } from './double.ts';
import { EventQueue } from './event-queue.ts';
import type { Gauge } from './gauges.ts';

const { NONE } = core; // a local copy: V8 folds it into the code, and reads an import anew at each use

/** A request at a backend. Jobs are pooled objects, as flights are: see there. */
export class Job {
  /** What the events of this job carry. */
  readonly row: number;
  /** Whose request this is; NONE once nobody waits for the answer. */
  exchange = NONE;
  /** Where it is, or was last. */
  station: Station;
  /** 1 from its coming to its leaving. */
  present = 0;
  demandNs = Number.NaN;
  enteredNs = Number.NaN;
  /** End of its service; NaN before it began, and where it shares a slot. */
  dueNs = Number.NaN;
  /** Time from its coming to its start. */
  waitedNs = Number.NaN;
  /** Sequence of its departure event; NONE while it waits. */
  sequence = Number.NaN;
  /** Next of those that wait, or of those that are free. The last leads back to who leads the list. */
  next: Job;

  constructor(row: number, station: Station) {
    this.row = row;
    this.station = station;
    this.next = this;
  }
}

/** One backend, as it stands behind one worker. */
export class Station {
  readonly worker: number;
  readonly slots: number;
  /** In the waiting room. */
  readonly places: number;
  readonly service: Distribution;
  readonly shares: boolean;
  readonly serving: Gauge;
  readonly waiting: Gauge;
  /** Leads those who wait, first come first served; and the last of them, or the leader. */
  readonly line: Job = new Job(NONE, this);
  last: Job = this.line;
  /** How many crashes, hangs and pauses hold it now. */
  crashes = 0;
  hangs = 0;
  pauses = 0;
  /** Shares of its requests that are answered 500 at once, and whose connections are reset. */
  errorShare = DOUBLE;
  resetShare = DOUBLE;
  /** How many times longer work takes now. */
  slowness = DOUBLE;
  /** 1 while all work stands still; since when. What is in slots is then due as if it were still that instant. */
  stands = 0;
  pausedNs = Number.NaN;
  /** Processor sharing: jobs by the attained service at which they are done, and the service attained so far. */
  readonly sharing = new EventQueue();
  attainedNs = DOUBLE;
  attainedAtNs = DOUBLE;
  shareSequence = NONE;

  constructor(worker: number, backend: BackendSpec, serving: Gauge, waiting: Gauge) {
    this.worker = worker;
    this.slots = backend.slots;
    this.places = backend.queue ?? Number.POSITIVE_INFINITY;
    this.service = distributionOf(backend.service);
    this.shares = backend.discipline === 'ps';
    this.serving = serving;
    this.waiting = waiting;
    this.errorShare = backend.errors;
    this.resetShare = 0;
    this.slowness = 1;
    this.attainedNs = 0;
    this.attainedAtNs = 0;
  }

  /** A slot that one job has to itself is free. */
  get hasIdleSlot(): boolean {
    return !this.shares && this.serving.value < this.slots;
  }

  /** Has neither a slot nor a place for one more, nor holds it because of a hang. */
  get refuses(): boolean {
    if (this.hasIdleSlot || this.hangs > 0) return false;
    return this.shares
      ? this.sharing.size >= this.slots + this.places
      : this.waiting.value >= this.places;
  }
}

export function enqueue(station: Station, job: Job, nowNs: number): void {
  job.next = station.line;
  station.last.next = job;
  station.last = job;
  station.waiting.rise(nowNs);
}

/** Service per unit of time that each job of a sharing station gets. */
export function rateOf({ sharing, slots, slowness, stands }: Station): number {
  if (stands === 1) return 0;
  return Math.min(1, slots / Math.max(1, sharing.size)) / slowness;
}

export function attain(station: Station, nowNs: number): void {
  if (station.sharing.size > 0) {
    station.attainedNs += (nowNs - station.attainedAtNs) * rateOf(station);
  }
  station.attainedAtNs = nowNs;
}
