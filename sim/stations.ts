/**
 * The backends: one station behind each worker, with slots, a waiting room, and first-come-first-served or
 * processor-sharing service. A station knows jobs; which exchange a job answers is only a number to it, so
 * that it can go on working for a balancer that has given up.
 */
import type { BackendLoad } from '../src/core/index.ts';
import * as core from '../src/core/index.ts';
import type { BackendSpec, Scenario } from '../src/scenario/scenario.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import { type Gauge, Gauges } from './gauges.ts';
import * as time from './whole-ns.ts';

// Local copies: V8 folds them into the code, and reads an import anew at each use.
const { NONE } = core;
const { DEPART, eventOf, SHARE } = events;
const { wholeNs } = time;

/** How a health check ended at the backend: with an answer, or with a reset connection. */
type CheckDone = (answered: boolean, nowNs: number) => void;

/** A request at a backend. Jobs are pooled objects, as flights are: see there. */
class Job {
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
class Station {
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
  /** How many times longer work takes now. */
  slowness = 1;
  /** 1 while all work stands still; since when. What is in slots is then due as if it were still that instant. */
  stands = 0;
  pausedNs = Number.NaN;
  /** Processor sharing: jobs by the attained service at which they are done, and the service attained so far. */
  readonly sharing = new EventQueue();
  attainedNs = 0;
  attainedAtNs = 0;
  shareSequence = NONE;

  constructor(worker: number, backend: BackendSpec, serving: Gauge, waiting: Gauge) {
    this.worker = worker;
    this.slots = backend.slots;
    this.places = backend.queue ?? Number.POSITIVE_INFINITY;
    this.service = distributionOf(backend.service);
    this.shares = backend.discipline === 'ps';
    this.serving = serving;
    this.waiting = waiting;
  }

  /** No slot is idle: is there no place to wait either? */
  get isFull(): boolean {
    return this.shares
      ? this.sharing.size >= this.slots + this.places
      : this.waiting.value >= this.places;
  }
}

export class Stations {
  readonly slots: Float64Array;
  /** Slots at work, and requests waiting, of each station. */
  readonly serving: Gauges;
  readonly waiting: Gauges;
  /** Time that the job which departed last spent waiting for a slot. */
  waitedNs = Number.NaN;
  /** How many crashes, hangs and pauses hold a station now. */
  readonly crashes: Int32Array;
  readonly hangs: Int32Array;
  readonly pauses: Int32Array;
  /** Told of every request that comes or leaves, where an lbmethod elects by what backends say of themselves. */
  listener: ((worker: number, load: BackendLoad, nowNs: number) => void) | null = null;

  private readonly load: BackendLoad = { jobs: 0, slots: 0, rate: 0, serviceNs: 0, sojournNs: 0 };
  private readonly queue: EventQueue;
  private readonly stations: readonly Station[];
  /** All jobs there ever were, by row. */
  private readonly jobs: Job[] = [];
  /** Leads those that are free. */
  private readonly free: Job;
  /** Health checks at the stations. */
  private readonly checks = new Map<number, CheckDone>();
  private nextCheck = NONE - 1;

  constructor(queue: EventQueue, scenario: Scenario) {
    const backends = scenario.balancer.workers.map(({ backend }) => scenario.backends[backend]);
    const count = backends.length;
    this.queue = queue;
    this.slots = Float64Array.from(backends, ({ slots }) => slots);
    this.serving = new Gauges(count);
    this.waiting = new Gauges(count);
    this.crashes = new Int32Array(count);
    this.hangs = new Int32Array(count);
    this.pauses = new Int32Array(count);
    this.stations = backends.map((backend, worker) => {
      return new Station(worker, backend, this.serving.all[worker], this.waiting.all[worker]);
    });
    this.free = new Job(NONE, this.stations[0]);
  }

  /** Takes in a request with its service uniform. Returns the job's row, or NONE when the waiting room is full. */
  enter(worker: number, exchange: number, uniform: number, nowNs: number): number {
    const station = this.stations[worker];
    return this.#admit(station, exchange, wholeNs(station.service.sample(uniform)), nowNs);
  }

  /**
   * The same for a health check, which takes a slot for `demandNs`. `done` is told how it ended. What stands for its
   * exchange is below NONE.
   */
  enterCheck(worker: number, demandNs: number, done: CheckDone, nowNs: number): number {
    const row = this.#admit(this.stations[worker], this.nextCheck, demandNs, nowNs);
    if (row !== NONE) this.checks.set(this.nextCheck--, done);
    return row;
  }

  /** A job of a health check has left: tells whoever made it. */
  concludeCheck(exchange: number, answered: boolean, nowNs: number): void {
    const done = this.checks.get(exchange);
    this.checks.delete(exchange);
    done?.(answered, nowNs);
  }

  #admit(station: Station, exchange: number, demandNs: number, nowNs: number): number {
    const { worker } = station;
    const hung = this.hangs[worker] > 0;
    const idle = !station.shares && station.serving.value < station.slots;
    if (!idle && !hung && station.isFull) return NONE;
    const job = this.#take();
    job.exchange = exchange;
    job.station = station;
    job.present = 1;
    job.demandNs = demandNs;
    job.enteredNs = nowNs;
    job.dueNs = Number.NaN;
    job.sequence = NONE;
    if (hung) return job.row; // held until the hang ends
    if (idle) {
      station.serving.rise(nowNs);
      this.#start(station, job, nowNs);
    } else if (station.shares) this.#share(station, job, nowNs);
    else enqueue(station, job, nowNs);
    if (this.listener !== null) this.#tell(station, null, nowNs);
    return job.row;
  }

  /**
   * Handles DEPART: ends the job of `row` if the event is still its own. Returns its exchange; NONE when nobody
   * waits for it or the event is stale.
   */
  depart(row: number, sequence: number, nowNs: number): number {
    const job = this.jobs[row];
    const { station } = job;
    if (job.sequence !== sequence) return NONE;
    this.waitedNs = job.waitedNs;
    const { line } = station;
    const first = line.next;
    if (first === line) station.serving.fall(nowNs);
    else {
      line.next = first.next;
      if (first === station.last) station.last = line;
      station.waiting.fall(nowNs);
      this.#start(station, first, nowNs);
    }
    if (this.listener !== null) this.#tell(station, job, nowNs);
    return this.#remove(job);
  }

  /** Handles SHARE, as `depart` does DEPART. */
  departShared(worker: number, sequence: number, nowNs: number): number {
    const station = this.stations[worker];
    if (station.shareSequence !== sequence) return NONE;
    const { sharing } = station;
    attain(station, nowNs);
    station.attainedNs = sharing.earliestNs; // what rounding to whole nanoseconds left
    sharing.pop();
    const job = this.jobs[sharing.event];
    this.waitedNs = 0; // whoever shares is being served
    this.#armShared(station, nowNs);
    if (this.listener !== null) this.#tell(station, job, nowNs);
    return this.#remove(job);
  }

  /** Nobody waits for this job any more; it is worked on all the same. */
  abandon(row: number): void {
    const job = this.jobs[row];
    if (job.exchange < NONE) this.checks.delete(job.exchange);
    job.exchange = NONE;
  }

  /** Work started or under way takes `slowness` times its demand from now on. */
  setSlowness(worker: number, slowness: number, nowNs: number): void {
    const station = this.stations[worker];
    const ratio = slowness / station.slowness;
    if (station.shares) {
      attain(station, nowNs);
      station.slowness = slowness;
      if (this.hangs[worker] === 0) this.#armShared(station, nowNs);
      return;
    }
    station.slowness = slowness;
    if (this.hangs[worker] > 0) return; // what is held will be dropped
    const fromNs = station.stands === 1 ? station.pausedNs : nowNs;
    for (const job of this.#jobsAt(station)) {
      if (Number.isNaN(job.dueNs)) continue;
      const dueNs = fromNs + wholeNs((job.dueNs - fromNs) * ratio);
      if (station.stands === 1) job.dueNs = dueNs;
      else this.#due(job, dueNs);
    }
  }

  /** All work stands still from now on. */
  pause(worker: number, nowNs: number): void {
    const station = this.stations[worker];
    if (station.shares) attain(station, nowNs);
    station.stands = 1;
    station.pausedNs = nowNs;
    this.freeze(worker);
  }

  /** Work goes on where it was. */
  resume(worker: number, nowNs: number): void {
    const station = this.stations[worker];
    const stoodNs = nowNs - station.pausedNs;
    if (station.shares) attain(station, nowNs);
    station.stands = 0;
    if (this.hangs[worker] > 0) return; // what is held will be dropped
    if (station.shares) this.#armShared(station, nowNs);
    for (const job of this.#jobsAt(station)) {
      if (!Number.isNaN(job.dueNs)) this.#due(job, job.dueNs + stoodNs);
    }
  }

  /** Work stops; what is there and, while a hang holds the station, what comes is held, until `drop`. */
  freeze(worker: number): void {
    const station = this.stations[worker];
    for (const job of this.#jobsAt(station)) job.sequence = NONE;
    station.shareSequence = NONE;
  }

  /** Empties a station without answering. Returns the exchanges that waited for an answer. */
  drop(worker: number, nowNs: number): number[] {
    const station = this.stations[worker];
    const exchanges = this.#jobsAt(station)
      .map((job) => this.#remove(job))
      .filter((exchange) => exchange !== NONE);
    station.line.next = station.line;
    station.last = station.line;
    while (station.sharing.pop());
    station.shareSequence = NONE;
    station.serving.set(0, nowNs);
    station.waiting.set(0, nowNs);
    if (this.listener !== null) this.#tell(station, null, nowNs);
    return exchanges;
  }

  /** Says what every station is, before anything happens. */
  introduce(): void {
    for (const station of this.stations) this.#tell(station, null, 0);
  }

  #tell(station: Station, left: Job | null, nowNs: number): void {
    const load = this.load;
    const sojournNs = left === null ? Number.NaN : nowNs - left.enteredNs;
    load.jobs = station.shares
      ? station.sharing.size
      : station.serving.value + station.waiting.value;
    load.slots = station.slots;
    load.rate = (station.slots * 1e9) / (station.service.mean * station.slowness);
    load.sojournNs = sojournNs;
    load.serviceNs = left === null || station.shares ? sojournNs : sojournNs - left.waitedNs;
    this.listener?.(station.worker, load, nowNs);
  }

  /** A job gets a slot of its own. */
  #start(station: Station, job: Job, nowNs: number): void {
    const { demandNs } = job;
    const { slowness } = station;
    const forNs = slowness === 1 ? demandNs : wholeNs(demandNs * slowness);
    job.waitedNs = nowNs - job.enteredNs;
    if (station.stands === 1) job.dueNs = station.pausedNs + forNs;
    else this.#due(job, nowNs + forNs);
  }

  /** Sets the end of a job in a slot. */
  #due(job: Job, dueNs: number): void {
    job.dueNs = dueNs;
    job.sequence = this.queue.push(dueNs, eventOf(DEPART, job.row));
  }

  #share(station: Station, job: Job, nowNs: number): void {
    attain(station, nowNs);
    station.sharing.push(station.attainedNs + job.demandNs, job.row);
    this.#armShared(station, nowNs);
  }

  #armShared(station: Station, nowNs: number): void {
    const { sharing } = station;
    station.serving.set(Math.min(sharing.size, station.slots), nowNs);
    if (sharing.size === 0) {
      station.shareSequence = NONE;
      station.attainedNs = 0; // an empty station starts its count again: no rounding piles up
      return;
    }
    if (station.stands === 1) return;
    const left = Math.max(0, sharing.earliestNs - station.attainedNs);
    const dueNs = nowNs + Math.ceil(left / rateOf(station));
    station.shareSequence = this.queue.push(dueNs, eventOf(SHARE, station.worker));
  }

  /** A free job, a new one if there is none. */
  #take(): Job {
    const { free } = this;
    const job = free.next;
    if (job === free) return this.#another();
    free.next = job.next;
    return job;
  }

  #another(): Job {
    const job = new Job(this.jobs.length, this.stations[0]);
    this.jobs.push(job);
    return job;
  }

  /** Frees a job and returns its exchange. */
  #remove(job: Job): number {
    job.present = 0;
    job.sequence = NONE;
    job.next = this.free.next;
    this.free.next = job;
    return job.exchange;
  }

  /** Looks at every job: only for faults. */
  #jobsAt(station: Station): Job[] {
    return this.jobs.filter((job) => job.present === 1 && job.station === station);
  }
}

function enqueue(station: Station, job: Job, nowNs: number): void {
  job.next = station.line;
  station.last.next = job;
  station.last = job;
  station.waiting.rise(nowNs);
}

/** Service per unit of time that each job of a sharing station gets. */
function rateOf({ sharing, slots, slowness, stands }: Station): number {
  if (stands === 1) return 0;
  return Math.min(1, slots / Math.max(1, sharing.size)) / slowness;
}

function attain(station: Station, nowNs: number): void {
  if (station.sharing.size > 0) {
    station.attainedNs += (nowNs - station.attainedAtNs) * rateOf(station);
  }
  station.attainedAtNs = nowNs;
}
