/** Sticky sessions: routes and redirects (spec: httpd 2.4, 4). */
import type { BalancerSpec } from '../../config/spec.ts';
import { isUsable } from '../load.ts';
import { type BalancerTrap, type BalancerView, when, workerPath } from './trap.ts';

export const stickyPath = ['balancer', 'stickysession'];
/** httpd keeps so many characters of a name. */
const NAME_MAX = 63;

export const stickiness: readonly BalancerTrap[] = [
  {
    code: 'sticky-without-routes',
    severity: 'error',
    find: (view) => {
      const sticky = stickyBalancer(view);
      const routes = sticky?.workers.filter(({ route }) => route !== '');
      return when(
        routes?.length === 0,
        stickyPath,
        'no worker has a route; no session ever comes back to its worker; give each worker a route',
      );
    },
  },
  {
    code: 'route-missing',
    severity: 'warning',
    find: (view) => {
      const workers = stickyBalancer(view)?.workers ?? [];
      if (workers.every(({ route }) => route === '')) return [];
      return workers.flatMap(({ route }, i) =>
        when(
          route === '',
          workerPath(i),
          'no route on a sticky balancer; sessions that begin here move with every request; give it a route',
        ),
      );
    },
  },
  {
    code: 'route-duplicate',
    severity: 'warning',
    find: (view) => {
      const workers = stickyBalancer(view)?.workers ?? [];
      const regular = workers.map(({ status, route }) => (status.includes('H') ? '' : route));
      return workers.flatMap(({ name, route, status }, i) => {
        const first = route === '' || status.includes('H') ? i : regular.indexOf(route);
        return when(
          first !== i,
          workerPath(i, 'route'),
          `the route of ${workers[first]?.name} again; sessions that begin on ${name} continue on ${workers[first]?.name} while that is usable; give each worker its own route, or make this one its standby (+H)`,
        );
      });
    },
  },
  {
    code: 'stickysession-cut',
    severity: 'error',
    find: ({ textOf }) => {
      const names = textOf(stickyPath)?.split('|') ?? [];
      return when(
        names.some((name) => name.length > NAME_MAX),
        stickyPath,
        `a name of more than ${NAME_MAX} characters; httpd cuts it without a word and then finds no session by it; use a shorter one`,
      );
    },
  },
  {
    code: 'redirect-nobody',
    severity: 'error',
    find: ({ phases: [{ balancer }] }) =>
      balancer.workers.flatMap((worker, i) =>
        when(
          worker.redirect !== '' &&
            !balancer.workers.some((other) => other !== worker && other.route === worker.redirect),
          workerPath(i, 'redirect'),
          `"${worker.redirect}" is the route of no other worker; sessions are not redirected but balanced anew; name the route of the worker to take over`,
        ),
      ),
  },
  {
    code: 'redirect-unused',
    severity: 'warning',
    find: (view) =>
      view.balancer.workers.flatMap(({ route, redirect }, i) => {
        const why =
          stickyBalancer(view) === undefined
            ? 'the balancer is not sticky'
            : 'the worker has no route';
        return when(
          redirect !== '' && (route === '' || stickyBalancer(view) === undefined),
          workerPath(i, 'redirect'),
          `${why}; only a session whose route leads here is redirected, and there is none; set stickysession and a route`,
        );
      }),
  },
  {
    code: 'redirect-cycle',
    severity: 'warning',
    find: ({ phases: [{ balancer }] }) =>
      balancer.workers.flatMap((_, i) =>
        when(
          isInDeadCycle(balancer, i),
          workerPath(i, 'redirect'),
          'redirects in a circle of workers that cannot serve; their sessions are balanced anew; redirect to a worker that can',
        ),
      ),
  },
  {
    code: 'nofailover-without-routes',
    severity: 'error',
    find: ({ phases }) => {
      const { balancer } = phases.find(({ balancer }) => balancer.nofailover) ?? {};
      const works = balancer?.sticky != null && balancer.workers.some(({ route }) => route !== '');
      return when(
        balancer !== undefined && !works,
        ['balancer', 'nofailover'],
        'nofailover without sticky routes; it holds back only requests whose route a worker has, so that all fail over; set stickysession and routes, or maxattempts: 0 for no failover at all',
      );
    },
  },
];

/** The balancer in its first phase that is sticky. */
export function stickyBalancer({ phases }: BalancerView): BalancerSpec | undefined {
  return phases.find(({ balancer }) => balancer.sticky !== null)?.balancer;
}

/** Whether the redirects from worker `start` lead back to it over workers none of which is usable. */
function isInDeadCycle({ workers }: BalancerSpec, start: number): boolean {
  let at = start;
  for (let step = 0; step < workers.length; step++) {
    const { redirect, ...worker } = workers[at]!;
    if (isUsable(worker) || redirect === '') return false;
    at = workers.findIndex(({ route }) => route === redirect);
    if (at < start) return false; // none, or a circle that is told where it begins
    if (at === start) return step > 0;
  }
  return false;
}
