/**
 * The retry budget: how many failover tries the balancer may make, so that trouble is not answered with more traffic.
 * A try that the budget refuses is not made, and its client gets the failure at once.
 *
 * Either as in Envoy: retries under way may be a share of the requests under way, and a minimum. Or by tokens, as
 * gRPC throttles retries (proposal A6): a success earns a part of a token, a failure costs one, and with no more than
 * half of them left nobody retries.
 */
import type { Columns, Views } from '../columns.ts';
import type { BalancerViews, WorkerViews } from '../state.ts';

export type RetryBudget = ShareBudget | TokenBudget;

export interface ShareBudget {
  readonly kind: 'share';
  /** Retries under way for each request under way. */
  readonly ratio: number;
  /** Retries under way that are always allowed. */
  readonly min: number;
}

export interface TokenBudget {
  readonly kind: 'tokens';
  /** Tokens at the start, and the most there can be. */
  readonly tokens: number;
  readonly perSuccess: number;
}

/** One row. */
export const retryColumns = {
  /** Requests that are on a failover try. */
  retrying: 'i32',
  /** Failed tries that requests under way are still charged for. */
  failedTries: 'i32',
  tokens: 'f64',
} as const satisfies Columns;

export type RetryRow = Views<typeof retryColumns>;

/** Whether one more failover try may be made. `again`: the request is on one already. O(workers). */
export function affords(
  budget: RetryBudget,
  { retrying, failedTries, tokens }: RetryRow,
  again: boolean,
  balancer: BalancerViews,
  { busy }: WorkerViews,
): boolean {
  if (budget.kind === 'tokens') return tokens[0] > budget.tokens / 2;
  let underWay = -failedTries[0];
  for (let worker = 0; worker < balancer.workers[0]; worker++) underWay += busy[worker];
  const most = Math.max(budget.min, Math.floor(budget.ratio * underWay));
  return retrying[0] - Number(again) < most;
}

/** A try ended. */
export function bank(budget: RetryBudget, { tokens }: RetryRow, ok: boolean): void {
  if (budget.kind !== 'tokens') return;
  tokens[0] = ok
    ? Math.min(budget.tokens, tokens[0] + budget.perSuccess)
    : Math.max(0, tokens[0] - 1);
}
