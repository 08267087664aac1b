/**
 * The configurations of several threads, as the supervisor holds them: the present one, and earlier ones that threads
 * are not done with. What requests under way do to an earlier one is counted by its successor, too.
 */
import type { ProxyConfig } from '../../config/config.ts';
import type { LbMethod } from '../../core/index.ts';
import {
  allOf,
  type GroupsOf,
  groupsBy,
  type MakeGroups,
  randomWords,
  type Words,
} from '../groups.ts';
import { deciderConfigOf, decides } from '../observe/shadow.ts';
import type { SavedState } from '../state-file.ts';
import { Memories } from './memories.ts';
import type { News, Shares } from './messages.ts';
import { SharedGroup } from './shared-group.ts';

/** Requests of an earlier configuration are counted by the present one so often. */
const SETTLE_MS = 20;

export interface Generation {
  /** Counts the configurations taken over. */
  readonly number: number;
  readonly config: ProxyConfig;
  readonly groups: GroupsOf<SharedGroup>;
}

export class Generations {
  present: Generation | null = null;
  readonly #threads: number;
  readonly #isHeld: (generation: number) => boolean;
  readonly #memories = new Memories();
  /** The oldest first. */
  #earlier: Generation[] = [];
  #settling: NodeJS.Timeout | null = null;

  /** `isHeld`: whether some thread may still do something to what a generation shares. */
  constructor(threads: number, isHeld: (generation: number) => boolean) {
    this.#threads = threads;
    this.#isHeld = isHeld;
  }

  /**
   * `shadow` decides beside every balancer.
   * @throws LabError as `groupsOf`.
   */
  prepare(
    config: ProxyConfig,
    rng: Words = randomWords(),
    state: SavedState | null = null,
    shadow: LbMethod | null = null,
  ): Promise<MakeGroups<SharedGroup>> {
    return groupsBy(config, rng, state, (conf, of) => {
      const hasShadow = shadow !== null && decides(conf);
      const beside = hasShadow ? deciderConfigOf(conf, shadow, rng) : null;
      return new SharedGroup(conf, of, this.#threads, this.#memories, beside);
    });
  }

  /** `config` is the present one. */
  exchange(config: ProxyConfig, makeGroups: MakeGroups<SharedGroup>): void {
    const before = this.present;
    const groups = makeGroups(before?.groups ?? null);
    this.present = { number: (before?.number ?? 0) + 1, config, groups };
    if (before === null) return;
    this.#earlier.push(before);
    this.#settling ??= setInterval(() => this.#settle(), SETTLE_MS).unref();
  }

  /** What threads need to take over the present one. */
  get shares(): Shares {
    const { number, groups } = this.present!;
    const balancers = groups.balancers.map(({ share }) => share);
    return { generation: number, balancers, workers: groups.workers.map(({ share }) => share) };
  }

  learn({ generation, balancer, worker, member }: News & { readonly kind: 'member' }): void {
    if (generation !== this.present?.number) return;
    const group = this.present.groups.balancers[balancer];
    if (group !== undefined) group.members[worker] = member;
  }

  get balanced(): boolean {
    return this.#all.every(({ balanced }) => balanced);
  }

  /** @throws Error when another thread has died with a lock. */
  bury(thread: number, nowNs: number): void {
    for (const group of this.#all) group.bury(thread, nowNs);
  }

  close(): void {
    if (this.#settling !== null) clearInterval(this.#settling);
    this.#settling = null;
  }

  get #all(): readonly SharedGroup[] {
    const present = this.present === null ? [] : [this.present];
    return [...this.#earlier, ...present].flatMap(({ groups }) => allOf(groups));
  }

  #settle(): void {
    for (const { number, groups } of this.#earlier) {
      if (!this.#isHeld(number)) for (const group of allOf(groups)) group.leave();
    }
    try {
      for (const group of this.#all) group.settle();
    } catch {
      return; // a thread has died with a lock, and is not buried yet
    }
    const isOver = ({ groups }: Generation) => allOf(groups).every(({ over }) => over);
    for (const generation of this.#earlier.filter(isOver)) {
      for (const group of allOf(generation.groups)) group.giveBack();
    }
    this.#earlier = this.#earlier.filter((generation) => !isOver(generation));
    if (this.#earlier.length === 0) this.close();
  }
}
