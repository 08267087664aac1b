/** Whether the run can answer what `expect` asks. */
import { firstInLine, relaxationNs } from '../load.ts';
import { meanOf } from '../means.ts';
import { metricOf } from '../metrics.ts';
import type { Scenario } from '../scenario.ts';
import { round, seconds, type Trap, type View, when } from './trap.ts';

/** Requests of a replication below which a percentile rests on fewer than ten of them. */
const requestsFor: Readonly<Record<string, number>> = {
  'sojourn.p90': 100,
  'sojourn.p95': 200,
  'sojourn.p99': 1000,
};

/** In fewer relaxation times than this there are too few long busy periods for a p99 that is like the truth. */
const RELAXATIONS_MIN = 100;

export const window: readonly Trap[] = [
  {
    code: 'p999-absent',
    severity: 'error',
    find: (view) =>
      asked(view, (metric) => metric === 'sojourn.p999').flatMap((index) =>
        when(
          (expectedRequests(view) ?? Number.POSITIVE_INFINITY) <
            metricOf('sojourn.p999')!.requests!,
          ['expect', index],
          `about ${round(expectedRequests(view) ?? 0)} requests per replication; sojourn.p999 is absent below 10 000; run longer`,
        ),
      ),
  },
  {
    code: 'percentile-short',
    severity: 'warning',
    find: (view) =>
      asked(view, (metric) => metric in requestsFor).flatMap((index) => {
        const metric = String(view.scenario.expect[index]!.metric);
        const requests = expectedRequests(view) ?? Number.POSITIVE_INFINITY;
        return when(
          requests < requestsFor[metric]!,
          ['expect', index],
          `about ${round(requests)} requests per replication; fewer than ten of them lie beyond ${metric}, which then says little; run for at least ${requestsFor[metric]} requests`,
        );
      }),
  },
  {
    code: 'percentile-optimistic',
    severity: 'warning',
    find: (view) =>
      asked(view, (metric) => /^sojourn\.p99/.test(metric)).flatMap((index) => {
        const { total } = view.load;
        const endNs = expectedEndNs(view);
        if (total === null || total >= 1 || endNs === null) return [];
        const stations = firstInLine(view.scenario.balancer.workers).size;
        const relaxations = (stations * endNs) / relaxationNs(view.scenario, total);
        return when(
          relaxations < RELAXATIONS_MIN,
          ['expect', index],
          `the workers together forget their state only about ${round(relaxations)} times in a replication at load ${round(total)}; 95 % intervals of high percentiles then lie low and are too narrow (M/M/1 at load 0.8: they hold the truth in 68 % of the cases at 28 such times, 85 % at 70, 94 % at 280); run for ${seconds((endNs * 3 * RELAXATIONS_MIN) / relaxations)} or more`,
        );
      }),
  },
  {
    code: 'one-replication',
    severity: 'warning',
    find: ({ scenario: { run } }) =>
      when(
        run.replications === 1,
        ['run', 'replications'],
        'one replication gives no interval; no difference and no expectation can be told from chance; use 5 or more',
      ),
  },
  {
    code: 'expect-without-sessions',
    severity: 'error',
    find: (view) =>
      asked(view, (metric) => /^(?:sessions|sticky)\./.test(metric)).flatMap((index) =>
        when(
          view.scenario.clients.every(({ session }) => session === null),
          ['expect', index],
          'no client has sessions; the metric is absent and cannot be met; give a client session: { requests: … }',
        ),
      ),
  },
  {
    code: 'expect-without-crash',
    severity: 'error',
    find: (view) =>
      asked(view, (metric) => metric.startsWith('failover.')).flatMap((index) =>
        when(
          [...view.scenario.events, ...view.scenario.faults].every(({ kind }) => kind !== 'crash'),
          ['expect', index],
          'nothing crashes a worker; the metric is absent and cannot be met; add an event { at: …, worker: …, crash: … }',
        ),
      ),
  },
  {
    code: 'recovery-unseen',
    severity: 'warning',
    find: (view) =>
      asked(view, (metric) => metric === 'failover.recover').flatMap((index) => {
        const endNs = expectedEndNs(view) ?? Number.POSITIVE_INFINITY;
        const crashes = view.scenario.events.filter(({ kind }) => kind === 'crash');
        return when(
          crashes.length > 0 &&
            crashes.every((event) => event.kind === 'crash' && event.atNs + event.forNs >= endNs),
          ['expect', index],
          'every crash outlasts the run; nothing recovers while it is measured; run longer, or crash earlier',
        );
      }),
  },
];

/** When the measured window ends, from the means; null when closed clients set the pace. */
export function expectedEndNs({ scenario, load }: View): number | null {
  const { durationNs, requests } = scenario.run;
  if (durationNs !== null) return durationNs;
  if (hasClosed(scenario) || load.requestsPerSecond === null) return null;
  const traceNs = Math.max(
    0,
    ...scenario.clients.map(({ arrival }) =>
      arrival.kind === 'trace' ? arrival.trace.atNs.at(-1)! + arrival.trace.resolutionNs : 0,
    ),
  );
  return requests === null ? traceNs : (requests / load.requestsPerSecond) * 1e9;
}

/** Requests of one replication, from the means; at most so many where closed clients set the pace. */
function expectedRequests(view: View): number | null {
  const { run, clients } = view.scenario;
  if (run.requests !== null) return run.requests;
  const endNs = expectedEndNs(view);
  if (endNs === null) return null;
  const closed = clients.map(({ arrival, session }) => {
    if (arrival.kind !== 'closed') return 0;
    const requests = session === null ? 1 : meanOf(session.requests);
    const thinkNs = session === null ? 0 : meanOf(session.think) * (requests - 1);
    return (arrival.users * requests) / (meanOf(arrival.think) + thinkNs);
  });
  const perNs = (view.load.requestsPerSecond ?? 0) / 1e9;
  return closed.reduce((sum, rate) => sum + rate, perNs) * endNs;
}

function hasClosed({ clients }: Scenario): boolean {
  return clients.some(({ arrival }) => arrival.kind === 'closed');
}

/** Indices of the `expect` lines whose metric of the whole run is `wanted`. */
function asked({ scenario }: View, wanted: (metric: string) => boolean): number[] {
  return scenario.expect.flatMap(({ metric }, index) =>
    typeof metric === 'string' && wanted(metric) ? [index] : [],
  );
}
