/** A balancer as the supervisor holds it: what it gives to threads, and what it takes over from an earlier one. */
import type { MemberConf } from '../../config/config.ts';
import { Balancer, type BalancerConfig, type Inheritance } from '../../core/index.ts';
import { type GroupConf, never, rowsAmong } from '../group.ts';
import type { Share } from './messages.ts';
import { SharedBalancer, type SharedMemory, sharedMemory } from './shared-balancer.ts';

/** The supervisor frees the locks of dead threads, so it must not wait for one without end. */
const PATIENCE_MS = 2000;

export class SharedGroup {
  readonly conf: GroupConf;
  /** As they are now, after what a manager did in some thread. */
  readonly members: MemberConf[];
  readonly balancer: SharedBalancer;
  readonly #memory: SharedMemory;
  readonly #toldNs: Float64Array;
  #old: SharedGroup | null = null;
  #inheritance: Inheritance | null = null;

  constructor(conf: GroupConf, of: BalancerConfig, threads: number) {
    this.conf = conf;
    this.members = [...conf.workers];
    this.#memory = sharedMemory(new Balancer(of), threads + 1);
    this.balancer = new SharedBalancer(of, this.#memory, 0, PATIENCE_MS);
    const rows = this.balancer.workers.busy.length;
    this.#toldNs = never(rows, new SharedArrayBuffer(rows * 8));
  }

  /** For a thread that begins now. */
  get share(): Share {
    const { conf, members } = this;
    const growth = this.balancer.workers.busy.length - members.length;
    const now = { ...conf, workers: members, growth };
    return { conf: now, memory: this.#memory, toldNs: this.#toldNs };
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

  /** Counts what requests of the old balancer have counted there since the last call. */
  settle(): void {
    const old = this.#old;
    if (old === null) return;
    old.balancer.exclusively(() => this.balancer.exclusively(() => this.#inheritance?.settle()));
    if (!old.over) return;
    this.#old = null;
    this.#inheritance = null;
  }

  /** Nothing is under way here, nor at one before. */
  get over(): boolean {
    return this.#old === null && this.balancer.ledger.charges === 0;
  }

  get balanced(): boolean {
    return this.#old !== null || this.balancer.balanced;
  }
}
