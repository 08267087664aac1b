/**
 * What can be laid over any lbmethod: slow start changes the load factors it sees, ejection and panic who its candidates
 * are, the retry budget how often it is asked again. The balancer calls in here where it walks for candidates and where
 * a try ends, and nowhere else; without modifiers there is nothing to call, and no table in the buffer.
 */
import type { Views } from '../columns.ts';
import type { LbMethod } from '../lbmethod.ts';
import type { BalancerViews, WorkerViews } from '../state.ts';
import { EJECTED, UNUSABLE } from '../status.ts';
import {
  ejectionCauses,
  endEjections,
  endInterval,
  judge,
  type Outlier,
  type OutlierViews,
  outlierColumns,
  outlierRowColumns,
} from './outlier.ts';
import { takenOut, widenCandidates } from './panic.ts';
import { affords, bank, type RetryBudget, retryColumns } from './retrybudget.ts';
import {
  formatSlowStart,
  growFactors,
  type SlowStart,
  type SlowStartViews,
  slowStartColumns,
} from './slowstart.ts';

/** Absent: not applied. */
export interface ModifiersConfig {
  readonly slowstart?: SlowStart;
  readonly outlier?: Outlier;
  /** Share of usable workers, 0 to 1, below which all are used. */
  readonly panic?: number;
  readonly retrybudget?: RetryBudget;
}

const rowColumns = {
  ...outlierRowColumns,
  ...retryColumns,
  /** 1 while the candidates include workers that are not usable. */
  panics: 'i32',
} as const;

/** Tables behind those of the methods; none without modifiers. */
export function modifierTables(config: ModifiersConfig, rows: number) {
  if (Object.values(config).every((one) => one === undefined)) return [];
  return [
    { name: 'modifiers', columns: rowColumns, rows: 1 },
    { name: 'slowstart', columns: slowStartColumns, rows },
    { name: 'outlier', columns: outlierColumns, rows },
  ] as const;
}

type ModifierViews = readonly [Views<typeof rowColumns>, SlowStartViews, OutlierViews];

export class Modifiers {
  readonly config: ModifiersConfig;
  readonly balancer: BalancerViews;
  readonly workers: WorkerViews;
  readonly row: Views<typeof rowColumns>;
  readonly slowStart: SlowStartViews;
  readonly outlier: OutlierViews;

  constructor(
    config: ModifiersConfig,
    balancer: BalancerViews,
    workers: WorkerViews,
    views: ModifierViews,
  ) {
    this.config = config;
    this.balancer = balancer;
    this.workers = workers;
    [this.row, this.slowStart, this.outlier] = views;
  }

  /** Fills fresh memory, after the workers. */
  format(): void {
    formatSlowStart(this.balancer, this.workers, this.slowStart);
    this.row.ejectionEndsNs[0] = Number.POSITIVE_INFINITY;
    if (this.config.retrybudget?.kind === 'tokens') {
      this.row.tokens[0] = this.config.retrybudget.tokens;
    }
  }

  /** The load factors that lbmethods see. */
  get lbfactor(): Int32Array {
    return this.config.slowstart === undefined ? this.workers.lbfactor : this.slowStart.lbfactor;
  }

  /** Whether unusable workers are among the candidates. */
  get panics(): boolean {
    return this.row.panics[0] === 1;
  }

  /** Before anybody asks who is usable. */
  look(nowNs: number): void {
    const { outlier } = this.config;
    if (outlier === undefined) return;
    endEjections(this, nowNs);
    if (this.row.intervalEndsNs[0] > 0) endInterval(outlier, this, nowNs);
  }

  /** The same where a session may find its worker without a walk: a hit charges load factors, too. O(workers). */
  lookForSession(nowNs: number): void {
    this.look(nowNs);
    const { slowstart } = this.config;
    if (slowstart !== undefined) {
      growFactors(slowstart, this.balancer, this.workers, this.slowStart, nowNs);
    }
  }

  /** After a walk for candidates: they may become more, and their load factors change. */
  walked(method: LbMethod, methodState: never, nowNs: number): void {
    const { balancer, workers, row } = this;
    const { slowstart, outlier, panic } = this.config;
    let changeNs = Number.POSITIVE_INFINITY;
    if (slowstart !== undefined) {
      changeNs = growFactors(slowstart, balancer, workers, this.slowStart, nowNs);
    }
    if (outlier !== undefined) {
      changeNs = Math.min(changeNs, row.ejectionEndsNs[0]);
      if (row.intervalEndsNs[0] > 0) changeNs = Math.min(changeNs, row.intervalEndsNs[0]);
    }
    if (panic !== undefined) {
      row.panics[0] = Number(widenCandidates(panic, balancer, workers, method, methodState));
    }
    // Candidates hold up to an instant and with it; changes come with theirs.
    balancer.candidatesUntilNs[0] = Math.min(balancer.candidatesUntilNs[0], changeNs - 1);
  }

  /** A try on `worker` ended. */
  completed(worker: number, ok: boolean, nowNs: number): void {
    const { outlier, retrybudget } = this.config;
    if (outlier !== undefined) judge(outlier, this, worker, ok, nowNs);
    if (retrybudget !== undefined) bank(retrybudget, this.row, ok);
  }

  /** Whether a try that was given to `worker` may go on there although it is not usable. */
  tolerates(worker: number): boolean {
    if (takenOut(this.workers, worker)) return false;
    return this.panics || (this.workers.status[worker] & UNUSABLE) === EJECTED;
  }

  /** Asks for a failover try. `again`: the request was granted one before. */
  takeRetry(again: boolean): boolean {
    const { retrybudget } = this.config;
    if (retrybudget !== undefined) {
      if (!affords(retrybudget, this.row, again, this.balancer, this.workers)) return false;
    }
    if (!again) this.row.retrying[0]++;
    this.row.failedTries[0]++;
    return true;
  }

  /** A request that was granted `tries` is over. */
  endRetries(tries: number): void {
    this.row.retrying[0]--;
    this.row.failedTries[0] -= tries;
  }

  /** What the modifiers do to `worker`, in words; empty for nothing. */
  why(worker: number, nowNs: number): string {
    if (this.workers.status[worker] & EJECTED) {
      const left = (this.outlier.ejectedUntilNs[worker] - nowNs) / 1e9;
      const cause = ejectionCauses[this.outlier.cause[worker]];
      return `ejected for its ${cause}, back in ${left.toFixed(1)} s`;
    }
    const part = this.lbfactor[worker] / this.workers.lbfactor[worker];
    return part < 1 ? `slow start: ${Math.round(100 * part)} % of its load factor` : '';
  }
}
