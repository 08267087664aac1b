/** A group whose balancer other threads use, too. They tell each other what a manager does to members. */
import type { MemberConf } from '../../config/config.ts';
import type { BalancerConfig } from '../../core/index.ts';
import { backendFor } from '../backend/index.ts';
import { Group, type Opened, type Waiter } from '../group.ts';
import type { Gauges } from './gauges.ts';
import type { Share } from './messages.ts';
import { SharedBalancer } from './shared-balancer.ts';

/** How the group hears of others and is heard. */
export interface Colleagues {
  /** `worker` is `member` from now on. */
  tell(worker: number, member: MemberConf): void;
  /** Takes up all that others have told so far; ends in `learn`. */
  listen(): void;
}

export class ThreadGroup extends Group {
  /** Decides beside it; null without a shadow. */
  readonly beside: SharedBalancer | null;
  readonly #shared: SharedBalancer;
  readonly #colleagues: Colleagues;
  readonly #gauges: Gauges;

  constructor(
    { conf, memory, toldNs }: Share,
    of: BalancerConfig,
    thread: number,
    gauges: Gauges,
    colleagues: Colleagues,
    beside: SharedBalancer | null,
  ) {
    const shared = new SharedBalancer(of, memory, thread);
    super(conf, shared, toldNs);
    this.beside = beside;
    this.#shared = shared;
    this.#colleagues = colleagues;
    this.#gauges = gauges;
  }

  /** Others hear of the member before they can pick it: it is told under the lock. */
  override add(member: MemberConf): boolean {
    return this.#shared.exclusively(() => {
      this.refresh();
      if (!super.add(member)) return false;
      this.#colleagues.tell(this.members.length - 1, member);
      return true;
    });
  }

  override replace(worker: number, member: MemberConf): void {
    super.replace(worker, member);
    this.#colleagues.tell(worker, member);
  }

  override refresh(): void {
    this.#colleagues.listen();
  }

  /** No request of this thread is under way here, nor will be. */
  leave(): void {
    this.#shared.leave();
    this.beside?.leave();
  }

  learn(worker: number, member: MemberConf): void {
    super.replace(worker, member);
    this.backends[worker] ??= backendFor(member);
  }

  override start(waiter: Waiter, route: string | null, keptAlive: boolean): Opened {
    this.#gauges.opened();
    return super.start(waiter, route, keptAlive);
  }

  override close(exchange: Opened): void {
    super.close(exchange);
    this.#gauges.closed();
  }

  /** Its own requests and those of the other threads. */
  override get balanced(): boolean {
    return this.#shared.balanced;
  }
}
