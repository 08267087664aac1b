/**
 * The wiring: clients -> proxies -> network -> backends and back, in virtual time. One replication of one lbmethod.
 *
 * Here is what happens when; `proxy.ts` is a request's way through a balancer, `clients.ts` who asks, `stations.ts`
 * who serves, `troubles.ts` what goes wrong, `endings.ts` what becomes of it for the client, and `observations.ts`
 * what is measured.
 */

import type { LbMethod, Step } from '../src/core/index.ts';
import * as core from '../src/core/index.ts';
import { targetShares } from '../src/scenario/load.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { Clients } from './clients.ts';
import { Deadlines } from './deadlines.ts';
import { type Curve, Endings } from './endings.ts';
import { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import { type Flight, Flights } from './flights.ts';
import { startHeartbeats } from './heartbeats.ts';
import { Ledger } from './ledger.ts';
import { Observations } from './observations.ts';
import { Probes } from './probes.ts';
import { ProxyInstance } from './proxy.ts';
import { scheduleEvents, startFaults } from './script.ts';
import { Stations } from './stations.ts';
import type { Uniform } from './streams.ts';
import { Timers } from './timers.ts';
import { Troubles } from './troubles.ts';

/*
 * Copies, because the loop below meets them several times a request: V8 reads an imported binding from its cell
 * and checks it at every use, but folds a local constant into the code.
 */
const {
  ADVANCE,
  ANSWER,
  BIN,
  CONNECT,
  CUT_OFF,
  DEPART,
  EXPIRE,
  GIVE_UP,
  NEXT,
  REACH,
  RETRY,
  SHARE,
  TIMER,
  WINDOW,
  eventOf,
  kindOf,
  rowOf,
} = events;
const { NONE } = core;

/** How much longer than the window the drain may take before what is left counts as unfinished. */
const DRAIN_NS = 60e9;

/** Watches picks, for `explain`: called around every core call that may pick. */
export interface Witness {
  before(flight: Flight, nowNs: number): void;
  after(flight: Flight, step: Step, nowNs: number): void;
}

export interface ModelOptions {
  readonly scenario: Scenario;
  readonly lbmethod: LbMethod;
  readonly alternatives: readonly LbMethod[];
  readonly stream: (name: string) => Uniform;
  readonly warmupNs: number;
  readonly binNs: number;
  readonly witness?: Witness;
  readonly curve?: Curve;
  /** What stands where the balancer instances are: default is simulated ones. */
  readonly proxyOf?: (world: World, index: number) => ProxyInstance;
}

/** What the parts of a model share. */
export interface World {
  readonly options: ModelOptions;
  readonly queue: EventQueue;
  readonly timers: Timers;
  readonly stations: Stations;
  readonly troubles: Troubles;
  readonly proxies: readonly ProxyInstance[];
  readonly flights: Flights;
  readonly clients: Clients;
  readonly endings: Endings;
  readonly observations: Observations;
  readonly ledger: Ledger;
  readonly witness: Witness | null;
  /** The list of time-outs for a status line of all workers with this `timeout`. */
  expiryOf(timeoutNs: number): Deadlines;
  /** More may wait for `worker` than before. */
  noteQueue(worker: number): void;
}

export class Model implements World {
  readonly options: ModelOptions;
  readonly queue = new EventQueue();
  readonly timers = new Timers(this.queue);
  readonly stations: Stations;
  readonly troubles: Troubles;
  readonly proxies: readonly ProxyInstance[];
  readonly flights = new Flights();
  readonly clients: Clients;
  readonly endings: Endings;
  readonly observations: Observations;
  readonly ledger = new Ledger();
  readonly witness: Witness | null;
  nowNs = Number.NaN; // a double from the start: V8 keeps fields as what they first held
  warmupArrivals = 0;

  /** Time-outs for a status line, one list for each `timeout` there is. */
  private readonly expiry: readonly Deadlines[];
  private readonly timeouts: readonly number[];
  private readonly requests: number;
  /** Without a duration, and where logs are replayed, the window ends with the last request at the latest. */
  private readonly endsWithArrivals: boolean;
  private windowOver = false;
  private stopped = false;

  constructor(options: ModelOptions) {
    const { scenario, stream } = options;
    const { workers, proxies } = scenario.balancer;
    const { queue } = this;
    this.options = options;
    this.nowNs = 0;
    this.witness = options.witness ?? null;
    this.stations = new Stations(queue, scenario);
    const targets = Float64Array.from(targetShares(scenario.balancer));
    this.observations = new Observations(targets, options.binNs);
    this.troubles = new Troubles(scenario, this.stations, this.timers, {
      reset: (worker, nowNs) => this.#reset(worker, nowNs),
      crashed: (worker, nowNs) => this.observations.crash(worker, nowNs),
      restarted: (worker, nowNs) => this.observations.restarted(worker, nowNs),
      cut: (worker, which, change) => {
        for (const { index, links } of this.proxies) {
          if (which === null || which.includes(index)) links[worker].cuts += change;
        }
      },
    });
    this.timeouts = [...new Set(workers.map(({ timeoutNs }) => timeoutNs))];
    this.expiry = this.timeouts.map((timeoutNs, list) => {
      return new Deadlines(queue, eventOf(EXPIRE, list), timeoutNs);
    });
    const { proxyOf = (world, index) => new ProxyInstance(world, index) } = options;
    this.proxies = Array.from({ length: proxies }, (_, i) => proxyOf(this, i));
    const { flights, observations } = this;
    this.clients = new Clients(
      scenario,
      stream,
      queue,
      this.proxies,
      flights,
      observations,
      options.warmupNs,
      this.proxies[0].hashes,
    );
    const { sloNs } = scenario;
    this.endings = new Endings(this.clients, observations, sloNs, options.curve ?? null, () => {
      if (this.windowOver) this.#stopWhenAnswered();
      else if (this.noneToCome) this.#endWindow(this.nowNs);
    });
    this.requests = scenario.run.requests ?? Number.POSITIVE_INFINITY;
    this.endsWithArrivals =
      scenario.run.durationNs === null ||
      scenario.clients.every(({ arrival }) => arrival.kind === 'trace');
    for (const proxy of this.proxies) proxy.join(this);
  }

  expiryOf(timeoutNs: number): Deadlines {
    return this.expiry[this.timeouts.indexOf(timeoutNs)];
  }

  noteQueue(worker: number): void {
    const { observations, proxies } = this;
    if (observations.open === 0) return;
    let waiting = this.stations.waiting.all[worker].value;
    for (const { exchanges } of proxies) waiting += exchanges.waitingFor(worker);
    if (waiting > observations.queueMax) observations.queueMax = waiting;
  }

  /** Runs the replication to its end: the window is over and what arrived in it is answered. */
  run(): void {
    this.begin();
    while (!this.stopped && this.#next());
    if (!this.windowOver) this.#endWindow(this.nowNs); // a trace ran out of everything
    this.observations.settle();
  }

  /** When something is due next; Infinity when nothing is. */
  get dueNs(): number {
    return Math.min(this.queue.earliestNs, this.clients.upcoming.earliest.timeNs);
  }

  /**
   * For a driver that has another clock than `run`: does all that is due by `nowNs`, each at its own time. False once the
   * replication is over, its numbers settled.
   */
  advance(nowNs: number): boolean {
    while (!this.stopped && this.dueNs <= nowNs) this.#next();
    if (this.stopped) this.observations.settle();
    else this.nowNs = nowNs;
    return !this.stopped;
  }

  /** Does what is due next. False when nothing is. */
  #next(): boolean {
    const { queue, clients } = this;
    const arrival = clients.upcoming.earliest;
    if (queue.pop(arrival)) {
      this.nowNs = queue.timeNs;
      this.#handle(queue.event, queue.timeNs);
    } else if (arrival.timeNs < Number.POSITIVE_INFINITY) {
      this.nowNs = arrival.timeNs;
      this.#arrived(clients.arrive(arrival.event, this.nowNs), this.nowNs);
    } else return false;
    return true;
  }

  /** Schedules all that begins by itself: before the first `advance`. */
  begin(): void {
    const { queue, timers, troubles, proxies } = this;
    const { scenario, stream, warmupNs, binNs } = this.options;
    const { durationNs } = scenario.run;
    queue.push(warmupNs, eventOf(WINDOW, 0));
    if (durationNs !== null) queue.push(warmupNs + durationNs, eventOf(WINDOW, 1));
    queue.push(warmupNs + binNs, eventOf(BIN, 0));
    scheduleEvents(scenario.events, warmupNs, timers, troubles, (event, nowNs) => {
      for (const index of event.proxies) {
        proxies[index].manage(event, nowNs);
        proxies[index].settled(nowNs);
      }
    });
    startFaults(scenario.faults, stream, timers, troubles);
    const { methods } = proxies[0].balancer;
    if (methods.some((method) => method.heartbeat)) startHeartbeats(this);
    if (methods.some((method) => method.load)) {
      this.stations.listener = (worker, load, nowNs) => {
        for (const { balancer } of proxies) balancer.load(worker, load, nowNs);
      };
      this.stations.introduce();
    }
    for (const proxy of proxies) new Probes(this, proxy).start();
    this.clients.start();
  }

  private get noneToCome(): boolean {
    return this.clients.exhausted && this.endsWithArrivals;
  }

  /** Ends the run after the current event. */
  stop(): void {
    this.stopped = true;
  }

  #handle(event: number, nowNs: number): void {
    const row = rowOf(event);
    switch (kindOf(event)) {
      case NEXT:
        this.#arrived(this.clients.next(row, nowNs), nowNs);
        break;
      case RETRY: {
        const flight = this.flights.all[row];
        flight.proxy.launch(flight, nowNs);
        flight.proxy.settled(nowNs);
        break;
      }
      case CONNECT: {
        const flight = this.flights.all[row];
        if (!this.#isCurrent(flight)) break;
        flight.proxy.connect(flight, nowNs);
        flight.proxy.settled(nowNs);
        break;
      }
      case REACH: {
        const flight = this.flights.all[row];
        if (!this.#isCurrent(flight)) break;
        flight.proxy.reach(flight, nowNs);
        flight.proxy.settled(nowNs);
        break;
      }
      case DEPART:
        this.#departed(this.stations.depart(row, this.queue.sequence, nowNs), nowNs);
        break;
      case SHARE:
        this.#departed(this.stations.departShared(row, this.queue.sequence, nowNs), nowNs);
        break;
      case ANSWER: {
        const flight = this.flights.all[row];
        if (!this.#isCurrent(flight)) break;
        flight.proxy.answered(flight, nowNs);
        flight.proxy.settled(nowNs);
        break;
      }
      case GIVE_UP:
        this.#giveUp(this.clients.gaveUp(row, nowNs), nowNs);
        break;
      case EXPIRE:
        this.#expire(this.expiry[row].due(nowNs), nowNs);
        break;
      case ADVANCE:
        this.proxies[row].advance(nowNs);
        this.proxies[row].settled(nowNs);
        break;
      case TIMER:
        this.timers.fire(row, nowNs);
        break;
      case WINDOW:
        if (row === 0) this.#beginWindow(nowNs);
        else this.#endWindow(nowNs);
        break;
      case BIN:
        this.#bin(nowNs);
        break;
      case CUT_OFF:
        this.stopped = true;
    }
  }

  /** Whether the event just taken is the one this exchange waits for, and not one from before a time-out. */
  #isCurrent(flight: Flight): boolean {
    return flight.sequence === this.queue.sequence;
  }

  #arrived(flight: Flight, nowNs: number): void {
    const { observations } = this;
    if (observations.open === 1) observations.binArrivals++;
    flight.proxy.request(flight, nowNs);
    flight.proxy.settled(nowNs);
    if (this.windowOver) return;
    if (observations.arrived >= this.requests || this.noneToCome) this.#endWindow(nowNs);
  }

  #departed(id: number, nowNs: number): void {
    if (id < 0) {
      if (id !== NONE) this.stations.concludeCheck(id, true, nowNs);
      return;
    }
    const flight = this.flights.all[id];
    flight.proxy.served(flight, nowNs);
    flight.proxy.settled(nowNs);
  }

  #giveUp(id: number, nowNs: number): void {
    if (id === NONE) return;
    const flight = this.flights.all[id];
    this.endings.giveUp(flight, nowNs);
    flight.proxy.hangUp(flight, nowNs);
    flight.proxy.settled(nowNs);
  }

  #expire(id: number, nowNs: number): void {
    if (id === NONE) return;
    const flight = this.flights.all[id];
    flight.proxy.expire(flight, nowNs);
    flight.proxy.settled(nowNs);
  }

  /** Everything a worker held is lost, with its connections and its sessions' state. */
  #reset(worker: number, nowNs: number): void {
    for (const proxy of this.proxies) proxy.forget(worker, nowNs);
    for (const id of this.stations.drop(worker, nowNs)) {
      if (id < NONE) this.stations.concludeCheck(id, false, nowNs);
      else {
        const flight = this.flights.all[id];
        flight.proxy.lose(flight, nowNs);
      }
    }
  }

  #beginWindow(nowNs: number): void {
    const { observations, ledger } = this;
    ledger.busyBeforeNs = observations.busy.area(nowNs).reduce((sum, area) => sum + area, 0);
    this.warmupArrivals = this.clients.arrivals;
    observations.beginWindow(nowNs);
    this.stations.serving.restart(nowNs);
    this.stations.waiting.restart(nowNs);
    if (this.noneToCome) this.#endWindow(nowNs);
  }

  #endWindow(nowNs: number): void {
    if (this.windowOver) return;
    this.windowOver = true;
    const { observations, stations } = this;
    if (observations.isBinFull(nowNs)) this.#bin(nowNs);
    observations.endWindow(stations.serving.area(nowNs), stations.slots, nowNs);
    const drainNs = observations.windowNs + DRAIN_NS;
    this.queue.push(nowNs + drainNs, eventOf(CUT_OFF, 0));
    this.#stopWhenAnswered();
  }

  #stopWhenAnswered(): void {
    const { arrived, succeeded, failed } = this.observations;
    let ended = succeeded;
    for (let cause = 0; cause < failed.length; cause++) ended += failed[cause];
    if (ended === arrived) this.stopped = true;
  }

  #bin(nowNs: number): void {
    const { observations, stations } = this;
    if (observations.open === 0) return;
    const waiting = stations.waiting.area(nowNs).reduce((sum, area) => sum + area, 0);
    observations.endBin(waiting, nowNs);
    this.queue.push(nowNs + observations.series.binNs, eventOf(BIN, 0));
  }
}
