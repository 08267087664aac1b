/** The core's watchdog of health checks on the proxy's clock, and the checks themselves. */
import type { MemberConf } from '../../config/config.ts';
import {
  type Balancer,
  CHECKS_AT_ONCE,
  type CheckedMember,
  HealthSchedule,
  LOOK_NS,
} from '../../core/index.ts';
import type { Backend, Try } from '../backend/backend.ts';
import { backendFor } from '../backend/index.ts';
import { nowNs } from '../clock.ts';
import { probe } from './probe.ts';

/** A member as its balancer has it. */
export interface Member {
  readonly conf: MemberConf;
  readonly balancer: Balancer;
  readonly worker: number;
}

interface Watched extends Member, CheckedMember {
  readonly backend: Backend;
}

export class HealthChecks {
  readonly #watched: readonly Watched[];
  readonly #atOnce: number;
  readonly #running = new Map<Watched, Try>();
  #schedule: HealthSchedule<Watched> | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `atOnce`: 0 is one after the other. Members without a method are left alone. */
  constructor(members: readonly Member[], atOnce: number = CHECKS_AT_ONCE) {
    this.#atOnce = atOnce;
    this.#watched = members.flatMap((member) => {
      const { conf } = member;
      if (conf.health === null || conf.health.method === 'NONE') return [];
      const backend = backendFor({ ...conf, disablereuse: true });
      return [{ ...member, backend, intervalNs: conf.health.intervalNs }];
    });
  }

  /** Does not keep the process alive. */
  start(): void {
    if (this.#watched.length === 0) return;
    this.#schedule = new HealthSchedule(this.#watched, this.#atOnce, nowNs());
    this.#timer = setInterval(() => this.#look(), LOOK_NS / 1e6).unref();
  }

  /** Ends what is being checked, without a verdict. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#schedule = null;
    for (const attempt of this.#running.values()) attempt.abort();
    this.#running.clear();
    for (const { backend } of this.#watched) backend.close();
  }

  #look(): void {
    this.#schedule?.look(nowNs());
    this.#begin();
  }

  #begin(): void {
    for (;;) {
      const member = this.#schedule?.next() ?? null;
      if (member === null) return;
      const { conf, backend } = member;
      this.#running.set(
        member,
        probe(conf, backend, (passed) => this.#done(member, passed)),
      );
    }
  }

  #done(member: Watched, passed: boolean): void {
    if (!this.#running.delete(member)) return;
    this.#schedule?.done(member, passed, nowNs());
    this.#begin();
  }
}
