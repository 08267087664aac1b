/**
 * The backends: one station behind each worker, with slots, a waiting room, and first-come-first-served or
 * processor-sharing service. A station knows jobs; which exchange a job answers is only a number to it, so
 * that it can go on working for a balancer that has given up.
 */
import type { BackendLoad } from '../src/core/index.ts';
import * as core from '../src/core/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import type { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import { Gauges } from './gauges.ts';
import { attain, enqueue, Job, rateOf, Station } from './station.ts';
import * as time from './whole-ns.ts';

// Local copies: V8 folds them into the code, and reads an import anew at each use.
const { NONE } = core;
const { DEPART, eventOf, SHARE } = events;
const { wholeNs } = time;

/** How a health check ended at the backend: with an answer, or with a reset connection. */
type CheckDone = (answered: boolean, nowNs: number) => void;

export class Stations {
  /** By worker. */
  readonly all: readonly Station[];
  readonly slots: Float64Array;
  /** Slots at work, and requests waiting, of each station. */
  readonly serving: Gauges;
  readonly waiting: Gauges;
  /** Time that the job which departed last spent waiting for a slot. */
  waitedNs = Number.NaN;
  /** Told of every request that comes or leaves, where an lbmethod elects by what backends say of themselves. */
  listener: ((worker: number, load: BackendLoad, nowNs: number) => void) | null = null;

  private readonly load: BackendLoad = { jobs: 0, slots: 0, rate: 0, serviceNs: 0, sojournNs: 0 };
  private readonly queue: EventQueue;
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
    this.all = backends.map((backend, worker) => {
      return new Station(worker, backend, this.serving.all[worker], this.waiting.all[worker]);
    });
    this.free = new Job(NONE, this.all[0]);
  }

  /** Takes a request with its service uniform in at `station`. Returns the job's row, or NONE when the waiting room is full. */
  enter(station: Station, exchange: number, uniform: number, nowNs: number): number {
    if (station.refuses) return NONE;
    const job = this.#take(station, exchange);
    job.demandNs = wholeNs(station.service.sample(uniform));
    this.#admit(station, job, nowNs);
    return job.row;
  }

  /**
   * The same for a health check, which takes a slot for `demandNs`. `done` is told how it ended. What stands for its
   * exchange is below NONE.
   */
  enterCheck(station: Station, demandNs: number, done: CheckDone, nowNs: number): number {
    if (station.refuses) return NONE;
    const job = this.#take(station, this.nextCheck);
    job.demandNs = demandNs;
    this.checks.set(this.nextCheck--, done);
    this.#admit(station, job, nowNs);
    return job.row;
  }

  /** A job of a health check has left: tells whoever made it. */
  concludeCheck(exchange: number, answered: boolean, nowNs: number): void {
    const done = this.checks.get(exchange);
    this.checks.delete(exchange);
    done?.(answered, nowNs);
  }

  #admit(station: Station, job: Job, nowNs: number): void {
    job.enteredNs = nowNs;
    if (station.hangs > 0) return; // held until the hang ends
    if (station.hasIdleSlot) {
      station.serving.rise(nowNs);
      this.#start(station, job, nowNs);
    } else if (station.shares) this.#share(station, job, nowNs);
    else enqueue(station, job, nowNs);
    if (this.listener !== null) this.#tell(station, null, nowNs);
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
    const station = this.all[worker];
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
    const station = this.all[worker];
    const ratio = slowness / station.slowness;
    if (station.shares) {
      attain(station, nowNs);
      station.slowness = slowness;
      if (station.hangs === 0) this.#armShared(station, nowNs);
      return;
    }
    station.slowness = slowness;
    if (station.hangs > 0) return; // what is held will be dropped
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
    const station = this.all[worker];
    if (station.shares) attain(station, nowNs);
    station.stands = 1;
    station.pausedNs = nowNs;
    this.freeze(worker);
  }

  /** Work goes on where it was. */
  resume(worker: number, nowNs: number): void {
    const station = this.all[worker];
    const stoodNs = nowNs - station.pausedNs;
    if (station.shares) attain(station, nowNs);
    station.stands = 0;
    if (station.hangs > 0) return; // what is held will be dropped
    if (station.shares) this.#armShared(station, nowNs);
    for (const job of this.#jobsAt(station)) {
      if (!Number.isNaN(job.dueNs)) this.#due(job, job.dueNs + stoodNs);
    }
  }

  /** Work stops; what is there and, while a hang holds the station, what comes is held, until `drop`. */
  freeze(worker: number): void {
    const station = this.all[worker];
    for (const job of this.#jobsAt(station)) job.sequence = NONE;
    station.shareSequence = NONE;
  }

  /** Empties a station without answering. Returns the exchanges that waited for an answer. */
  drop(worker: number, nowNs: number): number[] {
    const station = this.all[worker];
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
    for (const station of this.all) this.#tell(station, null, 0);
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

  /** A job of `exchange` that comes to `station`. */
  #take(station: Station, exchange: number): Job {
    const { free } = this;
    const job = free.next === free ? this.#another() : free.next;
    free.next = job.next;
    job.exchange = exchange;
    job.station = station;
    job.present = 1;
    job.dueNs = Number.NaN;
    job.sequence = NONE;
    return job;
  }

  /** One more that is free. */
  #another(): Job {
    const job = new Job(this.jobs.length, this.all[0]);
    job.next = this.free.next;
    this.free.next = job;
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
