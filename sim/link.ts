import type { BackendSpec, Scenario } from '../src/scenario/scenario.ts';
import type { Deadlines } from './deadlines.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import { IdleConnections } from './idle-connections.ts';
import type { WorkerCounts } from './observations.ts';
import type { Station } from './station.ts';

/** First waits of Linux' TCP before it sends again what got lost; each further one is twice as long, up to a limit. */
const CONNECT_RESEND_NS = 1e9;
const DATA_RESEND_NS = 0.2e9;
const RESEND_MAX_NS = 120e9;

/** How long TCP waits before it sends again for the `times`-th time, from 1. */
export function resendNs(times: number, connecting: boolean): number {
  const firstNs = connecting ? CONNECT_RESEND_NS : DATA_RESEND_NS;
  return Math.min(firstNs * (1 << Math.min(times - 1, 20)), RESEND_MAX_NS);
}

/** What lies between one proxy and one worker: the way there, connections, and time-outs. */
export class Link {
  readonly worker: number;
  readonly backend: BackendSpec;
  readonly station: Station;
  /** Sizes of responses. */
  readonly bytes: Distribution;
  readonly halfRttNs: number;
  /** Until a new connection is open. */
  readonly connectNs: number;
  readonly connectTimeoutNs: number;
  /** 1 where connections are kept, 0 with `disablereuse` and in mode tcp. */
  readonly reuses: number;
  readonly idle: IdleConnections;
  /** How often the backend has lost everything it held. */
  restarts = 0;
  /** How many black holes and partitions lose the packets of this link now. */
  cuts = 0;
  /** The proxy's `busy` of the worker, as observed last. */
  busy = 0;
  /** Time-outs for a status line: one list for all workers that share a `timeout`. */
  readonly expiry: Deadlines;
  /** What is observed of this worker: here, as every step of a request has its link at hand. */
  readonly counts: WorkerCounts;

  constructor(
    scenario: Scenario,
    worker: number,
    expiry: Deadlines,
    station: Station,
    counts: WorkerCounts,
  ) {
    const { workers, mode } = scenario.balancer;
    const spec = workers[worker];
    const backend = scenario.backends[spec.backend];
    const ttlNs = Math.min(
      spec.ttlNs ?? Number.POSITIVE_INFINITY,
      backend.keepaliveNs ?? Number.POSITIVE_INFINITY,
    );
    this.worker = worker;
    this.backend = backend;
    this.station = station;
    this.bytes = distributionOf(backend.bytes);
    this.halfRttNs = Math.round(backend.rttNs / 2);
    this.connectNs = 2 * this.halfRttNs + backend.connectNs;
    this.connectTimeoutNs = spec.connectTimeoutNs;
    this.reuses = spec.disablereuse || mode === 'tcp' ? 0 : 1;
    this.idle = new IdleConnections(Number.isFinite(ttlNs) ? ttlNs : null, spec.smax);
    this.expiry = expiry;
    this.counts = counts;
  }
}
