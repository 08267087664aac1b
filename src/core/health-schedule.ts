/**
 * The watchdog of health checks without its clock (spec: httpd 6.4): ten times a second it looks for members whose
 * last check ended longer ago than their interval, and has them checked, so many at once. The first checks come
 * one interval after the start. The driver calls `look` every `LOOK_NS`, then starts what `next` gives until it gives
 * null, and tells of the end of each check by `done`, after which there may be a next one again.
 */
import type { Balancer } from './balancer.ts';
import { status } from './status.ts';

/** How often the watchdog looks. */
export const LOOK_NS = 100e6;
/** httpd's `ProxyHCTPsize` unless it is written. */
export const CHECKS_AT_ONCE = 16;

/** A member as its balancer has it. */
export interface CheckedMember {
  readonly balancer: Balancer;
  readonly worker: number;
  /** Infinity: it is not checked. May change. */
  readonly intervalNs: number;
}

interface Watched<M> {
  readonly member: M;
  /** When its last check ended. */
  lastNs: number;
  /** It waits for its turn, or is being checked. */
  busy: boolean;
}

export class HealthSchedule<M extends CheckedMember> {
  readonly #watched: Watched<M>[] = [];
  readonly #atOnce: number;
  readonly #due: Watched<M>[] = [];
  readonly #running = new Map<M, Watched<M>>();

  /** `atOnce`: 0 is one after the other. */
  constructor(members: readonly M[], atOnce: number, startNs: number) {
    this.#atOnce = Math.max(1, atOnce);
    for (const member of members) this.watch(member, startNs);
  }

  /** Takes up another member, whose first check comes one interval after `lastNs`. */
  watch(member: M, lastNs: number): void {
    this.#watched.push({ member, lastNs, busy: false });
  }

  /** When the last check of each member ended, or when it was taken up. */
  get ends(): ReadonlyMap<M, number> {
    return new Map(this.#watched.map(({ member, lastNs }) => [member, lastNs]));
  }

  /** Finds out who is due. */
  look(nowNs: number): void {
    for (const watched of this.#watched) {
      const { balancer, worker, intervalNs } = watched.member;
      const stopped = (balancer.workers.status[worker]! & status.S) !== 0;
      if (stopped || watched.busy || nowNs <= watched.lastNs + intervalNs) continue;
      watched.busy = true;
      this.#due.push(watched);
    }
  }

  /** The member whose check begins now, or null: nobody is due, or enough are being checked. */
  next(): M | null {
    if (this.#running.size >= this.#atOnce) return null;
    const watched = this.#due.shift();
    if (watched === undefined) return null;
    this.#running.set(watched.member, watched);
    return watched.member;
  }

  /** The check of `member` ended with a verdict, which its balancer hears. */
  done(member: M, passed: boolean, nowNs: number): void {
    const watched = this.#running.get(member);
    if (watched === undefined) return;
    this.#running.delete(member);
    watched.lastNs = nowNs;
    watched.busy = false;
    member.balancer.checked(member.worker, passed, nowNs);
  }
}
