/**
 * What is wrong with the backends and the ways to them now. Troubles of one kind may overlap: a worker is down
 * until the last crash ends, slownesses multiply, shares of errors combine as independent chances.
 */
import type { ColdSpec, EventSpec, Scenario } from '../src/scenario/scenario.ts';
import type { Station } from './station.ts';
import type { Stations } from './stations.ts';
import type { Timers } from './timers.ts';

/** An event that lasts, without its times. */
export type Trouble = EventSpec extends infer Each
  ? Each extends { readonly forNs: number }
    ? Omit<Each, 'atNs' | 'forNs'>
    : never
  : never;

/** What the model does about them. */
export interface Stage {
  /** The requests that `worker` held are lost; their connections are reset. Its state is gone. */
  reset(worker: number, nowNs: number): void;
  crashed(worker: number, nowNs: number): void;
  restarted(worker: number, nowNs: number): void;
  /** Packets between `worker` and some proxies (null: all) are lost from now on (1), or no more (-1). */
  cut(worker: number, proxies: readonly number[] | null, change: 1 | -1): void;
}

/** What becomes of a request that has come to a worker: it is served, or else a status; 0: its connection is reset. */
export const SERVED = -1;

/** A cold start that ends by and by is taken in so many steps. */
const RAMP_STEPS = 20;

/** What becomes of a request that has come to a backend, whose draw for it is `uniform`. */
export function fateAt(station: Station, uniform: number): number {
  const { errorShare, resetShare } = station;
  if (errorShare === 0 && resetShare === 0) return SERVED;
  if (station.hangs > 0 || station.pauses > 0) return SERVED; // once it is at work again
  if (uniform < errorShare) return 500;
  return uniform - errorShare < (1 - errorShare) * resetShare ? 0 : SERVED;
}

export class Troubles {
  private readonly baseErrors: readonly number[];
  private readonly cold: readonly (ColdSpec | null)[];
  private readonly stations: Stations;
  private readonly timers: Timers;
  private readonly stage: Stage;
  /** Those of kind slow, errors and reset that go on now. */
  private readonly active = new Set<Trouble>();
  /** The coldness of each worker, if it is cold. */
  private readonly coldness: (Trouble | null)[];

  constructor(scenario: Scenario, stations: Stations, timers: Timers, stage: Stage) {
    const backends = scenario.balancer.workers.map(({ backend }) => scenario.backends[backend]);
    this.baseErrors = backends.map(({ errors }) => errors);
    this.cold = backends.map(({ cold }) => cold);
    this.coldness = backends.map(() => null);
    this.stations = stations;
    this.timers = timers;
    this.stage = stage;
  }

  begin(trouble: Trouble, nowNs: number): void {
    this.active.add(trouble);
    for (const worker of trouble.workers) this.#begin(trouble, worker, nowNs);
  }

  end(trouble: Trouble, nowNs: number): void {
    this.active.delete(trouble);
    for (const worker of trouble.workers) this.#end(trouble, worker, nowNs);
  }

  /** Neither answers nor sends heartbeats. */
  isSilent(worker: number): boolean {
    const { crashes, hangs, pauses } = this.stations.all[worker];
    return crashes > 0 || hangs > 0 || pauses > 0;
  }

  #begin(trouble: Trouble, worker: number, nowNs: number): void {
    const { stations } = this;
    const station = stations.all[worker];
    switch (trouble.kind) {
      case 'crash':
        if (station.crashes++ > 0) return;
        this.stage.crashed(worker, nowNs);
        this.stage.reset(worker, nowNs);
        break;
      case 'hang':
        if (station.hangs++ === 0) stations.freeze(worker);
        break;
      case 'pause':
        if (station.pauses++ === 0) stations.pause(worker, nowNs);
        break;
      default:
        this.#change(trouble, worker, 1, nowNs);
    }
  }

  #end(trouble: Trouble, worker: number, nowNs: number): void {
    const { stations } = this;
    const station = stations.all[worker];
    switch (trouble.kind) {
      case 'crash':
        if (--station.crashes > 0) return;
        this.stage.restarted(worker, nowNs);
        this.#warmUp(worker, nowNs);
        break;
      case 'hang':
        if (--station.hangs > 0) return;
        this.stage.reset(worker, nowNs); // whoever restarts a hung process loses what it held
        this.#warmUp(worker, nowNs);
        break;
      case 'pause':
        if (--station.pauses === 0) stations.resume(worker, nowNs);
        break;
      default:
        this.#change(trouble, worker, -1, nowNs);
    }
  }

  /** What begins and ends alike. */
  #change(trouble: Trouble, worker: number, change: 1 | -1, nowNs: number): void {
    switch (trouble.kind) {
      case 'slow':
        this.stations.setSlowness(worker, this.#slowness(worker), nowNs);
        break;
      case 'errors':
        this.stations.all[worker].errorShare = this.#share(
          'errors',
          worker,
          this.baseErrors[worker],
        );
        break;
      case 'reset':
        this.stations.all[worker].resetShare = this.#share('reset', worker, 0);
        break;
      case 'blackhole':
        this.stage.cut(worker, null, change);
        break;
      case 'partition':
        this.stage.cut(worker, trouble.proxies, change);
    }
  }

  #slowness(worker: number): number {
    let slowness = 1;
    for (const trouble of this.active) {
      if (trouble.kind === 'slow' && trouble.workers.includes(worker)) slowness *= trouble.factor;
    }
    return slowness;
  }

  #share(kind: 'errors' | 'reset', worker: number, base: number): number {
    let good = 1 - base;
    for (const trouble of this.active) {
      if (trouble.kind === kind && trouble.workers.includes(worker)) good *= 1 - trouble.share;
    }
    return 1 - good;
  }

  /** A restarted backend is cold for a while; one that restarts while it is cold begins again. */
  #warmUp(worker: number, nowNs: number): void {
    const cold = this.cold[worker];
    if (cold === null) return;
    const { slow, forNs, ramp } = cold;
    const steps = ramp ? RAMP_STEPS : 1;
    const step = (done: number, atNs: number): void => {
      const left = 1 - (done + 0.5) / steps; // the middle of the step
      const factor = ramp ? 1 + (slow - 1) * left : slow;
      const coldness = done < steps ? ({ kind: 'slow', workers: [worker], factor } as const) : null;
      this.#setColdness(worker, coldness, atNs);
      if (coldness === null) return;
      this.timers.at(nowNs + Math.round((forNs * (done + 1)) / steps), (laterNs) => {
        if (this.coldness[worker] === coldness) step(done + 1, laterNs);
      });
    };
    step(0, nowNs);
  }

  #setColdness(worker: number, coldness: Trouble | null, nowNs: number): void {
    const before = this.coldness[worker];
    if (before !== null) this.active.delete(before);
    if (coldness !== null) this.active.add(coldness);
    this.coldness[worker] = coldness;
    this.stations.setSlowness(worker, this.#slowness(worker), nowNs);
  }
}
