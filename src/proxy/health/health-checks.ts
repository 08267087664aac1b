/** The core's watchdog of health checks on the proxy's clock, and the checks themselves. */
import type { MemberConf } from '../../config/config.ts';
import {
  type Balancer,
  CHECKS_AT_ONCE,
  type CheckedMember,
  HealthSchedule,
  LOOK_NS,
  status,
} from '../../core/index.ts';
import type { Backend, Try } from '../backend/backend.ts';
import { backendFor } from '../backend/index.ts';
import { nowNs } from '../clock.ts';
import { probe } from './probe.ts';

/** A balancer with its members as they are now, by worker: a manager may change them, and add some. */
export interface CheckedGroup {
  readonly name: string;
  readonly balancer: Balancer;
  readonly members: readonly MemberConf[];
}

class Watched implements CheckedMember {
  /** Of the group and the member. */
  readonly name: string;
  readonly balancer: Balancer;
  readonly worker: number;
  readonly #members: readonly MemberConf[];
  /** Made for its first check. */
  #backend: Backend | null = null;
  /** The path that is asked for: as it was at the first check, whatever a manager says later (spec: httpd 6.4). */
  #uri = '';

  constructor({ name, balancer, members }: CheckedGroup, worker: number) {
    this.name = `${name} ${members[worker]!.name}`;
    this.balancer = balancer;
    this.worker = worker;
    this.#members = members;
  }

  /** Infinity without a method: never checked. */
  get intervalNs(): number {
    const { health } = this.#members[this.worker]!;
    if (health === null || health.method === 'NONE') return Number.POSITIVE_INFINITY;
    return health.intervalNs;
  }

  get member(): string {
    return this.#members[this.worker]!.name;
  }

  /** What checks set and clear. */
  get marks(): number {
    return this.balancer.workers.status[this.worker]! & (status.C | status.E);
  }

  check(done: (passed: boolean) => void): Try {
    const member = this.#members[this.worker]!;
    const health = member.health!;
    if (this.#backend === null) {
      this.#backend = backendFor({ ...member, disablereuse: true });
      this.#uri = health.uri;
    }
    return probe({ ...member, health: { ...health, uri: this.#uri } }, this.#backend, done);
  }

  close(): void {
    this.#backend?.close();
  }
}

export class HealthChecks {
  readonly #groups: readonly CheckedGroup[];
  readonly #watched: Watched[] = [];
  readonly #atOnce: number;
  readonly #running = new Map<Watched, Try>();
  readonly #before: ReadonlyMap<string, number>;
  /** Told in httpd's words that a member is out, or back. */
  onVerdict: ((line: string) => void) | null = null;
  #schedule: HealthSchedule<Watched> | null = null;
  #timer: NodeJS.Timeout | null = null;

  /**
   * `atOnce`: 0 is one after the other. Members without a method are left alone. `before`: checks that these take the
   * place of; members that stay are due when they would have been.
   */
  constructor(
    groups: readonly CheckedGroup[],
    atOnce: number = CHECKS_AT_ONCE,
    before: HealthChecks | null = null,
  ) {
    this.#groups = groups;
    this.#atOnce = atOnce;
    this.#before = before?.ends ?? new Map();
  }

  /** When the last check of each member ended. */
  get ends(): ReadonlyMap<string, number> {
    const ends = [...(this.#schedule?.ends ?? [])];
    return new Map(ends.map(([{ name }, lastNs]) => [name, lastNs]));
  }

  /** Does not keep the process alive. */
  start(): void {
    this.#schedule = new HealthSchedule<Watched>([], this.#atOnce, nowNs());
    this.#watchAll(this.#schedule);
    this.#timer = setInterval(() => this.#look(), LOOK_NS / 1e6).unref();
  }

  /** Ends what is being checked, without a verdict. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#schedule = null;
    for (const attempt of this.#running.values()) attempt.abort();
    this.#running.clear();
    for (const watched of this.#watched) watched.close();
  }

  /** Takes up members that are new. */
  #watchAll(schedule: HealthSchedule<Watched>): void {
    const all = this.#groups.reduce((sum, { members }) => sum + members.length, 0);
    if (all === this.#watched.length) return;
    for (const group of this.#groups) {
      const known = this.#watched.filter(({ balancer }) => balancer === group.balancer).length;
      for (let worker = known; worker < group.members.length; worker++) {
        const watched = new Watched(group, worker);
        this.#watched.push(watched);
        schedule.watch(watched, this.#before.get(watched.name) ?? nowNs());
      }
    }
  }

  #look(): void {
    if (this.#schedule === null) return;
    this.#watchAll(this.#schedule);
    this.#schedule.look(nowNs());
    this.#begin();
  }

  #begin(): void {
    for (;;) {
      const watched = this.#schedule?.next() ?? null;
      if (watched === null) return;
      this.#running.set(
        watched,
        watched.check((passed) => this.#done(watched, passed)),
      );
    }
  }

  #done(watched: Watched, passed: boolean): void {
    if (!this.#running.delete(watched)) return;
    const before = watched.marks;
    this.#schedule?.done(watched, passed, nowNs());
    const now = watched.marks;
    if (now !== before) {
      this.onVerdict?.(`Health check ${now === 0 ? 'ENABLING' : 'DISABLING'} ${watched.member}`);
    }
    this.#begin();
  }
}
