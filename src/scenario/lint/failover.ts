/** Tries, recovery, and what puts a worker in error (spec: httpd 2.3, 5, 12). */
import { isUsable } from '../load.ts';
import { type BalancerTrap, type BalancerView, when, whenAll, workerPath } from './trap.ts';

/** httpd's `Timeout`, which a worker without its own waits for unless `ProxyTimeout` says otherwise. */
const HTTPD_TIMEOUT_NS = 60e9;

export const failover: readonly BalancerTrap[] = [
  {
    code: 'single-worker',
    severity: 'warning',
    find: ({ balancer }) => {
      const tries = balancer.maxattempts ?? 0;
      const what =
        tries === 0
          ? "a failed request is not tried again (httpd's manual says once)"
          : 'further tries go to the worker that has just failed';
      return whenAll(
        balancer.workers.length === 1,
        ['balancer', 'workers'],
        `one worker; there is nobody to fail over to, and ${what}; add a worker`,
      );
    },
  },
  {
    code: 'maxattempts-ignored',
    severity: 'error',
    find: ({ balancer, events, eventPath }) =>
      events.flatMap((event, i) =>
        when(
          event.kind === 'manager' &&
            event.worker === null &&
            event.change.maxattempts !== undefined &&
            balancer.workers.length === 1 &&
            balancer.maxattempts === null,
          [...eventPath(i), 'manager', 'maxattempts'],
          'a single worker whose balancer was not configured with maxattempts; httpd stores the value and does not use it; write maxattempts into the balancer',
        ),
      ),
  },
  {
    code: 'no-failover',
    severity: 'warning',
    find: ({ balancer }) =>
      when(
        balancer.maxattempts === 0 && balancer.workers.length > 1,
        ['balancer', 'maxattempts'],
        '0 tries after the first; the request that finds a worker dead is answered 503, whoever else could serve it; leave it out for one try on each worker',
      ),
  },
  {
    code: 'maxattempts-cycles',
    severity: 'warning',
    find: ({ balancer }) => {
      const { maxattempts, workers, forcerecovery } = balancer;
      return when(
        forcerecovery && workers.length > 1 && (maxattempts ?? 0) >= workers.length,
        ['balancer', 'maxattempts'],
        `${maxattempts} further tries on ${workers.length} workers; when all are down, forced recovery sends each request round the dead ones again; at most ${workers.length - 1} are of use`,
      );
    },
  },
  {
    code: 'forcerecovery-defeated',
    severity: 'warning',
    find: ({ balancer }) => {
      if (!balancer.forcerecovery || balancer.workers.length < 3) return [];
      const out = balancer.workers.findIndex(
        (worker) =>
          (!isUsable(worker) || worker.status.includes('N')) && !worker.status.includes('E'),
      );
      return when(
        out >= 0 && balancer.workers.some((worker) => isUsable(worker)),
        workerPath(out, 'status'),
        'a worker that does not serve and is not in error either; forced recovery needs every worker in error, so that it never happens: when the others fail, all is 503 until a retry time ends; remove the worker, or shorten retry',
      );
    },
  },
  {
    code: 'retry-zero',
    severity: 'warning',
    find: ({ balancer }) =>
      balancer.workers.flatMap(({ retrySeconds }, i) =>
        when(
          retrySeconds === 0,
          workerPath(i, 'retry'),
          'retry is 0; a worker that has just failed may be tried again by the same request, and by every later one; use 1s or more',
        ),
      ),
  },
  {
    code: 'acquire-marks-error',
    severity: 'warning',
    find: ({ balancer }) =>
      balancer.workers.flatMap(({ max, acquireNs, retrySeconds }, i) =>
        when(
          max > 0 && acquireNs !== null,
          workerPath(i, 'acquire'),
          `a request that waits longer than acquire for one of ${max} connections puts the worker in error, healthy as it is; it is out for ${retrySeconds} s and the others get its load; raise acquire, or shorten retry`,
        ),
      ),
  },
  {
    code: 'acquire-unused',
    severity: 'warning',
    find: ({ balancer }) =>
      balancer.workers.flatMap(({ max, acquireNs }, i) =>
        when(
          max === 0 && acquireNs !== null,
          workerPath(i, 'acquire'),
          'acquire without max; connections are unlimited and nobody waits for one; set max, or remove acquire',
        ),
      ),
  },
  {
    code: 'balancer-timeout',
    severity: 'warning',
    find: ({ balancer }) =>
      when(
        balancer.timeoutSeconds > 0,
        ['balancer', 'timeout'],
        'it does not wait for busy workers, only while none is usable, and for one request at a time: the others are answered 503 at once; for the wait for an answer, set timeout on the workers',
      ),
  },
  {
    code: 'failonstatus-success',
    severity: 'error',
    find: ({ balancer }) => {
      const codes = balancer.failonstatus.filter((code) => code < 400);
      return when(
        codes.length > 0,
        ['balancer', 'failonstatus'],
        `${codes.join(', ')} is no failure; each such answer puts a healthy worker in error; list the codes of a broken worker, such as 500, 502 and 503`,
      );
    },
  },
  {
    code: 'failonstatus-client-error',
    severity: 'warning',
    find: ({ balancer }) => {
      const codes = balancer.failonstatus.filter((code) => code >= 400 && code < 500);
      return when(
        codes.length > 0,
        ['balancer', 'failonstatus'],
        `${codes.join(', ')} is the client's fault; one wrong request takes a healthy worker out; list codes from 500`,
      );
    },
  },
  {
    code: 'failontimeout-without-timeout',
    severity: 'warning',
    find: (view) =>
      when(
        view.balancer.failontimeout &&
          firstTimed(view) < 0 &&
          view.balancer.workers.every(({ timeoutNs }) => timeoutNs >= HTTPD_TIMEOUT_NS),
        ['balancer', 'failontimeout'],
        'no worker has a timeout of its own; a worker that hangs is noticed only after 60 s; set timeout on the workers',
      ),
  },
  {
    code: 'timeout-keeps-worker',
    severity: 'warning',
    find: (view) => {
      const timed = firstTimed(view);
      return when(
        timed >= 0 && !view.balancer.failontimeout && !view.handsOn,
        workerPath(timed, 'timeout'),
        'a wait that ends by timeout is answered 502, without another try and without putting the worker in error; a worker that hangs goes on getting requests; set failontimeout: On',
      );
    },
  },
];

/** The first worker with a timeout of its own; -1 for none. */
function firstTimed({ balancer, isWritten }: BalancerView): number {
  return balancer.workers.findIndex((_, i) => isWritten(workerPath(i, 'timeout')));
}
