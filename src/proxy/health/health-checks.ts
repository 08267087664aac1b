/**
 * The watchdog of health checks (spec: httpd 6.4): ten times a second it looks for members whose last check ended
 * longer ago than their interval, and has them checked, so many at once. The first checks come one interval after
 * the start. What a verdict does to a member is the core's to say.
 */
import type { MemberConf } from '../../config/config.ts';
import { type Balancer, status } from '../../core/index.ts';
import type { Backend, Try } from '../backend/backend.ts';
import { backendFor } from '../backend/index.ts';
import { nowNs } from '../clock.ts';
import { probe } from './probe.ts';

/** How often the watchdog looks. */
const TICK_MS = 100;
/** httpd's `ProxyHCTPsize` unless it is written. */
export const CHECKS_AT_ONCE = 16;

/** A member as its balancer has it. */
export interface CheckedMember {
  readonly conf: MemberConf;
  readonly balancer: Balancer;
  readonly worker: number;
}

/** A member and its checks. */
interface Watched extends CheckedMember {
  readonly backend: Backend;
  readonly intervalNs: number;
  /** When its last check ended. */
  lastNs: number;
  /** It waits for its turn, or is being checked. */
  busy: boolean;
}

export class HealthChecks {
  readonly #watched: readonly Watched[];
  readonly #atOnce: number;
  readonly #due: Watched[] = [];
  readonly #running = new Map<Watched, Try>();
  #timer: NodeJS.Timeout | null = null;

  /** `atOnce`: 0 is one after the other. Members without a method are left alone. */
  constructor(members: readonly CheckedMember[], atOnce: number = CHECKS_AT_ONCE) {
    this.#atOnce = Math.max(1, atOnce);
    this.#watched = members.flatMap((member) => {
      const { conf } = member;
      if (conf.health === null || conf.health.method === 'NONE') return [];
      const backend = backendFor({ ...conf, disablereuse: true });
      const { intervalNs } = conf.health;
      return [{ ...member, backend, intervalNs, lastNs: 0, busy: false }];
    });
  }

  /** Does not keep the process alive. */
  start(): void {
    if (this.#watched.length === 0) return;
    const now = nowNs();
    for (const member of this.#watched) member.lastNs = now;
    this.#timer = setInterval(() => this.#look(), TICK_MS).unref();
  }

  /** Ends what is being checked, without a verdict. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#due.length = 0;
    for (const attempt of this.#running.values()) attempt.abort();
    this.#running.clear();
    for (const { backend } of this.#watched) backend.close();
  }

  #look(): void {
    const now = nowNs();
    for (const member of this.#watched) {
      const { balancer, worker, busy, lastNs, intervalNs } = member;
      const stopped = (balancer.workers.status[worker]! & status.S) !== 0;
      if (stopped || busy || now <= lastNs + intervalNs) continue;
      member.busy = true;
      this.#due.push(member);
    }
    this.#next();
  }

  #next(): void {
    while (this.#running.size < this.#atOnce) {
      const member = this.#due.shift();
      if (member === undefined) return;
      this.#running.set(
        member,
        probe(member.conf, member.backend, (passed) => this.#done(member, passed)),
      );
    }
  }

  #done(member: Watched, passed: boolean): void {
    if (!this.#running.delete(member)) return;
    member.lastNs = nowNs();
    member.busy = false;
    member.balancer.checked(member.worker, passed, member.lastNs);
    this.#next();
  }
}
