/**
 * One balancer instance at work: a request's way from the pick to the answer. The balancer is the product's own core;
 * what lies around it here is what the live proxy meets as sockets.
 *
 * `launch` asks the core for a worker, `#dispatch` takes or opens a connection, `#reach` puts the request into the
 * backend's station, whose departure answers it (`served`), `#complete` settles it with the core, and `#finish` hands
 * the answer to its client. Any of these steps can fail, and the core says what is next. In mode tcp the connection
 * stays open after an answer, and the next request begins at `#send`.
 *
 * Whoever calls a public step calls `settled` after it: others may wait for what it freed.
 */
import { balancerOf } from '../src/config/balancer-of.ts';
import type { Balancer, Exchanges, Outcome, Step } from '../src/core/index.ts';
import * as core from '../src/core/index.ts';
import type { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import type { Flight } from './flights.ts';
import { Link, resendNs } from './link.ts';
import type { World } from './model.ts';
import type { Observations } from './observations.ts';
import type { ManagerEvent } from './script.ts';
import type { Stations } from './stations.ts';
import * as fates from './troubles.ts';
import { wholeNs } from './whole-ns.ts';

/*
 * Copies, because the steps below meet them several times a request: V8 reads an imported binding from its cell
 * and checks it at every use, but folds a local constant into the code.
 */
const { ADVANCE, ANSWER, CONNECT, REACH, eventOf } = events;
const { NONE, outcomes, status, usable } = core;
const { SERVED, fateAt } = fates;

/** What a plain GET weighs on the wire, head and all; sizes of requests are not modelled. */
export const REQUEST_BYTES = 200;
/** httpd counts the status line (`HTTP/1.1 200 OK`) and the body of a response, not its headers. */
export const STATUS_LINE_BYTES = 15;
/** What nginx logs for a client that has closed its connection; httpd has no number for it. */
const CLIENT_LEFT = 499;

/** Requests under way that there is room for from the start. */
const FLIGHTS = 64;

/** The core's next step, or that there is none before another event. Strings all: V8 compares those by address. */
const UNDER_WAY = 'under way';
type Progress = Step | typeof UNDER_WAY;

export class ProxyInstance {
  readonly index: number;
  readonly balancer: Balancer;
  readonly exchanges: Exchanges<Flight>;
  /** The way to each worker. */
  readonly links: readonly Link[];

  private world!: World;
  private readonly queue: EventQueue;
  private readonly stations: Stations;
  private readonly observations: Observations;
  /** Of the balancer's workers: here, since every request reads it twice. */
  private readonly busy: Int32Array;
  private readonly keepsConnections: boolean;
  /** Some lbmethod elects by a key of the request. */
  readonly hashes: boolean;
  /** Other proxies' requests may wait for a worker, too. */
  private readonly isOneOfMany: boolean;
  private advanceNs = Number.POSITIVE_INFINITY;

  constructor(world: World, index: number) {
    const { scenario, stream, lbmethod, alternatives } = world.options;
    const policy = stream(index === 0 ? 'policy/balancer' : `policy/balancer/${index + 1}`);
    const word = () => Math.floor(policy() * 4294967296);
    const rng = [word(), word(), word(), word()] as const;
    this.index = index;
    this.balancer = balancerOf(scenario.balancer, lbmethod, alternatives, rng);
    this.queue = world.queue;
    this.stations = world.stations;
    this.observations = world.observations;
    this.busy = this.balancer.workers.busy;
    this.keepsConnections = scenario.balancer.mode === 'tcp';
    this.hashes = this.balancer.methods.some((method) => core.keyKindOf(method) !== null);
    this.isOneOfMany = scenario.balancer.proxies > 1;
    this.links = scenario.balancer.workers.map(({ timeoutNs }, worker) => {
      return new Link(
        scenario,
        worker,
        world.expiryOf(timeoutNs),
        world.stations.all[worker],
        world.observations.workers[worker],
      );
    });
    this.exchanges = new core.Exchanges(this.balancer, FLIGHTS, () => world.flights.another(this));
  }

  /** Where it is, now that it is all there: V8 knows what a field holds if that has all its fields when it is put there. */
  join(world: World): void {
    this.world = world;
  }

  /** Takes up a request that carries `route`, or none. */
  open(route: string | null): Flight {
    return this.exchanges.open(route);
  }

  /** A request arrived: over its session's open connection, or as a new exchange. */
  request(flight: Flight, nowNs: number): void {
    if (flight.underWay === 0) this.launch(flight, nowNs);
    else {
      flight.idle = 0;
      this.world.clients.begin(flight, nowNs);
      this.#proceed(flight, this.#send(flight, flight.link, nowNs), nowNs);
    }
  }

  /** An attempt begins: the first pick. */
  launch(flight: Flight, nowNs: number): void {
    const { clients, witness } = this.world;
    this.begins(flight, nowNs);
    witness?.before(flight, nowNs);
    const key = this.hashes ? this.#keyOf(flight) : 0;
    const step = this.exchanges.begin(flight, nowNs, key);
    this.#countPick(flight, nowNs);
    if (flight.session !== NONE && clients.isSticky[flight.client] === 1) {
      this.#auditStickiness(flight, nowNs);
    }
    witness?.after(flight, step, nowNs);
    this.#proceed(flight, step, nowNs);
  }

  /** Counts an attempt in, whoever takes it. */
  protected begins(flight: Flight, nowNs: number): void {
    const { clients, ledger } = this.world;
    flight.startedNs = nowNs;
    flight.pickedSumNs = 0;
    flight.triesCounted = 0;
    flight.job = NONE;
    flight.sequence = NONE;
    flight.answered = 0;
    flight.underWay = 1;
    ledger.begun++;
    ledger.underWay.rise(nowNs);
    clients.begin(flight, nowNs);
  }

  #keyOf({ sourceKey, uriKey }: Flight): number {
    const { keyKind } = this.balancer;
    if (keyKind === null) return 0;
    return keyKind === 'source' ? sourceKey : uriKey;
  }

  /** A request that names a route goes there for as long as that worker can serve; counts those that do not. */
  #auditStickiness(flight: Flight, nowNs: number): void {
    const { worker, session, arrivedNs, triesBefore } = flight;
    if (nowNs !== arrivedNs || triesBefore !== 0) return; // the route it was opened with may be old
    const { balancer } = this;
    if (balancer.via !== 'search' || balancer.views.stickyCookie[0] === 0) return;
    const { routes, slab } = this.world.clients.sessions;
    const home = slab.rows.home[session];
    const route = routes[session];
    if (home === NONE || route === '' || route !== balancer.routeOf(home)) return;
    if (usable(balancer.workers, home) && worker !== home) {
      this.observations.unforcedMoves++;
    }
  }

  /** Does what the core says, until the exchange waits for something. Two functions, as V8 then inlines what each needs. */
  #proceed(flight: Flight, step: Progress, nowNs: number): void {
    if (step === 'done') this.#finish(flight, nowNs);
    else this.#pursue(flight, step, nowNs);
  }

  #pursue(flight: Flight, first: Progress, nowNs: number): void {
    let step = first;
    while (step === 'dispatch') step = this.#dispatch(flight, nowNs);
    if (step === 'done') this.#finish(flight, nowNs);
    else if (step === 'wait') this.#wait(flight, nowNs);
  }

  #wait(flight: Flight, nowNs: number): void {
    flight.waitingSinceNs = nowNs;
    if (flight.worker !== NONE) this.world.noteQueue(flight.worker);
  }

  /** After every step: whose wait inside the core is over goes on, and the next end of a wait is scheduled. */
  settled(nowNs: number): void {
    if (this.exchanges.hasReady) this.#goOn(nowNs);
    if (this.exchanges.waiting > 0) this.#armAdvance();
  }

  #goOn(nowNs: number): void {
    const { exchanges } = this;
    for (let flight = exchanges.poll(); flight !== null; flight = exchanges.poll()) {
      flight.waitedNs += nowNs - flight.waitingSinceNs;
      this.#countPick(flight, nowNs);
      this.touchAll(nowNs); // a wait that expired leaves traces on other workers too
      this.#proceed(flight, flight.step, nowNs);
    }
  }

  #armAdvance(): void {
    const deadlineNs = this.exchanges.deadlineNs();
    if (deadlineNs >= this.advanceNs) return;
    this.advanceNs = deadlineNs;
    this.queue.push(deadlineNs, eventOf(ADVANCE, this.index));
  }

  /** Handles ADVANCE. */
  advance(nowNs: number): void {
    this.advanceNs = Number.POSITIVE_INFINITY;
    this.exchanges.advance(nowNs);
  }

  /** Uses an idle connection to the elected worker or opens one. */
  #dispatch(flight: Flight, nowNs: number): Progress {
    const { link } = flight;
    if (link.idle.take(nowNs)) {
      flight.restarts = link.restarts;
      return this.#send(flight, link, nowNs);
    }
    flight.dialedNs = nowNs;
    if (link.connectNs === 0) return this.#connect(flight, nowNs);
    const refused = link.station.crashes > 0; // told after one round trip
    const openNs = refused ? 2 * link.halfRttNs : link.connectNs;
    this.#schedule(flight, CONNECT, nowNs + openNs);
    return UNDER_WAY;
  }

  /** Handles CONNECT. */
  connect(flight: Flight, nowNs: number): void {
    this.#proceed(flight, this.#connect(flight, nowNs), nowNs);
  }

  #connect(flight: Flight, nowNs: number): Progress {
    const { link } = flight;
    if (link.cuts > 0 && nowNs < flight.dialedNs + link.connectTimeoutNs) {
      const againNs = nowNs + resendNs(++flight.resends, true);
      this.#schedule(flight, CONNECT, Math.min(againNs, flight.dialedNs + link.connectTimeoutNs));
      return UNDER_WAY;
    }
    flight.resends = 0;
    if (link.cuts > 0 || link.station.crashes > 0) {
      return this.#settle(flight, outcomes.connectFailed, 0, nowNs);
    }
    const step = this.exchanges.connected(flight, nowNs);
    if (step === 'send') {
      flight.restarts = link.restarts;
      return this.#send(flight, link, nowNs);
    }
    this.#countPick(flight, nowNs);
    return step;
  }

  #send(flight: Flight, link: Link, nowNs: number): Progress {
    this.exchanges.sent(flight, REQUEST_BYTES);
    link.expiry.set(flight.expiry, nowNs);
    if (link.halfRttNs === 0) return this.#reach(flight, nowNs);
    this.#schedule(flight, REACH, nowNs + link.halfRttNs);
    return UNDER_WAY;
  }

  /** Handles REACH: the request is at the backend. */
  reach(flight: Flight, nowNs: number): void {
    this.#proceed(flight, this.#reach(flight, nowNs), nowNs);
  }

  #reach(flight: Flight, nowNs: number): Progress {
    const { link } = flight;
    if (this.#isLost(flight, link, REACH, nowNs)) return UNDER_WAY;
    const { station } = link;
    if (station.crashes > 0 || flight.restarts !== link.restarts) {
      return this.#respond(flight, 0, 0, nowNs);
    }
    const fate = fateAt(station, flight.errorUniform);
    if (fate !== SERVED) return this.#respond(flight, fate, 0, nowNs);
    const job = this.stations.enter(station, flight.id, flight.serviceUniform, nowNs);
    if (job === NONE) {
      if (link.backend.queueFull === 'answer') return this.#respond(flight, 503, 0, nowNs);
      return this.#settle(flight, outcomes.connectFailed, 0, nowNs);
    }
    flight.job = job;
    const atMost = station.waiting.value + this.exchanges.waiting;
    if (atMost > this.observations.queueMax || this.isOneOfMany) {
      this.world.noteQueue(link.worker);
    }
    return UNDER_WAY;
  }

  /** The backend has done its work. */
  served(flight: Flight, nowNs: number): void {
    flight.job = NONE;
    flight.waitedNs += this.stations.waitedNs;
    let bytes = flight.fixedBytes;
    if (bytes < 0) {
      bytes = wholeNs(flight.link.bytes.sample(flight.bytesUniform));
    }
    this.#proceed(flight, this.#respond(flight, 200, bytes, nowNs), nowNs);
  }

  /** Sends an answer on its way; status 0: the connection is reset instead. */
  #respond(flight: Flight, statusCode: number, bytes: number, nowNs: number): Progress {
    const { halfRttNs, cuts } = flight.link;
    if (halfRttNs === 0 && cuts === 0) return this.#complete(flight, statusCode, bytes, nowNs);
    flight.statusCode = statusCode;
    flight.bytes = bytes;
    this.#schedule(flight, ANSWER, nowNs + halfRttNs);
    return UNDER_WAY;
  }

  /** Handles ANSWER: the answer, or the reset, is at the balancer. */
  answered(flight: Flight, nowNs: number): void {
    if (this.#isLost(flight, flight.link, ANSWER, nowNs)) return;
    this.#proceed(flight, this.#complete(flight, flight.statusCode, flight.bytes, nowNs), nowNs);
  }

  /** Whether what arrives now got lost on the way; then it is sent again. */
  #isLost(flight: Flight, link: Link, kind: number, nowNs: number): boolean {
    if (link.cuts === 0) {
      if (flight.resends > 0) flight.resends = 0;
      return false;
    }
    this.#schedule(flight, kind, nowNs + resendNs(++flight.resends, false));
    return true;
  }

  #complete(flight: Flight, statusCode: number, sizeBytes: number, nowNs: number): Progress {
    if (statusCode === 0) return this.#settle(flight, outcomes.closedEarly, 0, nowNs);
    const { link } = flight;
    const bytes = STATUS_LINE_BYTES + sizeBytes;
    this.exchanges.received(flight, bytes);
    if (flight.measured === 1) link.counts.bytes += REQUEST_BYTES + bytes;
    if (this.keepsConnections && statusCode < 500 && this.world.clients.keepsOpen(flight)) {
      this.#rest(flight, statusCode, nowNs);
      return UNDER_WAY;
    }
    const open = flight.restarts === link.restarts; // no crash since it was sent
    if (open && link.reuses === 1) link.idle.put(nowNs);
    return this.#settle(flight, outcomes.answered, statusCode, nowNs);
  }

  /** Mode tcp: the client has its answer, and the connection rests until its next request. */
  #rest(flight: Flight, statusCode: number, nowNs: number): void {
    flight.expiry.lift();
    flight.sequence = NONE;
    flight.answered = 1;
    this.world.endings.answer(flight, statusCode, nowNs);
    flight.measured = 0;
    flight.idle = 1;
  }

  /** Tells the core how the try ended. */
  #settle(flight: Flight, outcome: Outcome, statusCode: number, nowNs: number): Step {
    const { worker, counts } = flight.link;
    const { witness } = this.world;
    const answered = outcome === outcomes.answered;
    flight.expiry.lift();
    flight.sequence = NONE;
    flight.answered = answered ? 1 : 0;
    if ((!answered || statusCode >= 500) && flight.measured === 1) {
      counts.failures++;
    }
    witness?.before(flight, nowNs);
    const step = this.exchanges.settle(flight, outcome, statusCode, nowNs);
    const { observations } = this;
    if (observations.crashing > 0 && this.balancer.workers.status[worker] & status.E) {
      observations.marked(worker, nowNs);
    }
    if (step === 'done') return step;
    this.#countPick(flight, nowNs);
    witness?.after(flight, step, nowNs);
    return step;
  }

  /** The exchange is over: the client gets its answer, if it still waits for one. */
  #finish(flight: Flight, nowNs: number): void {
    const { clients, endings, ledger } = this.world;
    const { worker, triesCounted } = flight;
    if (flight.serial !== 0) endings.answer(flight, flight.status, nowNs);
    if (this.keepsConnections) clients.disconnect(flight);
    flight.underWay = 0;
    flight.idle = 0;
    ledger.closed++;
    ledger.residenceNs += nowNs - flight.startedNs;
    ledger.tryTimeNs += triesCounted * nowNs - flight.pickedSumNs;
    ledger.underWay.fall(nowNs);
    this.exchanges.close(flight);
    if (triesCounted === 1 && worker !== NONE) this.#touch(flight.link, nowNs);
    else if (triesCounted > 0) this.touchAll(nowNs);
  }

  /** The worker's `timeout` for a status line is over: the balancer stops waiting, the backend goes on. */
  expire(flight: Flight, nowNs: number): void {
    this.#abandon(flight);
    this.#proceed(flight, this.#settle(flight, outcomes.timedOut, 0, nowNs), nowNs);
  }

  /** Mode tcp: a client that has given up closes its connection, and its exchange ends if a request was sent. */
  hangUp(flight: Flight, nowNs: number): void {
    if (!this.keepsConnections) return;
    this.world.clients.disconnect(flight); // its session's next request opens another
    if (!flight.expiry.isSet) return;
    this.#abandon(flight);
    const step = this.#settle(flight, outcomes.answered, CLIENT_LEFT, nowNs);
    this.#proceed(flight, step, nowNs);
  }

  #abandon(flight: Flight): void {
    if (flight.job !== NONE) this.stations.abandon(flight.job);
    flight.job = NONE;
  }

  /** `worker` has lost everything: its connections are of no use any more. */
  forget(worker: number, nowNs: number): void {
    const link = this.links[worker];
    link.idle.clear();
    link.restarts++;
    if (!this.keepsConnections) return;
    for (const flight of this.world.flights.all) {
      if (flight.proxy === this && flight.idle === 1 && flight.link === link) {
        this.lose(flight, nowNs);
      }
    }
  }

  /** What `flight` waits for at the backend is lost; the proxy hears of it by a reset. */
  lose(flight: Flight, nowNs: number): void {
    flight.job = NONE;
    flight.statusCode = 0;
    this.#schedule(flight, ANSWER, nowNs + flight.link.halfRttNs);
  }

  /** An operator changes something. */
  manage(event: ManagerEvent, nowNs: number): void {
    const { balancer } = this;
    if (event.worker !== null) balancer.manageWorker(event.worker, event.change);
    else balancer.manage(managerChange(event.change));
    balancer.sync(); // the manager's answer shows the balancer, which adopts what is pending
    if (this.links.some(({ busy, worker }) => busy !== balancer.workers.busy[worker])) {
      this.world.ledger.busyWasReset = true;
    }
    this.touchAll(nowNs);
  }

  /** Counts the pick that the last core call made, if it made one. */
  #countPick(flight: Flight, nowNs: number): void {
    const { tries, worker } = flight;
    if (tries === flight.triesCounted) return;
    flight.triesCounted = tries;
    flight.pickedSumNs += nowNs;
    const link = this.links[worker];
    flight.link = link;
    this.#touch(link, nowNs);
    this.observations.pick(worker, flight.measured, nowNs);
  }

  /** A worker's busy may have changed. */
  #touch(link: Link, nowNs: number): void {
    const busy = this.busy[link.worker];
    const change = busy - link.busy;
    if (change === 0) return;
    link.busy = busy;
    this.observations.changeBusy(link.counts, change, nowNs);
  }

  touchAll(nowNs: number): void {
    for (const link of this.links) this.#touch(link, nowNs);
  }

  #schedule(flight: Flight, kind: number, atNs: number): void {
    flight.sequence = this.queue.push(atNs, eventOf(kind, flight.id));
  }
}

type BalancerChange = Extract<ManagerEvent, { worker: null }>['change'];

/** As the core's manager takes it. */
export function managerChange({ lbmethod, stickysession, ...same }: BalancerChange) {
  return {
    ...same,
    ...(lbmethod && { lbmethod: lbmethod.name }),
    ...(stickysession !== undefined && {
      stickysession: stickysession === null ? '-' : `${stickysession.cookie}|${stickysession.path}`,
    }),
  };
}
