/** Modifiers that are written and never do anything. */
import { factorsOf } from '../../config/lbmethod-of.ts';
import type { Factors } from '../../core/index.ts';
import { type BalancerTrap, type BalancerView, type Finding, round, whenAll } from './trap.ts';

const path = ['balancer', 'modifiers'];

export const modifierTraps: readonly BalancerTrap[] = [
  {
    code: 'slowstart-without-factors',
    severity: 'warning',
    find: ({ balancer: { modifiers }, phases }) => {
      const methods = phases.map(({ balancer: { lbmethod } }) => lbmethod);
      const deaf = methods.find((lbmethod) => lacksFactors(factorsOf(lbmethod)));
      if (deaf === undefined) return [];
      const use = factorsOf(deaf) === 'ties' ? 'uses only between equally busy workers' : 'ignores';
      return whenAll(
        modifiers?.slowstart !== undefined,
        [...path, 'slowstart'],
        `slow start lowers load factors, which ${deaf.name} ${use}; a worker that comes back gets its requests at once; use an lbmethod that elects by load factor`,
      );
    },
  },
  {
    code: 'ejection-never',
    severity: 'warning',
    find: (view) => [...rateThatNeverEjects(view), ...shareThatNeverEjects(view)],
  },
  {
    code: 'retrybudget-without-failover',
    severity: 'warning',
    find: ({ balancer: { modifiers, maxattempts, workers } }) =>
      whenAll(
        modifiers?.retrybudget !== undefined && (maxattempts ?? workers.length - 1) === 0,
        [...path, 'retrybudget'],
        'no request is tried a second time (maxattempts is 0); the budget is never asked; raise maxattempts, or leave the budget out',
      ),
  },
];

function lacksFactors(factors: Factors | null): boolean {
  return factors === 'ties' || factors === 'ignored';
}

/** Only where it is written: by default rates are compared where there are workers enough. */
function rateThatNeverEjects({ balancer, isWritten }: BalancerView): readonly Finding[] {
  const at = [...path, 'outlier', 'successRate'];
  const rule = balancer.modifiers?.outlier?.successRate ?? null;
  if (rule === null || !isWritten(at)) return [];
  const count = balancer.workers.length;
  const farthest = Math.sqrt(Math.max(0, count - 1));
  const says =
    rule.hosts > count
      ? `rates are compared between at least ${rule.hosts} workers, and there are ${count}; nobody is ever ejected by them; lower hosts and stdevs`
      : `of ${count} workers none can be more than ${round(farthest)} standard deviations below the mean; with stdevs ${rule.stdevs} nobody is ever ejected by rates; lower stdevs`;
  return whenAll(rule.hosts > count || rule.stdevs >= farthest, at, says);
}

function shareThatNeverEjects({ balancer }: BalancerView): readonly Finding[] {
  const rule = balancer.modifiers?.outlier?.failurePercentage ?? null;
  const count = balancer.workers.length;
  return whenAll(
    rule !== null && rule.hosts > count,
    [...path, 'outlier', 'failurePercentage'],
    `shares are compared between at least ${rule?.hosts} workers, and there are ${count}; nobody is ever ejected by them; lower hosts`,
  );
}
