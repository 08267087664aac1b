/** Load factors, and lbmethods that do not do what their names promise (spec: httpd 3, 12). */
import type { BalancerSpec, MemberSpec } from '../../config/spec.ts';
import { hundredths } from '../../core/index.ts';
import { isUsable } from '../load.ts';
import type { Phases } from './phases.ts';
import { looksAtAll } from './sets.ts';
import { type BalancerTrap, type Finding, when, workerPath } from './trap.ts';

export const methodPath = ['balancer', 'lbmethod'];

export const weights: readonly BalancerTrap[] = [
  {
    code: 'loadfactor-cut',
    severity: 'warning',
    find: ({ balancer, events, eventPath }) => [
      ...balancer.workers.flatMap((worker, i) =>
        cut(worker.loadfactor, workerPath(i, 'loadfactor')),
      ),
      ...events.flatMap((event, i) =>
        event.kind === 'manager' && 'loadfactor' in event.change
          ? cut(event.change.loadfactor ?? 1, [...eventPath(i), 'manager', 'loadfactor'])
          : [],
      ),
    ],
  },
  {
    code: 'bybusyness-ignores-factors',
    severity: 'warning',
    find: (view) =>
      underMethod(view, 'bybusyness', (balancer) =>
        when(
          factorsDiffer(balancer),
          methodPath,
          'load factors differ, but bybusyness uses them only between workers with equally many requests in flight; faster workers get more because they are done sooner, not by their factors; use byrequests for shares by factor',
        ),
      ),
  },
  {
    code: 'heartbeat-ignores',
    severity: 'warning',
    find: (view) =>
      underMethod(view, 'heartbeat', (balancer) => {
        const ignored = [
          ...(factorsDiffer(balancer) ? ['load factors'] : []),
          ...(balancer.workers.some(({ lbset }) => lbset > 0) ? ['lbsets'] : []),
          ...(['H', 'R', 'N'] as const)
            .filter((letter) => balancer.workers.some(({ status }) => status.includes(letter)))
            .map((letter) => `status ${letter}`),
        ];
        return when(
          ignored.length > 0,
          methodPath,
          `heartbeat ignores ${ignored.join(', ')}; it splits by the idle slots that hosts report and by nothing else; use another lbmethod, or +D`,
        );
      }),
  },
];

function cut(written: number, path: Finding['path']): readonly Finding[] {
  const kept = hundredths(written) / 100;
  return when(
    kept !== written,
    path,
    `${written} is kept as ${kept}; httpd cuts load factors to hundredths in binary floating point; write ${kept}, or scale all load factors to whole numbers`,
  );
}

/** What `find` says of the first phase under lbmethod `name`. */
export function underMethod<M extends MemberSpec>(
  { phases }: { readonly phases: Phases<M> },
  name: string,
  find: (balancer: BalancerSpec<M>) => readonly Finding[],
): readonly Finding[] {
  const phase = phases.find(
    ({ balancer: { lbmethod } }) => lbmethod.file === null && lbmethod.name === name,
  );
  return phase === undefined ? [] : find(phase.balancer);
}

function factorsDiffer(balancer: BalancerSpec): boolean {
  const serving = balancer.workers.filter(
    (worker) => isUsable(worker) && (looksAtAll(balancer) || !/[HRN]/.test(worker.status)),
  );
  return new Set(serving.map(({ loadfactor }) => hundredths(loadfactor))).size > 1;
}
