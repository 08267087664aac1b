/**
 * The backends: one station behind each worker, with slots, a waiting room, and first-come-first-served or
 * processor-sharing service. A station knows jobs; which exchange a job answers is only a number to it, so
 * that it can go on working for a balancer that has given up.
 */
import * as core from '../src/core/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import { EventQueue } from './event-queue.ts';
import { DEPART, eventOf, SHARE } from './events.ts';
import { Gauges } from './gauges.ts';
import { Slab } from './slab.ts';

const { NONE } = core; // a local copy: V8 folds it into the code, and reads an import anew at each use

const jobColumns = {
  /** Whose request this is; NONE once nobody waits for the answer. */
  exchange: 'i32',
  /** NONE for a row that is free. */
  worker: 'i32',
  demandNs: 'f64',
  enteredNs: 'f64',
  dueNs: 'f64',
  /** Time from its coming to its start. */
  waitedNs: 'f64',
  /** Sequence of its departure event; NONE while it waits. */
  sequence: 'f64',
  next: 'i32',
} as const;

export class Stations {
  readonly jobs = new Slab(jobColumns);
  readonly slots: Float64Array;
  /** Slots at work, and requests waiting, of each station. */
  readonly serving: Gauges;
  readonly waiting: Gauges;
  /** Time that the job which departed last spent waiting for a slot. */
  waitedNs = 0;
  /** How many crashes and hangs hold a station now. */
  readonly crashes: Int32Array;
  readonly hangs: Int32Array;

  readonly #queue: EventQueue;
  readonly #service: readonly Distribution[];
  readonly #shares: Uint8Array;
  readonly #places: Float64Array;
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  /** How many times longer work takes now. */
  readonly #slowness: Float64Array;
  /** Processor sharing: jobs by the attained service at which they are done, and the service attained so far. */
  readonly #sharing: readonly EventQueue[];
  readonly #attainedNs: Float64Array;
  readonly #attainedAtNs: Float64Array;
  readonly #shareSequence: Float64Array;

  constructor(queue: EventQueue, scenario: Scenario) {
    const backends = scenario.balancer.workers.map(({ backend }) => scenario.backends[backend]);
    const count = backends.length;
    this.#queue = queue;
    this.slots = Float64Array.from(backends, ({ slots }) => slots);
    this.#service = backends.map(({ service }) => distributionOf(service));
    this.#shares = Uint8Array.from(backends, ({ discipline }) => Number(discipline === 'ps'));
    this.#places = Float64Array.from(backends, ({ queue }) => queue ?? Number.POSITIVE_INFINITY);
    this.serving = new Gauges(count);
    this.waiting = new Gauges(count);
    this.crashes = new Int32Array(count);
    this.hangs = new Int32Array(count);
    this.#head = new Int32Array(count).fill(NONE);
    this.#tail = new Int32Array(count).fill(NONE);
    this.#slowness = new Float64Array(count).fill(1);
    this.#sharing = backends.map(() => new EventQueue(16));
    this.#attainedNs = new Float64Array(count);
    this.#attainedAtNs = new Float64Array(count);
    this.#shareSequence = new Float64Array(count).fill(NONE);
  }

  /** Takes in a request with its service uniform. Returns the job, or NONE when the waiting room is full. */
  enter(worker: number, exchange: number, uniform: number, nowNs: number): number {
    const sharing = this.#shares[worker] === 1;
    const hung = this.hangs[worker] > 0;
    const idle = !sharing && this.serving.value[worker] < this.slots[worker];
    if (!idle && !hung && this.#isFull(worker)) return NONE;
    const job = this.jobs.take();
    const { rows } = this.jobs;
    rows.exchange[job] = exchange;
    rows.worker[job] = worker;
    rows.demandNs[job] = Math.round(this.#service[worker].sample(uniform));
    rows.enteredNs[job] = nowNs;
    if (idle && !hung) {
      this.serving.add(worker, 1, nowNs);
      this.#schedule(worker, job, nowNs);
      return job;
    }
    rows.sequence[job] = NONE;
    if (hung) return job; // held until the hang ends
    if (sharing) this.#share(worker, job, nowNs);
    else this.#enqueue(worker, job, nowNs);
    return job;
  }

  /** No slot is idle: is there no place to wait either? */
  #isFull(worker: number): boolean {
    return this.#shares[worker] === 1
      ? this.#sharing[worker].size >= this.slots[worker] + this.#places[worker]
      : this.waiting.value[worker] >= this.#places[worker];
  }

  /**
   * Handles DEPART: ends `job` if the event is still its own. Returns its exchange; NONE when nobody waits for
   * it or the event is stale.
   */
  depart(job: number, sequence: number, nowNs: number): number {
    const { rows } = this.jobs;
    if (rows.sequence[job] !== sequence) return NONE;
    const worker = rows.worker[job];
    this.waitedNs = rows.waitedNs[job];
    const first = this.#head[worker];
    if (first === NONE) this.serving.add(worker, -1, nowNs);
    else {
      this.#head[worker] = rows.next[first];
      if (this.#head[worker] === NONE) this.#tail[worker] = NONE;
      this.waiting.add(worker, -1, nowNs);
      this.#schedule(worker, first, nowNs);
    }
    return this.#remove(job);
  }

  /** Handles SHARE, as `depart` does DEPART. */
  departShared(worker: number, sequence: number, nowNs: number): number {
    if (this.#shareSequence[worker] !== sequence) return NONE;
    const heap = this.#sharing[worker];
    this.#attain(worker, nowNs);
    this.#attainedNs[worker] = heap.earliestNs; // what rounding to whole nanoseconds left
    heap.pop();
    const job = heap.event;
    this.waitedNs = 0; // whoever shares is being served
    this.#armShared(worker, nowNs);
    return this.#remove(job);
  }

  /** Nobody waits for this job any more; it is worked on all the same. */
  abandon(job: number): void {
    this.jobs.rows.exchange[job] = NONE;
  }

  /** Work started or under way takes `slowness` times its demand from now on. */
  setSlowness(worker: number, slowness: number, nowNs: number): void {
    const ratio = slowness / this.#slowness[worker];
    if (this.#shares[worker] === 1) {
      this.#attain(worker, nowNs);
      this.#slowness[worker] = slowness;
      if (this.hangs[worker] === 0) this.#armShared(worker, nowNs);
      return;
    }
    this.#slowness[worker] = slowness;
    const { rows } = this.jobs;
    for (const job of this.#jobsAt(worker)) {
      if (rows.sequence[job] === NONE) continue;
      rows.dueNs[job] = nowNs + Math.round((rows.dueNs[job] - nowNs) * ratio);
      rows.sequence[job] = this.#queue.push(rows.dueNs[job], eventOf(DEPART, job));
    }
  }

  /** Work stops; what is there and what comes is held, until `drop`. */
  freeze(worker: number): void {
    for (const job of this.#jobsAt(worker)) this.jobs.rows.sequence[job] = NONE;
    this.#shareSequence[worker] = NONE;
  }

  /** Empties a station without answering. Returns the exchanges that waited for an answer. */
  drop(worker: number, nowNs: number): number[] {
    const exchanges = this.#jobsAt(worker)
      .map((job) => this.#remove(job))
      .filter((exchange) => exchange !== NONE);
    this.#head[worker] = NONE;
    this.#tail[worker] = NONE;
    while (this.#sharing[worker].pop());
    this.#shareSequence[worker] = NONE;
    this.serving.set(worker, 0, nowNs);
    this.waiting.set(worker, 0, nowNs);
    return exchanges;
  }

  #schedule(worker: number, job: number, nowNs: number): void {
    const { rows } = this.jobs;
    const slowness = this.#slowness[worker];
    const demandNs = rows.demandNs[job];
    const dueNs = nowNs + (slowness === 1 ? demandNs : Math.round(demandNs * slowness));
    rows.dueNs[job] = dueNs;
    rows.waitedNs[job] = nowNs - rows.enteredNs[job];
    rows.sequence[job] = this.#queue.push(dueNs, eventOf(DEPART, job));
  }

  #enqueue(worker: number, job: number, nowNs: number): void {
    const { rows } = this.jobs;
    rows.next[job] = NONE;
    if (this.#tail[worker] === NONE) this.#head[worker] = job;
    else rows.next[this.#tail[worker]] = job;
    this.#tail[worker] = job;
    this.waiting.add(worker, 1, nowNs);
  }

  #share(worker: number, job: number, nowNs: number): void {
    this.#attain(worker, nowNs);
    this.#sharing[worker].push(this.#attainedNs[worker] + this.jobs.rows.demandNs[job], job);
    this.#armShared(worker, nowNs);
  }

  /** Service per unit of time that each job of a sharing station gets. */
  #rate(worker: number): number {
    const jobs = this.#sharing[worker].size;
    return Math.min(1, this.slots[worker] / Math.max(1, jobs)) / this.#slowness[worker];
  }

  #attain(worker: number, nowNs: number): void {
    if (this.#sharing[worker].size > 0) {
      this.#attainedNs[worker] += (nowNs - this.#attainedAtNs[worker]) * this.#rate(worker);
    }
    this.#attainedAtNs[worker] = nowNs;
  }

  #armShared(worker: number, nowNs: number): void {
    const heap = this.#sharing[worker];
    this.serving.set(worker, Math.min(heap.size, this.slots[worker]), nowNs);
    if (heap.size === 0) {
      this.#shareSequence[worker] = NONE;
      this.#attainedNs[worker] = 0; // an empty station starts its count again: no rounding piles up
      return;
    }
    const left = Math.max(0, heap.earliestNs - this.#attainedNs[worker]);
    const dueNs = nowNs + Math.ceil(left / this.#rate(worker));
    this.#shareSequence[worker] = this.#queue.push(dueNs, eventOf(SHARE, worker));
  }

  /** Frees a job's row and returns its exchange. */
  #remove(job: number): number {
    const { rows } = this.jobs;
    const exchange = rows.exchange[job];
    rows.worker[job] = NONE;
    rows.sequence[job] = NONE;
    this.jobs.give(job);
    return exchange;
  }

  /** Looks at every row: only for faults. */
  #jobsAt(worker: number): number[] {
    const found: number[] = [];
    const { rows, used } = this.jobs;
    for (let job = 0; job < used; job++) if (rows.worker[job] === worker) found.push(job);
    return found;
  }
}
