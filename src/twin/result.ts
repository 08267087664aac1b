/** What `fairlead twin` has to say: both arms of a scenario, and the error between them. Plain data. */
import type { MetricValue, RunResult } from '../../sim/result.ts';
import type { Unit } from '../scenario/metrics.ts';
import type { Times } from './warm-up.ts';

/**
 * `inside`: where 95 in 100 replications are. `edge`: further out, but not further than chance alone brings one of all
 * judged metrics in 99 of 100 runs. `outside`: further than that. `unjudged`: shown, and not held to anything.
 */
export type Standing = 'inside' | 'edge' | 'outside' | 'unjudged';

export interface TwinRow {
  /** A metric, or `workers.NAME.share`. */
  readonly metric: string;
  readonly unit: Unit;
  /** Over the replications. */
  readonly simulated: MetricValue;
  /** Of the replication with the very requests of the live run; null without data. */
  readonly sameRequests: number | null;
  readonly live: number;
  /** `live` less `sameRequests`, and over it; null without, and where it is 0. */
  readonly error: number | null;
  readonly relative: number | null;
  /** Where one more replication lies in 95 of 100 cases (Student's t); null below two values. */
  readonly predicted95: readonly [number, number] | null;
  readonly standing: Standing;
}

/** Whom the balancer picked, one pick after the other. */
export interface Decisions {
  /** Picks that both arms made. */
  readonly picks: number;
  readonly same: number;
  /** Number of the first pick, from 1, that differs, and the workers picked; null: none does. */
  readonly firstDifference: {
    readonly pick: number;
    readonly simulated: string;
    readonly live: string;
  } | null;
  /** The lbmethod looks at nothing that timing could change, so every pick has to be the same. */
  readonly mustBeSame: boolean;
  /** Requests answered in both arms, and those answered by the same worker; null where sessions give no numbers. */
  readonly requests: { readonly answered: number; readonly byTheSame: number } | null;
}

export interface Machine {
  /** A request alone, answered at once, ms. */
  readonly idle: Times;
  /** Such requests a second that it does, sixteen at a time. */
  readonly perSecond: number;
  /** In the run: what a request spent beside its backend, in sockets, proxy and timers, ms; null: it waited in the proxy, too. */
  readonly path: Times | null;
  /** In the run: how late requests were sent, ms. */
  readonly late: Times;
}

export interface TwinResult {
  readonly format: 'fairlead/twin@1';
  readonly version: string;
  readonly scenario: { readonly name: string; readonly sha256: string; readonly seed: string };
  readonly lbmethod: string;
  /** Length of the measured window, in both arms; there is no warm-up. */
  readonly seconds: number;
  readonly simulated: RunResult;
  readonly live: {
    /** That arrived in the window; conserved: each of them ended, or was left at the end. */
    readonly requests: number;
    readonly conserved: boolean;
    readonly metrics: Readonly<Record<string, number>>;
    readonly workers: readonly { readonly name: string; readonly elected: number }[];
    readonly machine: Machine;
  };
  readonly rows: readonly TwinRow[];
  /** null with several proxies. */
  readonly decisions: Decisions | null;
  /** `unclear`: the machine was too slow to tell. */
  readonly verdict: 'agrees' | 'differs' | 'unclear';
  /** What was cut off the scenario, what is otherwise on the wire, why the verdict is what it is. */
  readonly notes: readonly string[];
}
