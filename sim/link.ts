import type { BackendSpec } from '../src/scenario/scenario.ts';
import type { DeadlineRing } from './deadline-ring.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import type { WorkerCounts } from './observations.ts';

/** What lies between the balancer and one worker: the way there, connections, and time-outs. */
export class Link {
  readonly worker: number;
  readonly backend: BackendSpec;
  /** Sizes of responses. */
  readonly bytes: Distribution;
  readonly halfRttNs: number;
  /** 1 where connections are kept, 0 with `disablereuse`. */
  readonly reuses: number;
  /** Connections that are open and idle. */
  idle = 0;
  /** How often the backend has lost everything it held. */
  restarts = 0;
  /** Time-outs for a status line: one ring for all workers that share a `timeout`. */
  readonly expiry: DeadlineRing;

  /** What is observed of this worker: here, as every step of a request has its link at hand. */
  readonly counts: WorkerCounts;

  constructor(
    worker: number,
    backend: BackendSpec,
    disablereuse: boolean,
    expiry: DeadlineRing,
    counts: WorkerCounts,
  ) {
    this.worker = worker;
    this.backend = backend;
    this.bytes = distributionOf(backend.bytes);
    this.halfRttNs = Math.round(backend.rttNs / 2);
    this.reuses = disablereuse ? 0 : 1;
    this.expiry = expiry;
    this.counts = counts;
  }
}
