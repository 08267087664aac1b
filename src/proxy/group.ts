/**
 * A balancer at work: the core's state, the exchanges on it, a backend for each worker, and the one timer that
 * wakes the exchanges that wait. A worker that stands alone is a balancer of one, which ignores errors.
 */

import type { MemberConf } from '../config/config.ts';
import type { BalancerSpec } from '../config/spec.ts';
import {
  type Balancer,
  Exchange,
  Exchanges,
  type Inheritance,
  NEVER_NS,
  NONE,
  type Step,
  type StickySession,
} from '../core/index.ts';
import type { Backend, Failure } from './backend/backend.ts';
import { backendFor } from './backend/index.ts';
import { nowNs, TIMER_MS_MAX } from './clock.ts';

/** A member that fails again and again is told of this seldom. */
const TELL_EVERY_NS = 10e9;

const reasons: Readonly<Record<Failure, string>> = {
  connectFailed: 'no connection: refused, unreachable or not in time',
  pingExpired: 'no reply to Expect: 100-continue in time',
  dnsFailed: 'its name has no address',
  setupFailed: 'the connection could not be set up',
  closedEarly: 'closed the connection before a status line',
  timedOut: 'no status line within the timeout',
  badResponse: 'answered what is not HTTP, or too much of it',
  writeTimedOut: 'took no more of the request within the timeout',
  writeGone: 'closed the connection while the request was sent',
  writeFailed: 'the request could not be sent',
};

/** Whoever opened an exchange, and goes on with it when its wait is over. */
export interface Waiter {
  proceed(step: Step): void;
}

/** An exchange, and whoever opened it; null once it is closed. */
export class Opened extends Exchange {
  waiter: Waiter | null = null;
}

/** What a group is made from. */
export interface GroupConf extends BalancerSpec<MemberConf> {
  /** `balancer://name`, or the URL of a worker that stands alone. */
  readonly name: string;
  /** What its numbers are told under: the name, and of several virtual hosts with one of that name which it is. */
  readonly label: string;
  /** What opens the balancer for changes (spec: httpd 8.2); empty: nothing does. */
  readonly nonce: string;
  /** A later group of the same name may go on where this one is. */
  readonly persist: boolean;
  /** Rows for members that a manager may add. */
  readonly growth: number;
  /** So many of `workers` stand in the configuration; a manager has added those behind them. */
  readonly written: number;
}

export class Group {
  readonly conf: GroupConf;
  /** By worker, as it is now: the manager replaces entries, and adds some. */
  readonly members: MemberConf[];
  readonly balancer: Balancer;
  readonly exchanges: Exchanges<Opened>;
  readonly backends: Backend[];
  /** Requests that have not been closed. */
  open = 0;
  /** Called whenever no request is open any more. */
  onIdle: (() => void) | null = null;
  /** Told in a line when a try of a member fails: at once, then every ten seconds at most. */
  onFailure: ((line: string) => void) | null = null;

  readonly #toldNs: Float64Array;
  /** The texts of the names, and what they were when `#sticky` was read from them. */
  readonly #names: readonly [Buffer, Buffer];
  #known: readonly [Buffer, Buffer];
  #sticky: StickySession | null;
  #timer: NodeJS.Timeout | null = null;
  #timerNs = Number.POSITIVE_INFINITY;
  #draining = false;
  /** The group that has taken this one's place and knows its state, while requests are under way here. */
  #heir: Group | null = null;
  /** What such requests of an earlier group still count here. */
  #inheritance: Inheritance | null = null;

  /** `toldNs`: when a failure of each worker was told of last; by default never. */
  constructor(conf: GroupConf, balancer: Balancer, toldNs = never(balancer.workers.busy.length)) {
    this.conf = conf;
    this.members = [...conf.workers];
    this.balancer = balancer;
    this.backends = this.members.map(backendFor);
    this.exchanges = new Exchanges(balancer, undefined, (row) => new Opened(row));
    this.#toldNs = toldNs;
    const { stickyCookie, stickyPath } = balancer.views;
    this.#names = [bytesOver(stickyCookie), bytesOver(stickyPath)];
    this.#known = [Buffer.from(stickyCookie), Buffer.from(stickyPath)];
    this.#sticky = balancer.stickysession;
  }

  get name(): string {
    return this.conf.name;
  }

  get label(): string {
    return this.conf.label;
  }

  get nonce(): string {
    return this.conf.nonce;
  }

  /** Goes on where `old` is, whose requests under way are counted here, too, from now on. */
  inherit(old: Group): void {
    this.#inheritance = this.balancer.inherit(old.balancer, rowsAmong(this.members, old.members));
    this.balancer.manage({ timeoutSeconds: old.exchanges.timeoutNs / 1e9 });
    old.#heir = this;
    old.#release();
  }

  /** Goes on where a balancer stopped. */
  restore(...how: Parameters<Balancer['restore']>): void {
    this.balancer.restore(...how);
  }

  get timeoutNs(): number {
    return this.exchanges.timeoutNs;
  }

  /** As `Balancer.stickysession`, which a manager may change, without decoding texts for each request. */
  get sticky(): StickySession | null {
    const [cookie, path] = this.#names;
    if (!sameText(cookie, this.#known[0]) || !sameText(path, this.#known[1])) {
      this.#known = [Buffer.from(cookie), Buffer.from(path)];
      this.#sticky = this.balancer.stickysession;
    }
    return this.#sticky;
  }

  /** Appends a member of defaults, disabled as the manager adds it; false when no row is free (`growth`). */
  add(member: MemberConf): boolean {
    if (this.balancer.addWorker() === NONE) return false;
    this.members.push(member);
    this.backends.push(backendFor(member));
    return true;
  }

  /** `worker` is `member` from now on, as a manager says. */
  replace(worker: number, member: MemberConf): void {
    this.members[worker] = member;
  }

  /** Learns what others may have done to its members. */
  refresh(): void {}

  /** A try of `worker` ended without a response. */
  failed(worker: number, why: Failure, detail: string): void {
    if (this.onFailure === null) return;
    const now = nowNs();
    if (now - this.#toldNs[worker]! < TELL_EVERY_NS) return;
    this.#toldNs[worker] = now;
    const member = this.members[worker]?.name;
    const whose = this.name === member ? '' : `${this.name}: `;
    this.onFailure(`${whose}${member}: ${reasons[why]}${detail === '' ? '' : `: ${detail}`}`);
  }

  start(waiter: Waiter, route: string | null, keptAlive: boolean): Opened {
    const exchange = this.exchanges.open(route, keptAlive);
    exchange.waiter = waiter;
    this.open++;
    return exchange;
  }

  /** The client has its answer, or is gone. */
  close(exchange: Opened): void {
    this.exchanges.close(exchange);
    exchange.waiter = null;
    this.open--;
    this.settled();
    if (this.open > 0) return;
    this.#release();
    this.onIdle?.();
  }

  /** After every call that may have freed something: who waited goes on, and the timer fits again. */
  settled(): void {
    const { exchanges } = this;
    if (exchanges.hasReady && !this.#draining) {
      this.#draining = true;
      for (let ready = exchanges.poll(); ready !== null; ready = exchanges.poll()) {
        ready.waiter?.proceed(ready.step);
      }
      this.#draining = false;
    }
    if (exchanges.waiting > 0) this.#arm();
    if (this.#heir !== null) this.#heir.#takeOver();
  }

  #takeOver(): void {
    this.#inheritance?.settle();
    if (this.#heir !== null) this.#heir.#takeOver();
  }

  /** Lets go of the heir when nothing that is counted here is under way any more. */
  #release(): void {
    const heir = this.#heir;
    if (heir === null || this.open > 0 || this.#inheritance !== null) return;
    this.#heir = null;
    heir.#inheritance = null;
    heir.#release();
  }

  /** Whether `busy` is what open requests have charged the workers with, unless a reset cleared it. */
  get balanced(): boolean {
    let charges = this.#inheritance?.carried ?? 0;
    for (const { waiter, tries } of this.exchanges.all) if (waiter !== null) charges += tries;
    return this.balancer.workers.busy.reduce((sum, busy) => sum + busy, 0) === charges;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const backend of this.backends) backend.close();
  }

  #arm(): void {
    const deadlineNs = this.exchanges.deadlineNs();
    if (deadlineNs >= this.#timerNs || deadlineNs === Number.POSITIVE_INFINITY) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerNs = deadlineNs;
    const ms = Math.ceil((deadlineNs - nowNs()) / 1e6);
    this.#timer = setTimeout(() => this.#wake(), Math.min(Math.max(0, ms), TIMER_MS_MAX));
  }

  #wake(): void {
    this.#timer = null;
    this.#timerNs = Number.POSITIVE_INFINITY;
    this.exchanges.advance(nowNs());
    this.settled();
  }
}

/** For each of `old` its row in `members`, or NONE. */
export function rowsAmong(
  members: readonly MemberConf[],
  old: readonly MemberConf[],
): readonly number[] {
  return old.map((member) => members.findIndex(({ name }) => name === member.name));
}

/** Places for so many times, of which none has been. */
export function never(count: number, memory = new ArrayBuffer(count * 8) as ArrayBufferLike) {
  return new Float64Array(memory).fill(NEVER_NS);
}

/** Whether both columns hold the same text; its length comes first. */
function sameText(a: Uint8Array, b: Uint8Array): boolean {
  const length = a[0]!;
  for (let i = 0; i <= length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function bytesOver(text: Uint8Array): Buffer {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}
