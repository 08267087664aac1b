/**
 * A heartbeat monitor (spec: httpd 7.2): remembers the last datagram of each worker and publishes its table now and
 * then. How old an entry is counts from its datagram, not from the publishing.
 */
import type { Balancer } from '../src/core/index.ts';

export class HeartMonitor {
  private readonly ready: Float64Array;
  private readonly busy: Float64Array;
  /** NaN before the first datagram. */
  private readonly seenNs: Float64Array;

  constructor(workers: number) {
    this.ready = new Float64Array(workers);
    this.busy = new Float64Array(workers);
    this.seenNs = new Float64Array(workers).fill(Number.NaN);
  }

  /** A datagram of `worker` came: idle and busy slots. */
  hear(worker: number, ready: number, busy: number, nowNs: number): void {
    this.ready[worker] = ready;
    this.busy[worker] = busy;
    this.seenNs[worker] = nowNs;
  }

  publish(balancer: Balancer): void {
    this.seenNs.forEach((seenNs, worker) => {
      if (Number.isNaN(seenNs)) return;
      balancer.heartbeat(worker, this.ready[worker], this.busy[worker], seenNs);
    });
  }
}
