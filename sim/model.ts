/**
 * The wiring: clients -> balancer -> network -> backends and back, in virtual time. One replication of one
 * lbmethod. The balancer is the product's own core; everything else here is what the live proxy meets as
 * sockets and people.
 *
 * A request's way: `#launch` asks the core for a worker, `#dispatch` connects, `#reach` puts it into the
 * backend's station, the station's departure answers it, `#complete` settles it with the core, and
 * `#finish` hands the answer to its client. Any of these steps can fail, and the core says what is next.
 */

import { balancerOf } from '../src/config/balancer-of.ts';
import type { Balancer, Exchanges, LbMethod, Outcome, Step } from '../src/core/index.ts';
import * as core from '../src/core/index.ts';
import { targetShares } from '../src/scenario/load.ts';
import type { BackendSpec, Scenario } from '../src/scenario/scenario.ts';
import { Clients } from './clients.ts';
import { DeadlineRing } from './deadline-ring.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import { type Flights, flights } from './flights.ts';
import { Gauges } from './gauges.ts';
import { type Cause, Observations } from './observations.ts';
import { Script } from './script.ts';
import { Stations } from './stations.ts';
import type { Uniform } from './streams.ts';

/*
 * Copies, because the loop below meets them several times a request: V8 reads an imported binding from its cell
 * and checks it at every use, but folds a local constant into the code.
 */
const {
  ADVANCE,
  ANSWER,
  ARRIVE,
  BEAT,
  BIN,
  CONNECT,
  CUT_OFF,
  DEPART,
  EXPIRE,
  GIVE_UP,
  NEXT,
  REACH,
  RETRY,
  SCRIPT,
  SHARE,
  WINDOW,
  eventOf,
  kindOf,
  rowOf,
} = events;
const { NONE, outcomes, status } = core;

/** What a plain GET weighs on the wire, head and all; sizes of requests are not modelled. */
const REQUEST_BYTES = 200;
/** httpd counts the status line (`HTTP/1.1 200 OK`) and the body of a response, not its headers. */
const STATUS_LINE_BYTES = 15;
/** The heartbeat monitor publishes what it heard every five seconds. */
const BEAT_NS = 5e9;

/** How much longer than the window the drain may take before what is left counts as unfinished. */
const DRAIN_NS = 60e9;

/** Watches picks, for `explain`: called around every core call that may pick. */
export interface Witness {
  before(model: Model, id: number, nowNs: number): void;
  after(model: Model, id: number, step: Step, nowNs: number): void;
}

export interface ModelOptions {
  readonly scenario: Scenario;
  readonly lbmethod: LbMethod;
  readonly alternatives: readonly LbMethod[];
  readonly stream: (name: string) => Uniform;
  readonly warmupNs: number;
  readonly binNs: number;
  readonly witness?: Witness;
  /** Gets the sojourn (ms) and the instant (ns) of arrival of the first requests, by arrival number. */
  readonly curve?: Curve;
}

interface Curve {
  readonly sojourns: Float64Array;
  readonly arrivedNs: Float64Array;
}

export class Model {
  readonly scenario: Scenario;
  readonly balancer: Balancer;
  readonly exchanges: Exchanges;
  readonly flights: Flights;
  readonly clients: Clients;
  readonly stations: Stations;
  readonly observations: Observations;
  /** Exchanges begun and not closed: their number over time, for Little's law. */
  readonly underWay = new Gauges(1);
  /** Sums over closed exchanges: time under way, and time of all tries from pick to close. */
  residenceNs = 0;
  tryTimeNs = 0;
  /** Integral of the workers' busy before the window began. */
  busyBeforeNs = 0;
  begun = 0;
  closed = 0;
  nowNs = 0;
  warmupArrivals = 0;
  /** A reset of counters cleared busy under open requests: what was busy can no longer be added up. */
  busyWasReset = false;

  readonly #queue = new EventQueue();
  readonly #options: ModelOptions;
  readonly #witness: Witness | null;
  readonly #curve: Curve | null;
  readonly #script: Script;
  readonly #backends: readonly BackendSpec[];
  readonly #bytes: readonly Distribution[];
  readonly #halfRttNs: Float64Array;
  /** Time-outs for a status line, one ring for all workers that share a `timeout`; and each worker's. */
  readonly #expiry: readonly DeadlineRing[];
  readonly #expiryOf: readonly DeadlineRing[];
  readonly #idle: Int32Array;
  /** 1 where connections are kept, 0 with `disablereuse`. */
  readonly #reuses: Int32Array;
  readonly #restarts: Int32Array;
  /** By client class: whether its requests belong to sessions. */
  readonly #hasSessions: Uint8Array;
  readonly #sloNs: number;
  readonly #requests: number;
  #trySerial = 0;
  #advanceNs = Number.POSITIVE_INFINITY;
  #windowOver = false;
  #stopped = false;

  constructor(options: ModelOptions) {
    const { scenario, stream } = options;
    const { workers } = scenario.balancer;
    this.#options = options;
    this.#witness = options.witness ?? null;
    this.#curve = options.curve ?? null;
    this.scenario = scenario;
    const { lbmethod, alternatives } = options;
    const policy = stream('policy/balancer');
    const word = () => Math.floor(policy() * 4294967296);
    const rng = [word(), word(), word(), word()] as const;
    this.balancer = balancerOf(scenario.balancer, lbmethod, alternatives, rng);
    this.exchanges = new core.Exchanges(this.balancer);
    this.flights = flights(this.exchanges.capacity);
    this.stations = new Stations(this.#queue, scenario);
    const targets = Float64Array.from(targetShares(scenario.balancer));
    this.observations = new Observations(targets, options.binNs);
    this.clients = new Clients(
      scenario,
      stream,
      this.#queue,
      this.exchanges,
      this.flights,
      this.observations,
    );
    this.#script = new Script(scenario, this.stations, this.balancer, {
      reset: (worker, nowNs) => this.#reset(worker, nowNs),
      crashed: (worker, nowNs) => this.observations.crash(worker, nowNs),
      restarted: (worker, nowNs) => this.observations.restarted(worker, nowNs),
      managed: (nowNs) => this.#managed(nowNs),
    });
    this.#backends = workers.map(({ backend }) => scenario.backends[backend]);
    this.#bytes = this.#backends.map(({ bytes }) => distributionOf(bytes));
    this.#halfRttNs = Float64Array.from(this.#backends, ({ rttNs }) => Math.round(rttNs / 2));
    const timeouts = [...new Set(workers.map(({ timeoutNs }) => timeoutNs))];
    this.#expiry = timeouts.map((timeoutNs, ring) => {
      return new DeadlineRing(this.#queue, eventOf(EXPIRE, ring), timeoutNs);
    });
    this.#expiryOf = workers.map(({ timeoutNs }) => this.#expiry[timeouts.indexOf(timeoutNs)]);
    this.#idle = new Int32Array(workers.length);
    this.#reuses = Int32Array.from(workers, ({ disablereuse }) => Number(!disablereuse));
    this.#restarts = new Int32Array(workers.length);
    this.#hasSessions = Uint8Array.from(scenario.clients, ({ session }) =>
      Number(session !== null),
    );
    this.#sloNs = scenario.sloNs ?? Number.POSITIVE_INFINITY;
    this.#requests = scenario.run.requests ?? Number.POSITIVE_INFINITY;
  }

  /** Runs the replication to its end: the window is over and what arrived in it is answered. */
  run(): void {
    const { warmupNs, binNs } = this.#options;
    const { durationNs } = this.scenario.run;
    const queue = this.#queue;
    queue.push(warmupNs, eventOf(WINDOW, 0));
    if (durationNs !== null) queue.push(warmupNs + durationNs, eventOf(WINDOW, 1));
    queue.push(warmupNs + binNs, eventOf(BIN, 0));
    this.#script.schedule(queue, warmupNs);
    if (this.balancer.methods.some((method) => method.heartbeat)) this.#beat(0);
    this.clients.start();
    while (!this.#stopped && queue.pop()) {
      this.nowNs = queue.timeNs;
      this.#handle(queue.event, queue.timeNs);
      if (this.exchanges.hasReady) this.#goOn(queue.timeNs);
      if (this.exchanges.waiting > 0) this.#armAdvance();
    }
    if (!this.#windowOver) this.#endWindow(this.nowNs); // a trace ran out of everything
    this.underWay.flush(this.nowNs);
    this.observations.busy.flush(this.nowNs);
  }

  /** Ends the run after the current event. */
  stop(): void {
    this.#stopped = true;
  }

  #handle(event: number, nowNs: number): void {
    const row = rowOf(event);
    switch (kindOf(event)) {
      case ARRIVE:
        this.#arrived(this.clients.arrive(row, nowNs), nowNs);
        break;
      case NEXT:
        this.#arrived(this.clients.next(row, nowNs), nowNs);
        break;
      case RETRY:
        this.#launch(row, nowNs);
        break;
      case CONNECT:
        if (this.#isCurrent(row)) this.#proceed(row, this.#connect(row, nowNs), nowNs);
        break;
      case REACH:
        if (this.#isCurrent(row)) this.#proceed(row, this.#reach(row, nowNs), nowNs);
        break;
      case DEPART:
        this.#departed(this.stations.depart(row, this.#queue.sequence, nowNs), nowNs);
        break;
      case SHARE:
        this.#departed(this.stations.departShared(row, this.#queue.sequence, nowNs), nowNs);
        break;
      case ANSWER:
        if (this.#isCurrent(row)) this.#answered(row, nowNs);
        break;
      case GIVE_UP:
        this.#giveUp(this.clients.gaveUp(row, nowNs), nowNs);
        break;
      case EXPIRE:
        this.#expire(row, nowNs);
        break;
      case ADVANCE:
        this.#advanceNs = Number.POSITIVE_INFINITY;
        this.exchanges.advance(nowNs);
        break;
      case SCRIPT:
        this.#script.play(row, nowNs);
        break;
      case BEAT:
        this.#beat(nowNs);
        break;
      case WINDOW:
        if (row === 0) this.#beginWindow(nowNs);
        else this.#endWindow(nowNs);
        break;
      case BIN:
        this.#bin(nowNs);
        break;
      case CUT_OFF:
        this.#stopped = true;
    }
  }

  /** Whether the event just taken is the one this exchange waits for, and not one from before a time-out. */
  #isCurrent(id: number): boolean {
    return this.flights.rows.sequence[id] === this.#queue.sequence;
  }

  #arrived(id: number, nowNs: number): void {
    const { observations } = this;
    if (observations.open) observations.series.arrivals[observations.series.bins]++;
    this.#launch(id, nowNs);
    if (this.#windowOver) return;
    if (observations.arrived >= this.#requests || this.clients.exhausted) this.#endWindow(nowNs);
  }

  /** An attempt begins: the first pick. */
  #launch(id: number, nowNs: number): void {
    const { rows } = this.flights;
    rows.startedNs[id] = nowNs;
    rows.pickedSumNs[id] = 0;
    rows.job[id] = NONE;
    rows.sequence[id] = NONE;
    rows.trySerial[id] = 0;
    rows.answered[id] = 0;
    rows.underWay[id] = 1;
    this.begun++;
    this.underWay.add(0, 1, nowNs);
    this.clients.begin(id, nowNs);
    this.#witness?.before(this, id, nowNs);
    const step = this.exchanges.begin(id, nowNs);
    this.#countPick(id, 0, nowNs);
    this.#witness?.after(this, id, step, nowNs);
    this.#proceed(id, step, nowNs);
  }

  /** Does what the core says, until the exchange waits for something; null: it is under way. */
  #proceed(id: number, first: Step | null, nowNs: number): void {
    let step = first;
    while (step === 'dispatch') step = this.#dispatch(id, nowNs);
    if (step === 'done') this.#finish(id, nowNs);
    else if (step === 'wait') this.#wait(id, nowNs);
  }

  #wait(id: number, nowNs: number): void {
    const { rows } = this.flights;
    rows.waitingSinceNs[id] = nowNs;
    rows.triesBeforeWait[id] = this.exchanges.tries(id);
    const worker = this.exchanges.worker(id);
    if (worker !== NONE) this.#noteQueue(worker);
  }

  /** Exchanges whose wait inside the core is over. */
  #goOn(nowNs: number): void {
    for (let id = this.exchanges.poll(); id !== NONE; id = this.exchanges.poll()) {
      const { rows } = this.flights;
      rows.waitedNs[id] += nowNs - rows.waitingSinceNs[id];
      this.#countPick(id, rows.triesBeforeWait[id], nowNs);
      this.#touchAll(nowNs); // a wait that expired leaves traces on other workers too
      this.#proceed(id, this.exchanges.stepOf(id), nowNs);
    }
  }

  #armAdvance(): void {
    const deadlineNs = this.exchanges.deadlineNs();
    if (deadlineNs >= this.#advanceNs) return;
    this.#advanceNs = deadlineNs;
    this.#queue.push(deadlineNs, eventOf(ADVANCE, 0));
  }

  /** Uses an idle connection to the elected worker or opens one, which takes one round trip. */
  #dispatch(id: number, nowNs: number): Step | null {
    const worker = this.exchanges.worker(id);
    if (this.#idle[worker] > 0) {
      this.#idle[worker]--;
      return this.#send(id, worker, nowNs);
    }
    const rttNs = 2 * this.#halfRttNs[worker];
    if (rttNs === 0) return this.#connect(id, nowNs);
    this.#schedule(id, CONNECT, nowNs + rttNs);
    return null;
  }

  #connect(id: number, nowNs: number): Step | null {
    const worker = this.exchanges.worker(id);
    if (this.stations.crashes[worker] > 0) {
      return this.#settle(id, outcomes.connectFailed, 0, nowNs);
    }
    const tries = this.exchanges.tries(id);
    const step = this.exchanges.connected(id, nowNs);
    if (step === 'send') return this.#send(id, worker, nowNs);
    this.#countPick(id, tries, nowNs);
    return step;
  }

  #send(id: number, worker: number, nowNs: number): Step | null {
    this.exchanges.sent(id, REQUEST_BYTES);
    const { trySerial, restarts } = this.flights.rows;
    restarts[id] = this.#restarts[worker];
    trySerial[id] = ++this.#trySerial;
    this.#expiryOf[worker].set(id, trySerial, nowNs);
    const halfNs = this.#halfRttNs[worker];
    if (halfNs === 0) return this.#reach(id, nowNs);
    this.#schedule(id, REACH, nowNs + halfNs);
    return null;
  }

  /** The request is at the backend. */
  #reach(id: number, nowNs: number): Step | null {
    const worker = this.exchanges.worker(id);
    const { rows } = this.flights;
    const { stations } = this;
    if (stations.crashes[worker] > 0) return this.#respond(id, worker, 0, 0, nowNs);
    const share = this.#script.errorShare[worker];
    if (share > 0 && stations.hangs[worker] === 0 && rows.errorUniform[id] < share) {
      return this.#respond(id, worker, 500, 0, nowNs);
    }
    const job = stations.enter(worker, id, rows.serviceUniform[id], nowNs);
    if (job === NONE) {
      if (this.#backends[worker].queueFull === 'answer') {
        return this.#respond(id, worker, 503, 0, nowNs);
      }
      return this.#settle(id, outcomes.connectFailed, 0, nowNs);
    }
    rows.job[id] = job;
    this.#noteQueue(worker);
    return null;
  }

  #departed(id: number, nowNs: number): void {
    if (id === NONE) return;
    const { rows } = this.flights;
    const worker = this.exchanges.worker(id);
    rows.job[id] = NONE;
    rows.waitedNs[id] += this.stations.waitedNs;
    const bytes =
      rows.fixedBytes[id] < 0
        ? Math.round(this.#bytes[worker].sample(rows.bytesUniform[id]))
        : rows.fixedBytes[id];
    this.#proceed(id, this.#respond(id, worker, 200, bytes, nowNs), nowNs);
  }

  /** Sends an answer on its way; status 0: the connection is reset instead. */
  #respond(
    id: number,
    worker: number,
    statusCode: number,
    bytes: number,
    nowNs: number,
  ): Step | null {
    const halfNs = this.#halfRttNs[worker];
    if (halfNs === 0) return this.#complete(id, statusCode, bytes, nowNs);
    const { rows } = this.flights;
    rows.status[id] = statusCode;
    rows.bytes[id] = bytes;
    this.#schedule(id, ANSWER, nowNs + halfNs);
    return null;
  }

  #answered(id: number, nowNs: number): void {
    const { status: statusCode, bytes } = this.flights.rows;
    this.#proceed(id, this.#complete(id, statusCode[id], bytes[id], nowNs), nowNs);
  }

  /** The answer, or the reset, is at the balancer. */
  #complete(id: number, statusCode: number, sizeBytes: number, nowNs: number): Step {
    const { rows } = this.flights;
    if (statusCode === 0) return this.#settle(id, outcomes.closedEarly, 0, nowNs);
    const worker = this.exchanges.worker(id);
    const bytes = STATUS_LINE_BYTES + sizeBytes;
    this.exchanges.received(id, bytes);
    if (rows.measured[id]) this.observations.bytes[worker] += REQUEST_BYTES + bytes;
    const open = rows.restarts[id] === this.#restarts[worker]; // no crash since it was sent
    if (open) this.#idle[worker] += this.#reuses[worker];
    return this.#settle(id, outcomes.answered, statusCode, nowNs);
  }

  /** Tells the core how the try ended. */
  #settle(id: number, outcome: Outcome, statusCode: number, nowNs: number): Step {
    const { rows } = this.flights;
    const worker = this.exchanges.worker(id);
    const answered = outcome === outcomes.answered;
    rows.trySerial[id] = 0;
    rows.sequence[id] = NONE;
    rows.answered[id] = answered ? 1 : 0;
    if ((!answered || statusCode >= 500) && rows.measured[id]) this.observations.failures[worker]++;
    const tries = this.exchanges.tries(id);
    this.#witness?.before(this, id, nowNs);
    const step = this.exchanges.settle(id, outcome, statusCode, nowNs);
    if (this.balancer.workers.status[worker] & status.E) this.observations.marked(worker, nowNs);
    if (step === 'done') return step;
    this.#countPick(id, tries, nowNs);
    this.#witness?.after(this, id, step, nowNs);
    return step;
  }

  /** The exchange is over: the client gets its answer, if it still waits for one. */
  #finish(id: number, nowNs: number): void {
    const { rows } = this.flights;
    if (rows.serial[id] !== 0) {
      const statusCode = this.exchanges.status(id);
      const failed = statusCode === 0 || statusCode >= 500;
      if (rows.session[id] !== NONE && rows.answered[id] === 1) this.#giveRoute(id);
      if (failed && rows.attemptsLeft[id] > 0) this.clients.retry(id, nowNs);
      else this.#conclude(id, failed ? this.#causeOf(id, statusCode) : null, nowNs);
      this.flights.rows.serial[id] = 0;
    }
    this.#close(id, nowNs);
  }

  #causeOf(id: number, statusCode: number): Cause {
    if (this.flights.rows.answered[id] === 1) return 'backend';
    return statusCode === 503 ? 'unavailable' : 'gateway';
  }

  #giveUp(id: number, nowNs: number): void {
    if (id === NONE) return;
    const { rows } = this.flights;
    if (rows.attemptsLeft[id] > 0) this.clients.retry(id, nowNs);
    else this.#conclude(id, 'timeout', nowNs);
    this.flights.rows.serial[id] = 0; // the exchange goes on, for nobody
  }

  /** The request has ended as its client sees it. `cause`: null for an answer. */
  #conclude(id: number, cause: Cause | null, nowNs: number): void {
    const { rows } = this.flights;
    const { observations } = this;
    const sojournNs = nowNs - rows.arrivedNs[id];
    const worker = this.exchanges.worker(id);
    const session = rows.session[id];
    const measured = rows.measured[id] === 1;
    const curve = this.#curve;
    const inSession = this.#hasSessions[rows.client[id]] === 1;
    if (inSession && measured) this.#countSession(session);
    if (cause === null) {
      if (observations.open) observations.completed++;
      if (inSession) this.#serveSession(id, worker);
      if (measured) {
        observations.success(worker, sojournNs, rows.waitedNs[id], this.#sloNs);
      }
      if (curve !== null && rows.number[id] < curve.sojourns.length) {
        curve.sojourns[rows.number[id]] = sojournNs / 1e6;
      }
    } else {
      if (measured) observations.failure(cause);
      if (observations.open) observations.series.errors[observations.series.bins]++;
    }
    if (curve !== null && rows.number[id] < curve.arrivedNs.length) {
      curve.arrivedNs[rows.number[id]] = rows.arrivedNs[id];
    }
    if (session !== NONE) this.clients.ended(session, nowNs);
    if (measured && this.#windowOver) this.#stopWhenAnswered();
  }

  /** A sticky client learns its route from every answer that carries the route-changed mark. */
  #giveRoute(id: number): void {
    if (!this.exchanges.routeChanged(id)) return;
    const session = this.flights.rows.session[id];
    const { routes } = this.clients.sessions;
    routes[session] = this.balancer.routeOf(this.exchanges.worker(id));
  }

  #countSession(session: number): void {
    const { counted } = this.clients.sessions.slab.rows;
    if (counted[session] === 1) return;
    counted[session] = 1;
    this.observations.sessions++;
  }

  /** A session's request was served by `worker`: is its state there? */
  #serveSession(id: number, worker: number): void {
    const { rows } = this.clients.sessions.slab;
    const { observations } = this;
    const session = this.flights.rows.session[id];
    const home = rows.home[session];
    const measured = this.flights.rows.measured[id] === 1;
    if (measured && rows.placed[session] === 0) {
      rows.placed[session] = 1;
      observations.sessionsAt[worker]++;
    }
    const moved = home !== NONE && home !== worker;
    const lost =
      moved || (home === worker && rows.homeRestarts[session] !== this.#restarts[worker]);
    rows.home[session] = worker;
    rows.homeRestarts[session] = this.#restarts[worker];
    if (!measured) return;
    if (moved && rows.moved[session] === 0) {
      rows.moved[session] = 1;
      observations.moved++;
    }
    if (lost && this.#backends[worker].sessions === 'memory' && rows.broken[session] === 0) {
      rows.broken[session] = 1;
      observations.broken++;
    }
  }

  #close(id: number, nowNs: number): void {
    const { rows } = this.flights;
    const tries = this.exchanges.tries(id);
    const worker = this.exchanges.worker(id);
    rows.underWay[id] = 0;
    this.closed++;
    this.residenceNs += nowNs - rows.startedNs[id];
    this.tryTimeNs += tries * nowNs - rows.pickedSumNs[id];
    this.underWay.add(0, -1, nowNs);
    this.exchanges.close(id);
    if (tries === 1 && worker !== NONE) this.#touch(worker, nowNs);
    else if (tries > 0) this.#touchAll(nowNs);
  }

  /** The worker's `timeout` for a status line is over: the balancer stops waiting, the backend goes on. */
  #expire(ring: number, nowNs: number): void {
    const { rows } = this.flights;
    const id = this.#expiry[ring].due(rows.trySerial, nowNs);
    if (id === NONE) return;
    if (rows.job[id] !== NONE) this.stations.abandon(rows.job[id]);
    rows.job[id] = NONE;
    this.#proceed(id, this.#settle(id, outcomes.timedOut, 0, nowNs), nowNs);
  }

  /** Everything a worker held is lost, with its connections and its sessions' state. */
  #reset(worker: number, nowNs: number): void {
    this.#idle[worker] = 0;
    this.#restarts[worker]++;
    for (const id of this.stations.drop(worker, nowNs)) {
      this.flights.rows.job[id] = NONE;
      this.flights.rows.status[id] = 0;
      this.#schedule(id, ANSWER, nowNs + this.#halfRttNs[worker]);
    }
  }

  #managed(nowNs: number): void {
    const busy = this.balancer.workers.busy;
    if (this.observations.busy.value.some((value, worker) => value !== busy[worker])) {
      this.busyWasReset = true;
    }
    this.#touchAll(nowNs);
  }

  /** Counts the pick that core calls have made since the exchange had `triesBefore` tries, if they made one. */
  #countPick(id: number, triesBefore: number, nowNs: number): void {
    if (this.exchanges.tries(id) === triesBefore) return;
    const { rows } = this.flights;
    rows.pickedSumNs[id] += nowNs;
    const worker = this.exchanges.worker(id);
    this.#touch(worker, nowNs);
    this.observations.pick(worker, rows.measured[id] === 1, nowNs);
  }

  #touch(worker: number, nowNs: number): void {
    this.observations.setBusy(worker, this.balancer.workers.busy[worker], nowNs);
  }

  #touchAll(nowNs: number): void {
    for (let worker = 0; worker < this.#idle.length; worker++) this.#touch(worker, nowNs);
  }

  #noteQueue(worker: number): void {
    const { observations } = this;
    if (!observations.open) return;
    const waiting = this.stations.waiting.value[worker] + this.exchanges.waitingFor(worker);
    if (waiting > observations.queueMax) observations.queueMax = waiting;
  }

  #schedule(id: number, kind: number, atNs: number): void {
    this.flights.rows.sequence[id] = this.#queue.push(atNs, eventOf(kind, id));
  }

  #beat(nowNs: number): void {
    const { slots, serving, crashes, hangs } = this.stations;
    for (let worker = 0; worker < slots.length; worker++) {
      if (crashes[worker] > 0 || hangs[worker] > 0) continue; // silent: its entry grows old
      const busy = serving.value[worker];
      this.balancer.heartbeat(worker, slots[worker] - busy, busy, nowNs);
    }
    this.#queue.push(nowNs + BEAT_NS, eventOf(BEAT, 0));
  }

  #beginWindow(nowNs: number): void {
    this.observations.busy.flush(nowNs);
    this.busyBeforeNs = this.observations.busy.area.reduce((sum, area) => sum + area, 0);
    this.warmupArrivals = this.clients.arrivals;
    this.observations.beginWindow(nowNs);
    this.stations.serving.restart(nowNs);
    this.stations.waiting.restart(nowNs);
  }

  #endWindow(nowNs: number): void {
    if (this.#windowOver) return;
    this.#windowOver = true;
    const { observations, stations } = this;
    if (observations.isBinFull(nowNs)) this.#bin(nowNs);
    stations.serving.flush(nowNs);
    observations.endWindow(stations.serving.area, stations.slots, nowNs);
    const drainNs = observations.windowNs + DRAIN_NS;
    this.#queue.push(nowNs + drainNs, eventOf(CUT_OFF, 0));
    this.#stopWhenAnswered();
  }

  #stopWhenAnswered(): void {
    const { arrived, succeeded, failed } = this.observations;
    let ended = succeeded;
    for (let cause = 0; cause < failed.length; cause++) ended += failed[cause];
    if (ended === arrived) this.#stopped = true;
  }

  #bin(nowNs: number): void {
    const { observations, stations } = this;
    if (!observations.open) return;
    stations.waiting.flush(nowNs);
    const waiting = stations.waiting.area.reduce((sum, area) => sum + area, 0);
    observations.endBin(waiting, nowNs);
    this.#queue.push(nowNs + observations.series.binNs, eventOf(BIN, 0));
  }
}
