/** The scenario's events: what happens to backends and balancer at a time, whoever is being served. */
import type { Balancer } from '../src/core/index.ts';
import type { BalancerChange, EventSpec, Scenario } from '../src/scenario/scenario.ts';
import type { EventQueue } from './event-queue.ts';
import { eventOf, SCRIPT } from './events.ts';
import type { Stations } from './stations.ts';

/** What the model does for the script. */
export interface Stage {
  /** The requests that `worker` held are lost; their connections are reset. Its state is gone. */
  reset(worker: number, nowNs: number): void;
  crashed(worker: number, nowNs: number): void;
  restarted(worker: number, nowNs: number): void;
  /** The manager changed something: counters may have moved. */
  managed(nowNs: number): void;
}

export class Script {
  /** Share of each worker's requests that are answered 500 at once. */
  readonly errorShare: Float64Array;

  readonly #events: readonly EventSpec[];
  readonly #baseErrors: readonly number[];
  readonly #stations: Stations;
  readonly #balancer: Balancer;
  readonly #stage: Stage;
  /** Events of kind slow and errors that go on now. */
  readonly #active = new Set<EventSpec>();

  constructor(scenario: Scenario, stations: Stations, balancer: Balancer, stage: Stage) {
    const { workers } = scenario.balancer;
    this.#events = scenario.events;
    this.#baseErrors = workers.map(({ backend }) => scenario.backends[backend].errors);
    this.errorShare = Float64Array.from(this.#baseErrors);
    this.#stations = stations;
    this.#balancer = balancer;
    this.#stage = stage;
  }

  /** Puts every beginning and end into the queue; times of events count from the window's begin. */
  schedule(queue: EventQueue, windowBeginNs: number): void {
    this.#events.forEach((event, index) => {
      const beginNs = windowBeginNs + event.atNs;
      queue.push(beginNs, eventOf(SCRIPT, 2 * index));
      if (event.kind !== 'manager') {
        queue.push(beginNs + event.forNs, eventOf(SCRIPT, 2 * index + 1));
      }
    });
  }

  /** Handles SCRIPT. */
  play(row: number, nowNs: number): void {
    const event = this.#events[row >> 1];
    if (event.kind === 'manager') {
      if (event.worker !== null) this.#balancer.manageWorker(event.worker, event.change);
      else this.#balancer.manage(managerChange(event.change));
      this.#balancer.sync(); // the manager's answer shows the balancer, which adopts what is pending
      this.#stage.managed(nowNs);
      return;
    }
    const begins = (row & 1) === 0;
    if (begins) this.#active.add(event);
    else this.#active.delete(event);
    for (const worker of event.workers) this.#apply(event.kind, worker, begins, nowNs);
  }

  #apply(kind: EventSpec['kind'], worker: number, begins: boolean, nowNs: number): void {
    const stations = this.#stations;
    if (kind === 'slow') stations.setSlowness(worker, this.#slowness(worker), nowNs);
    if (kind === 'errors') this.errorShare[worker] = this.#errors(worker);
    if (kind === 'crash' && begins) {
      if (stations.crashes[worker]++ > 0) return;
      this.#stage.crashed(worker, nowNs);
      this.#stage.reset(worker, nowNs);
    }
    if (kind === 'crash' && !begins && --stations.crashes[worker] === 0) {
      this.#stage.restarted(worker, nowNs);
    }
    if (kind === 'hang' && begins && stations.hangs[worker]++ === 0) stations.freeze(worker);
    if (kind === 'hang' && !begins && --stations.hangs[worker] === 0) {
      this.#stage.reset(worker, nowNs); // whoever restarts a hung process loses what it held
    }
  }

  #slowness(worker: number): number {
    let slowness = 1;
    for (const event of this.#active) {
      if (event.kind === 'slow' && event.workers.includes(worker)) slowness *= event.factor;
    }
    return slowness;
  }

  #errors(worker: number): number {
    let good = 1 - this.#baseErrors[worker];
    for (const event of this.#active) {
      if (event.kind === 'errors' && event.workers.includes(worker)) good *= 1 - event.share;
    }
    return 1 - good;
  }
}

function managerChange({ lbmethod, stickysession, ...same }: BalancerChange) {
  return {
    ...same,
    ...(lbmethod && { lbmethod: lbmethod.name }),
    ...(stickysession !== undefined && {
      stickysession: stickysession === null ? '-' : `${stickysession.cookie}|${stickysession.path}`,
    }),
  };
}
