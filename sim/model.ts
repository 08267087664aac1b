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
import type { Scenario } from '../src/scenario/scenario.ts';
import { Clients } from './clients.ts';
import { DeadlineRing } from './deadline-ring.ts';
import { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import { type Flight, Flights } from './flights.ts';
import { Gauge } from './gauges.ts';
import { Link } from './link.ts';
import { type Cause, Observations, type WorkerCounts } from './observations.ts';
import { Script } from './script.ts';
import { countSession, serveSession } from './session-state.ts';
import { Stations } from './stations.ts';
import type { Uniform } from './streams.ts';
import { wholeNs } from './whole-ns.ts';

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

/** The core's next step, or that there is none before another event. Strings all: V8 compares those by address. */
const UNDER_WAY = 'under way';
type Progress = Step | typeof UNDER_WAY;

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
  readonly flights = new Flights();
  readonly clients: Clients;
  readonly stations: Stations;
  readonly observations: Observations;
  /** Exchanges begun and not closed: their number over time, for Little's law. */
  readonly underWay = new Gauge();
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
  /** Time-outs for a status line, one ring for each `timeout` there is. */
  readonly #expiry: readonly DeadlineRing[];
  readonly #links: readonly Link[];
  /** By client class: whether its requests belong to sessions. */
  readonly #hasSessions: Uint8Array;
  /** By client class: whether its requests name the route they were given. */
  readonly #isSticky: Uint8Array;
  /** Some lbmethod elects by a key of the request. */
  readonly #hashes: boolean;
  readonly #sloNs: number;
  readonly #requests: number;
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
      options.warmupNs,
    );
    this.#script = new Script(scenario, this.stations, this.balancer, {
      reset: (worker, nowNs) => this.#reset(worker, nowNs),
      crashed: (worker, nowNs) => this.observations.crash(worker, nowNs),
      restarted: (worker, nowNs) => this.observations.restarted(worker, nowNs),
      managed: (nowNs) => this.#managed(nowNs),
    });
    const timeouts = [...new Set(workers.map(({ timeoutNs }) => timeoutNs))];
    this.#expiry = timeouts.map((timeoutNs, ring) => {
      return new DeadlineRing(this.#queue, eventOf(EXPIRE, ring), timeoutNs);
    });
    this.#links = workers.map(({ backend, disablereuse, timeoutNs }, worker) => {
      const expiry = this.#expiry[timeouts.indexOf(timeoutNs)];
      const counts = this.observations.workers[worker];
      return new Link(worker, scenario.backends[backend], disablereuse, expiry, counts);
    });
    this.#hasSessions = Uint8Array.from(scenario.clients, ({ session }) =>
      Number(session !== null),
    );
    this.#isSticky = Uint8Array.from(scenario.clients, ({ session }) =>
      Number(session !== null && session.sticky !== 'none'),
    );
    this.#hashes = this.balancer.methods.some((method) => core.keyKindOf(method) !== null);
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
    if (this.balancer.methods.some((method) => method.load)) {
      this.stations.listener = (worker, load, nowNs) => this.balancer.load(worker, load, nowNs);
      this.stations.introduce();
    }
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
        this.#launch(this.flights.of(row), nowNs);
        break;
      case CONNECT: {
        const flight = this.flights.of(row);
        if (this.#isCurrent(flight)) this.#proceed(flight, this.#connect(flight, nowNs), nowNs);
        break;
      }
      case REACH: {
        const flight = this.flights.of(row);
        if (this.#isCurrent(flight)) this.#proceed(flight, this.#reach(flight, nowNs), nowNs);
        break;
      }
      case DEPART:
        this.#departed(this.stations.depart(row, this.#queue.sequence, nowNs), nowNs);
        break;
      case SHARE:
        this.#departed(this.stations.departShared(row, this.#queue.sequence, nowNs), nowNs);
        break;
      case ANSWER: {
        const flight = this.flights.of(row);
        if (this.#isCurrent(flight)) this.#answered(flight, nowNs);
        break;
      }
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
  #isCurrent(flight: Flight): boolean {
    return flight.sequence === this.#queue.sequence;
  }

  #arrived(flight: Flight, nowNs: number): void {
    const { observations } = this;
    if (observations.open === 1) observations.binArrivals++;
    this.#launch(flight, nowNs);
    if (this.#windowOver) return;
    if (observations.arrived >= this.#requests || this.clients.exhausted) this.#endWindow(nowNs);
  }

  /** An attempt begins: the first pick. */
  #launch(flight: Flight, nowNs: number): void {
    const { id } = flight;
    flight.startedNs = nowNs;
    flight.pickedSumNs = 0;
    flight.tries = 0;
    flight.job = NONE;
    flight.sequence = NONE;
    flight.expiry = NONE;
    flight.answered = 0;
    flight.underWay = 1;
    this.begun++;
    this.underWay.add(1, nowNs);
    this.clients.begin(flight, nowNs);
    this.#witness?.before(this, id, nowNs);
    const step = this.exchanges.begin(id, nowNs, this.#hashes ? this.#keyOf(flight) : 0);
    this.#countPick(flight, nowNs);
    if (this.#isSticky[flight.client] === 1) this.#auditStickiness(flight, nowNs);
    this.#witness?.after(this, id, step, nowNs);
    this.#proceed(flight, step, nowNs);
  }

  /** A request that names a route goes there for as long as that worker can serve; counts those that do not. */
  #auditStickiness({ id, session, arrivedNs, triesBefore }: Flight, nowNs: number): void {
    if (nowNs !== arrivedNs || triesBefore !== 0) return; // the route it was opened with may be old
    const { balancer } = this;
    if (balancer.via !== 'search' || balancer.views.stickyCookie[0] === 0) return;
    const { routes, slab } = this.clients.sessions;
    const home = slab.rows.home[session];
    const route = routes[session];
    if (home === NONE || route === '' || route !== balancer.routeOf(home)) return;
    if (core.usable(balancer.workers, home) && this.exchanges.worker(id) !== home) {
      this.observations.unforcedMoves++;
    }
  }

  #keyOf({ sourceKey, uriKey }: Flight): number {
    const { keyKind } = this.balancer;
    if (keyKind === null) return 0;
    return keyKind === 'source' ? sourceKey : uriKey;
  }

  /** Does what the core says, until the exchange waits for something. */
  #proceed(flight: Flight, first: Progress, nowNs: number): void {
    let step = first;
    while (step === 'dispatch') step = this.#dispatch(flight, nowNs);
    if (step === 'done') this.#finish(flight, nowNs);
    else if (step === 'wait') this.#wait(flight, nowNs);
  }

  #wait(flight: Flight, nowNs: number): void {
    flight.waitingSinceNs = nowNs;
    const worker = this.exchanges.worker(flight.id);
    if (worker !== NONE) this.#noteQueue(worker);
  }

  /** Exchanges whose wait inside the core is over. */
  #goOn(nowNs: number): void {
    for (let id = this.exchanges.poll(); id !== NONE; id = this.exchanges.poll()) {
      const flight = this.flights.of(id);
      flight.waitedNs += nowNs - flight.waitingSinceNs;
      this.#countPick(flight, nowNs);
      this.#touchAll(nowNs); // a wait that expired leaves traces on other workers too
      this.#proceed(flight, this.exchanges.stepOf(id), nowNs);
    }
  }

  #armAdvance(): void {
    const deadlineNs = this.exchanges.deadlineNs();
    if (deadlineNs >= this.#advanceNs) return;
    this.#advanceNs = deadlineNs;
    this.#queue.push(deadlineNs, eventOf(ADVANCE, 0));
  }

  /** Uses an idle connection to the elected worker or opens one, which takes one round trip. */
  #dispatch(flight: Flight, nowNs: number): Progress {
    const link = linkOf(flight);
    if (link.idle > 0) {
      link.idle--;
      return this.#send(flight, link, nowNs);
    }
    if (link.halfRttNs === 0) return this.#connect(flight, nowNs);
    this.#schedule(flight, CONNECT, nowNs + 2 * link.halfRttNs);
    return UNDER_WAY;
  }

  #connect(flight: Flight, nowNs: number): Progress {
    const link = linkOf(flight);
    if (this.stations.crashes[link.worker] > 0) {
      return this.#settle(flight, outcomes.connectFailed, 0, nowNs);
    }
    const step = this.exchanges.connected(flight.id, nowNs);
    if (step === 'send') return this.#send(flight, link, nowNs);
    this.#countPick(flight, nowNs);
    return step;
  }

  #send(flight: Flight, link: Link, nowNs: number): Progress {
    this.exchanges.sent(flight.id, REQUEST_BYTES);
    flight.restarts = link.restarts;
    flight.expiry = link.expiry.set(flight.id, nowNs);
    if (link.halfRttNs === 0) return this.#reach(flight, nowNs);
    this.#schedule(flight, REACH, nowNs + link.halfRttNs);
    return UNDER_WAY;
  }

  /** The request is at the backend. */
  #reach(flight: Flight, nowNs: number): Progress {
    const { worker, backend } = linkOf(flight);
    const { stations } = this;
    if (stations.crashes[worker] > 0) return this.#respond(flight, 0, 0, nowNs);
    const share = this.#script.errorShare[worker];
    if (share > 0 && stations.hangs[worker] === 0 && flight.errorUniform < share) {
      return this.#respond(flight, 500, 0, nowNs);
    }
    const job = stations.enter(worker, flight.id, flight.serviceUniform, nowNs);
    if (job === NONE) {
      if (backend.queueFull === 'answer') {
        return this.#respond(flight, 503, 0, nowNs);
      }
      return this.#settle(flight, outcomes.connectFailed, 0, nowNs);
    }
    flight.job = job;
    this.#noteQueue(worker);
    return UNDER_WAY;
  }

  #departed(id: number, nowNs: number): void {
    if (id === NONE) return;
    const flight = this.flights.of(id);
    flight.job = NONE;
    flight.waitedNs += this.stations.waitedNs;
    let bytes = flight.fixedBytes;
    if (bytes < 0) {
      bytes = wholeNs(linkOf(flight).bytes.sample(flight.bytesUniform));
    }
    this.#proceed(flight, this.#respond(flight, 200, bytes, nowNs), nowNs);
  }

  /** Sends an answer on its way; status 0: the connection is reset instead. */
  #respond(flight: Flight, statusCode: number, bytes: number, nowNs: number): Progress {
    const { halfRttNs } = linkOf(flight);
    if (halfRttNs === 0) return this.#complete(flight, statusCode, bytes, nowNs);
    flight.status = statusCode;
    flight.bytes = bytes;
    this.#schedule(flight, ANSWER, nowNs + halfRttNs);
    return UNDER_WAY;
  }

  #answered(flight: Flight, nowNs: number): void {
    this.#proceed(flight, this.#complete(flight, flight.status, flight.bytes, nowNs), nowNs);
  }

  /** The answer, or the reset, is at the balancer. */
  #complete(flight: Flight, statusCode: number, sizeBytes: number, nowNs: number): Step {
    if (statusCode === 0) return this.#settle(flight, outcomes.closedEarly, 0, nowNs);
    const link = linkOf(flight);
    const bytes = STATUS_LINE_BYTES + sizeBytes;
    this.exchanges.received(flight.id, bytes);
    if (flight.measured === 1) link.counts.bytes += REQUEST_BYTES + bytes;
    const open = flight.restarts === link.restarts; // no crash since it was sent
    if (open) link.idle += link.reuses;
    return this.#settle(flight, outcomes.answered, statusCode, nowNs);
  }

  /** Tells the core how the try ended. */
  #settle(flight: Flight, outcome: Outcome, statusCode: number, nowNs: number): Step {
    const { id } = flight;
    const { worker, expiry, counts } = linkOf(flight);
    const answered = outcome === outcomes.answered;
    expiry.lift(flight.expiry);
    flight.expiry = NONE;
    flight.sequence = NONE;
    flight.answered = answered ? 1 : 0;
    if ((!answered || statusCode >= 500) && flight.measured === 1) {
      counts.failures++;
    }
    this.#witness?.before(this, id, nowNs);
    const step = this.exchanges.settle(id, outcome, statusCode, nowNs);
    if (this.balancer.workers.status[worker] & status.E) this.observations.marked(worker, nowNs);
    if (step === 'done') return step;
    this.#countPick(flight, nowNs);
    this.#witness?.after(this, id, step, nowNs);
    return step;
  }

  /** The exchange is over: the client gets its answer, if it still waits for one. */
  #finish(flight: Flight, nowNs: number): void {
    if (flight.serial !== 0) {
      const statusCode = this.exchanges.status(flight.id);
      const failed = statusCode === 0 || statusCode >= 500;
      if (flight.session !== NONE && flight.answered === 1) this.#giveRoute(flight);
      if (failed && flight.attemptsLeft > 0) this.clients.retry(flight, nowNs);
      else this.#conclude(flight, failed ? causeOf(flight, statusCode) : null, nowNs);
      this.clients.leave(flight);
    }
    this.#close(flight, nowNs);
  }

  #giveUp(id: number, nowNs: number): void {
    if (id === NONE) return;
    const flight = this.flights.of(id);
    if (flight.attemptsLeft > 0) this.clients.retry(flight, nowNs);
    else this.#conclude(flight, 'timeout', nowNs);
    this.clients.leave(flight); // the exchange goes on, for nobody
  }

  /** The request has ended as its client sees it. `cause`: null for an answer. */
  #conclude(flight: Flight, cause: Cause | null, nowNs: number): void {
    const { observations } = this;
    const { session } = flight;
    const measured = flight.measured === 1;
    const sojournNs = nowNs - flight.arrivedNs;
    const inSession = session !== NONE && this.#hasSessions[flight.client] === 1;
    const { slab } = this.clients.sessions;
    if (inSession && measured) countSession(observations, slab.rows, session);
    if (cause === null) {
      const link = linkOf(flight);
      if (observations.open === 1) observations.completed++;
      if (inSession) serveSession(observations, slab.rows, flight, link);
      if (measured) observations.success(link.counts, sojournNs, flight.waitedNs, this.#sloNs);
    } else {
      if (measured) observations.failure(cause);
      if (observations.open === 1) observations.binErrors++;
    }
    if (this.#curve !== null) plot(this.#curve, flight, cause === null ? sojournNs : null);
    if (session !== NONE) this.clients.ended(session, nowNs);
    if (measured && this.#windowOver) this.#stopWhenAnswered();
  }

  /** A sticky client learns its route from every answer that carries the route-changed mark. */
  #giveRoute({ id, session }: Flight): void {
    if (!this.exchanges.routeChanged(id)) return;
    const { routes } = this.clients.sessions;
    routes[session] = this.balancer.routeOf(this.exchanges.worker(id));
  }

  #close(flight: Flight, nowNs: number): void {
    const { id, tries } = flight;
    const worker = this.exchanges.worker(id);
    flight.underWay = 0;
    this.closed++;
    this.residenceNs += nowNs - flight.startedNs;
    this.tryTimeNs += tries * nowNs - flight.pickedSumNs;
    this.underWay.add(-1, nowNs);
    this.exchanges.close(id);
    if (tries === 1 && worker !== NONE) this.#touch(worker, linkOf(flight).counts, nowNs);
    else if (tries > 0) this.#touchAll(nowNs);
  }

  /** The worker's `timeout` for a status line is over: the balancer stops waiting, the backend goes on. */
  #expire(ring: number, nowNs: number): void {
    const id = this.#expiry[ring].due(nowNs);
    if (id === NONE) return;
    const flight = this.flights.of(id);
    if (flight.job !== NONE) this.stations.abandon(flight.job);
    flight.job = NONE;
    this.#proceed(flight, this.#settle(flight, outcomes.timedOut, 0, nowNs), nowNs);
  }

  /** Everything a worker held is lost, with its connections and its sessions' state. */
  #reset(worker: number, nowNs: number): void {
    const link = this.#links[worker];
    link.idle = 0;
    link.restarts++;
    for (const id of this.stations.drop(worker, nowNs)) {
      const flight = this.flights.of(id);
      flight.job = NONE;
      flight.status = 0;
      this.#schedule(flight, ANSWER, nowNs + link.halfRttNs);
    }
  }

  #managed(nowNs: number): void {
    const busy = this.balancer.workers.busy;
    if (this.observations.busy.all.some(({ value }, worker) => value !== busy[worker])) {
      this.busyWasReset = true;
    }
    this.#touchAll(nowNs);
  }

  /** Counts the pick that the last core call made, if it made one. */
  #countPick(flight: Flight, nowNs: number): void {
    const tries = this.exchanges.tries(flight.id);
    if (tries === flight.tries) return;
    flight.tries = tries;
    flight.pickedSumNs += nowNs;
    const worker = this.exchanges.worker(flight.id);
    const link = this.#links[worker];
    flight.link = link;
    this.#touch(worker, link.counts, nowNs);
    this.observations.pick(worker, link.counts, flight.measured, nowNs);
  }

  /** A worker's busy may have changed. */
  #touch(worker: number, counts: WorkerCounts, nowNs: number): void {
    this.observations.setBusy(counts, this.balancer.workers.busy[worker], nowNs);
  }

  #touchAll(nowNs: number): void {
    for (const { worker, counts } of this.#links) this.#touch(worker, counts, nowNs);
  }

  #noteQueue(worker: number): void {
    const { observations } = this;
    if (observations.open === 0) return;
    const waiting = this.stations.waiting.all[worker].value + this.exchanges.waitingFor(worker);
    if (waiting > observations.queueMax) observations.queueMax = waiting;
  }

  #schedule(flight: Flight, kind: number, atNs: number): void {
    flight.sequence = this.#queue.push(atNs, eventOf(kind, flight.id));
  }

  #beat(nowNs: number): void {
    const { slots, serving, crashes, hangs } = this.stations;
    for (let worker = 0; worker < slots.length; worker++) {
      if (crashes[worker] > 0 || hangs[worker] > 0) continue; // silent: its entry grows old
      const busy = serving.all[worker].value;
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
    if (observations.open === 0) return;
    stations.waiting.flush(nowNs);
    const waiting = stations.waiting.area.reduce((sum, area) => sum + area, 0);
    observations.endBin(waiting, nowNs);
    this.#queue.push(nowNs + observations.series.binNs, eventOf(BIN, 0));
  }
}

/** The way to the worker of the try under way. */
function linkOf({ link }: Flight): Link {
  if (link === null) throw new Error('fairlead sim: nobody was picked');
  return link;
}

function causeOf({ answered }: Flight, statusCode: number): Cause {
  if (answered === 1) return 'backend';
  return statusCode === 503 ? 'unavailable' : 'gateway';
}

/** `sojournNs`: null for a request that failed. */
function plot({ sojourns, arrivedNs }: Curve, flight: Flight, sojournNs: number | null): void {
  const { number } = flight;
  if (sojournNs !== null && number < sojourns.length) sojourns[number] = sojournNs / 1e6;
  if (number < arrivedNs.length) arrivedNs[number] = flight.arrivedNs;
}
