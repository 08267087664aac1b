/** A balancer as the supervisor holds it: what it gives to threads, and what it takes over from an earlier one. */
import type { MemberConf } from '../../config/config.ts';
import { Balancer, type BalancerConfig, type Inheritance } from '../../core/index.ts';
import { type GroupConf, never, rowsAmong } from '../group.ts';
import type { Memories } from './memories.ts';
import type { Share } from './messages.ts';
import { SharedBalancer, type SharedMemory, sharedMemory } from './shared-balancer.ts';

/** The supervisor frees the locks of dead threads, so it must not wait for one without end. */
const PATIENCE_MS = 2000;

export class SharedGroup {
  readonly conf: GroupConf;
  /** As they are now, after what a manager did in some thread. */
  readonly members: MemberConf[];
  readonly balancer: SharedBalancer;
  readonly #memories: Memories;
  readonly #memory: SharedMemory;
  /** Of a shadow, which decides beside it. */
  readonly #shadow: SharedMemory | null = null;
  readonly #beside: SharedBalancer | null = null;
  readonly #toldNs: Float64Array;
  #old: SharedGroup | null = null;
  #inheritance: Inheritance | null = null;
  /** Something was counted here that the next one has not counted. */
  #hasNews = false;
  #isLeft = false;

  /** `beside`: what the balancer of a shadow is made from, if there is one. */
  constructor(
    conf: GroupConf,
    of: BalancerConfig,
    threads: number,
    memories: Memories,
    beside: BalancerConfig | null,
  ) {
    this.conf = conf;
    this.members = [...conf.workers];
    this.#memories = memories;
    const take = (bytes: number) => memories.take(bytes);
    this.#memory = sharedMemory(new Balancer(of), threads + 1, undefined, take);
    if (beside !== null) {
      this.#shadow = sharedMemory(new Balancer(beside), threads + 1, undefined, take);
      this.#beside = new SharedBalancer(beside, this.#shadow, 0, PATIENCE_MS);
    }
    this.balancer = new SharedBalancer(of, this.#memory, 0, PATIENCE_MS);
    const rows = this.balancer.workers.busy.length;
    this.#toldNs = never(rows, new SharedArrayBuffer(rows * 8));
  }

  /** For a thread that begins now. */
  get share(): Share {
    const { conf, members } = this;
    const growth = this.balancer.workers.busy.length - members.length;
    const now = { ...conf, workers: members, growth };
    return { conf: now, memory: this.#memory, toldNs: this.#toldNs, shadow: this.#shadow };
  }

  /** Goes on where `old` is; requests that threads still have there are counted here, too, by `settle`. */
  inherit(old: SharedGroup): void {
    const rowOf = rowsAmong(this.members, old.members);
    this.#old = old;
    old.balancer.exclusively(() => {
      this.balancer.exclusively(() => {
        this.#inheritance = this.balancer.inherit(old.balancer, rowOf);
        this.balancer.manage({ timeoutSeconds: old.balancer.timeoutNs / 1e9 });
      });
    });
  }

  /** Goes on where a balancer stopped. */
  restore(...how: Parameters<Balancer['restore']>): void {
    this.balancer.exclusively(() => this.balancer.restore(...how));
  }

  get timeoutNs(): number {
    return this.balancer.timeoutNs;
  }

  /** Counts what requests of the old balancer have counted there since the last call. */
  settle(): void {
    const old = this.#old;
    if (old === null) return;
    // Each time ends with a checkpoint: without a call behind it, no thread has done anything since.
    if (old.#hasNews || old.balancer.journal.length > 0) {
      old.balancer.exclusively(() => this.balancer.exclusively(() => this.#inheritance?.settle()));
      old.#hasNews = false;
      this.#hasNews = true;
    }
    if (!old.over) return;
    this.#old = null;
    this.#inheritance = null;
  }

  /** No thread does anything here any more. */
  leave(): void {
    this.#isLeft = true;
  }

  /** Nothing happens here any more, nor at one before. */
  get over(): boolean {
    return this.#isLeft && this.#old === null;
  }

  /** Others may use its memory. */
  giveBack(): void {
    for (const shared of [this.#memory, this.#shadow]) {
      if (shared === null) continue;
      const { balancer, ledger, journal } = shared;
      for (const memory of [balancer, ledger, journal]) this.#memories.giveBack(memory);
    }
  }

  /** As `SharedBalancer.bury`. */
  bury(thread: number, nowNs: number): void {
    this.balancer.bury(thread, nowNs);
    this.#beside?.bury(thread, nowNs);
  }

  get balanced(): boolean {
    return this.#old !== null || this.balancer.balanced;
  }
}
