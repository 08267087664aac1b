/**
 * Health checks of one proxy in virtual time (spec: httpd 6). Who is checked when, and what a verdict does, is the
 * core's to say. A check opens a connection of its own; over HTTP its request then takes its turn in the backend's
 * queue and a slot, so that an overloaded backend may fail its checks.
 */
import { type CheckedMember, HealthSchedule, LOOK_NS, NONE, status } from '../src/core/index.ts';
import { type Link, resendNs } from './link.ts';
import type { World } from './model.ts';
import type { ProxyInstance } from './proxy.ts';
import type { Uniform } from './streams.ts';
import { fateAt, SERVED } from './troubles.ts';

interface Member extends CheckedMember {
  readonly link: Link;
  /** TCP: the connection alone is the check. */
  readonly overHttp: boolean;
  /** Statuses that pass. */
  readonly passing: readonly number[];
  readonly timeoutNs: number;
  readonly uniform: Uniform;
}

export class Probes {
  private readonly world: World;
  private readonly members: readonly Member[];
  private readonly schedule: HealthSchedule<Member>;

  constructor(world: World, { index, balancer, links }: ProxyInstance) {
    const { scenario, stream } = world.options;
    const { workers, checksAtOnce } = scenario.balancer;
    const suffix = index === 0 ? '' : `/${index + 1}`;
    this.world = world;
    this.members = workers.flatMap(({ name, health, timeoutNs }, worker) => {
      if (health === null) return [];
      const { method, intervalNs, passing } = health;
      const uniform = stream(`probe/${name}${suffix}`);
      const overHttp = method !== 'TCP';
      const link = links[worker];
      return [{ balancer, worker, intervalNs, link, overHttp, passing, timeoutNs, uniform }];
    });
    this.schedule = new HealthSchedule(this.members, checksAtOnce, 0);
  }

  /** Lets the watchdog look from now on. */
  start(): void {
    if (this.members.length > 0) this.world.timers.at(LOOK_NS, (nowNs) => this.#look(nowNs));
  }

  #look(nowNs: number): void {
    this.schedule.look(nowNs);
    this.#begin(nowNs);
    this.world.timers.at(nowNs + LOOK_NS, (laterNs) => this.#look(laterNs));
  }

  #begin(nowNs: number): void {
    for (let member = this.schedule.next(); member !== null; member = this.schedule.next()) {
      const checked = member;
      probe(this.world, checked, nowNs, (passed, endNs) => this.#done(checked, passed, endNs));
    }
  }

  #done(member: Member, passed: boolean, nowNs: number): void {
    const { balancer, worker } = member;
    this.schedule.done(member, passed, nowNs);
    const out = (balancer.workers.status[worker] & status.C) !== 0;
    if (out) this.world.observations.marked(worker, nowNs);
    this.#begin(nowNs);
  }
}

/** One check. `end` is called once, later than this call returns. */
function probe(
  { timers, stations }: World,
  { link, overHttp, passing, timeoutNs, uniform }: Member,
  beganNs: number,
  end: (passed: boolean, nowNs: number) => void,
): void {
  let over = false;
  let job = NONE;
  const finish = (passed: boolean, nowNs: number): void => {
    if (over) return;
    over = true;
    if (job !== NONE) stations.abandon(job);
    end(passed, nowNs);
  };

  /** Does `arrive` at `atNs`, later if packets get lost; `lastNs`: when to stop sending again. */
  const send = (atNs: number, lastNs: number, arrive: (nowNs: number) => void, times = 1): void =>
    timers.at(atNs, (nowNs) => {
      if (over) return;
      const againNs = nowNs + resendNs(times, lastNs < Number.POSITIVE_INFINITY);
      if (link.cuts === 0) arrive(nowNs);
      else if (nowNs >= lastNs) finish(false, nowNs);
      else send(Math.min(againNs, lastNs), lastNs, arrive, times + 1);
    });
  const respond = (passed: boolean, nowNs: number): void =>
    send(nowNs + link.halfRttNs, Number.POSITIVE_INFINITY, (atNs) => finish(passed, atNs));

  const connected = (nowNs: number): void => {
    const refused = link.station.crashes > 0;
    if (refused || !overHttp) {
      finish(!refused, nowNs);
      return;
    }
    timers.at(nowNs + timeoutNs, (atNs) => finish(false, atNs));
    send(nowNs + link.halfRttNs, Number.POSITIVE_INFINITY, arrived);
  };
  const arrived = (nowNs: number): void => {
    const fate = fateAt(link.station, uniform());
    if (link.station.crashes > 0 || fate !== SERVED) {
      respond(link.station.crashes === 0 && passing.includes(fate), nowNs);
      return;
    }
    const served = (answered: boolean, atNs: number) => {
      job = NONE;
      respond(answered && passing.includes(200), atNs);
    };
    job = stations.enterCheck(link.station, link.backend.checkNs, served, nowNs);
    if (job === NONE) {
      respond(link.backend.queueFull === 'answer' && passing.includes(503), nowNs); // no place
    }
  };

  send(beganNs + link.connectNs, beganNs + link.connectTimeoutNs, connected);
}
