/** Who can ever serve: status flags and lbsets (spec: httpd 1.3, 2.2, 2.4). */
import type { BalancerSpec, MemberSpec } from '../../config/spec.ts';
import { firstInLine, isRegular, isUsable } from '../load.ts';
import { type BalancerTrap, type BalancerView, when, whenAll, workerPath } from './trap.ts';

export const sets: readonly BalancerTrap[] = [
  {
    code: 'nobody-serves',
    severity: 'error',
    find: ({ phases }) =>
      whenAll(
        phases.every(({ balancer }) => !anybodyServes(balancer)),
        ['balancer', 'workers'],
        'no worker can serve; every request is answered 503; give one worker a status without D, S, U, C, N and R',
      ),
  },
  {
    code: 'nobody-at-start',
    severity: 'warning',
    find: ({ phases }) =>
      whenAll(
        !anybodyServes(phases[0].balancer) &&
          phases.some(({ balancer }) => anybodyServes(balancer)),
        ['balancer', 'workers'],
        'no worker can serve at the start; every request is answered 503 until an event changes that; start with a usable worker',
      ),
  },
  {
    code: 'spare-alone',
    severity: 'error',
    find: (view) =>
      neverServing(view, /R/, /[DSUCN]/).map((worker) => ({
        path: workerPath(worker, 'status'),
        says: 'a spare in a set without a regular worker; it stands in for nobody and never serves; put it into the lbset of the workers it is a spare for, or make it a standby (+H)',
      })),
  },
  {
    code: 'never-enabled',
    severity: 'warning',
    find: (view) =>
      neverServing(view, /[DSUC]/).map((worker) => ({
        path: workerPath(worker, 'status'),
        says: `${lettersOf(view, worker, /[DSUC]/g)} is set at the start and ${view.isLive ? 'only balancer-manager can clear it; the worker does not serve until then' : 'no event clears it; the worker never serves'}; remove the flag, or the worker`,
      })),
  },
  {
    code: 'draining-alone',
    severity: 'warning',
    find: (view) =>
      neverServing(view, /N/, /[DSUC]/).map((worker) => ({
        path: workerPath(worker, 'status'),
        says: `draining from the start and ${view.isLive ? 'only balancer-manager can end it; only sessions it had before reach it' : 'no event ends it; only sessions it has would reach it, and it has none'}; remove N, or set it later`,
      })),
  },
  {
    code: 'shadowed',
    severity: 'error',
    find: (view) =>
      view.balancer.workers.flatMap((worker, i) => {
        const shadow = view.phases.every(({ balancer }) => shadowOf(balancer, i) !== undefined)
          ? shadowOf(view.phases[0].balancer, i)
          : undefined;
        const field = worker.lbset > 0 && isRegular(worker) ? 'lbset' : 'status';
        return when(
          shadow !== undefined,
          workerPath(i, field),
          `${shadow?.name} comes first and ignores errors (+I), so that it is never out; this worker never serves; remove I from ${shadow?.name}`,
        );
      }),
  },
  {
    code: 'standby-before-next-set',
    severity: 'warning',
    find: ({ balancer }) =>
      balancer.workers.flatMap((standby, i) => {
        if (!isStandby(standby) || looksAtAll(balancer)) return [];
        const later = balancer.workers.find(
          (worker) => worker.lbset > standby.lbset && isRegular(worker) && isUsable(worker),
        );
        return when(
          later !== undefined,
          workerPath(i, 'status'),
          `a standby of lbset ${standby.lbset}, while ${later?.name} is a regular worker of lbset ${later?.lbset}; a standby stands in for its own set, so that it serves before ${later?.name}; give it an lbset above ${later?.lbset} if it is the last resort`,
        );
      }),
  },
  {
    code: 'error-flag-lifts',
    severity: 'warning',
    find: ({ balancer }) =>
      balancer.workers.flatMap(({ status }, i) =>
        when(
          status.includes('E') && isUsable({ status }),
          workerPath(i, 'status'),
          'E is set at the start; the first pick that looks lifts it, as no retry time runs; to begin without the worker, use +D',
        ),
      ),
  },
  {
    code: 'ignores-errors',
    severity: 'warning',
    find: ({ balancer }) =>
      balancer.workers.flatMap(({ status }, i) =>
        when(
          status.includes('I'),
          workerPath(i, 'status'),
          'I is set; its failures are neither remembered nor tried elsewhere, so that each costs a request; remove I unless that is meant',
        ),
      ),
  },
  {
    code: 'draining-without-sticky',
    severity: 'warning',
    find: ({ phases, events, eventPath }) =>
      phases.flatMap(({ event, balancer }) => {
        const happened = event === null ? undefined : events[event];
        if (happened?.kind !== 'manager' || happened.worker === null) return [];
        return when(
          happened.change.status?.N === true && balancer.sticky === null,
          [...eventPath(event!), 'manager', 'status'],
          'draining on a balancer that is not sticky; there are no sessions to serve to their end, so that it does what +D does; use +D, or set stickysession',
        );
      }),
  },
];

/** Whether the method looks at every usable worker, whatever its set and flags. */
export function looksAtAll({ lbmethod }: BalancerSpec): boolean {
  return lbmethod.file === null && lbmethod.name === 'heartbeat';
}

/** Whether worker `index` may get a request, whatever fails elsewhere. */
export function canServe(balancer: BalancerSpec, index: number): boolean {
  const worker = balancer.workers[index]!;
  if (!isUsable(worker)) return false;
  if (looksAtAll(balancer) || isRedirectedTo(balancer, worker)) return true;
  if (worker.status.includes('N')) return false;
  if (!worker.status.includes('R')) return true;
  return balancer.workers.some((other) => other.lbset === worker.lbset && isRegular(other));
}

function anybodyServes(balancer: BalancerSpec): boolean {
  if (looksAtAll(balancer)) return balancer.workers.some(isUsable);
  return firstInLine(balancer.workers).size > 0;
}

/** Workers that have a letter of `cause` and none of `other` at the start, and serve in no phase. */
function neverServing({ phases }: BalancerView, cause: RegExp, other?: RegExp): number[] {
  return phases[0].balancer.workers.flatMap(({ status }, i) => {
    if (!cause.test(status) || other?.test(status)) return [];
    return phases.some(({ balancer }) => canServe(balancer, i)) ? [] : [i];
  });
}

/** A worker that is always offered before worker `index`: usable for ever, because it ignores errors. */
function shadowOf(balancer: BalancerSpec, index: number): MemberSpec | undefined {
  const worker = balancer.workers[index]!;
  if (looksAtAll(balancer) || isRedirectedTo(balancer, worker)) return undefined;
  return balancer.workers.find(
    (other) =>
      other.status.includes('I') &&
      isUsable(other) &&
      isRegular(other) &&
      !other.status.includes('N') &&
      (other.lbset < worker.lbset || (other.lbset === worker.lbset && isStandby(worker))),
  );
}

function isStandby({ status }: MemberSpec): boolean {
  return status.includes('H') && !status.includes('R');
}

/** Whether sessions of an unusable worker are sent here. */
function isRedirectedTo({ sticky, workers }: BalancerSpec, worker: MemberSpec): boolean {
  if (sticky === null || worker.route === '') return false;
  return workers.some((other) => other !== worker && other.redirect === worker.route);
}

function lettersOf({ balancer }: BalancerView, worker: number, letters: RegExp): string {
  return (balancer.workers[worker]!.status.match(letters) ?? []).join(' and ');
}
