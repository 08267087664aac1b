/** How much a replication will be, from the means alone: sizes of pilots and of time bins. */
import { offeredLoad } from '../src/scenario/load.ts';
import { meanOf } from '../src/scenario/means.ts';
import type { Scenario } from '../src/scenario/scenario.ts';

/** Requests per second of all clients; closed ones as if nobody ever waited. */
export function expectedRate(scenario: Scenario): number {
  const serviceNs = Math.min(...scenario.backends.map(({ service }) => meanOf(service)));
  const closed = scenario.clients.map(({ arrival, session }) => {
    if (arrival.kind !== 'closed') return 0;
    const requests = session === null ? 1 : meanOf(session.requests);
    const thinkNs = session === null ? 0 : meanOf(session.think);
    const cycleNs = meanOf(arrival.think) + requests * (serviceNs + thinkNs) - thinkNs;
    return (arrival.users * requests * 1e9) / cycleNs;
  });
  const open = offeredLoad(scenario).requestsPerSecond ?? 0;
  return closed.reduce((sum, rate) => sum + rate, open);
}

/** Requests of one replication's window. */
export function expectedRequests(scenario: Scenario): number {
  const { requests, durationNs } = scenario.run;
  if (requests !== null) return requests;
  const seconds = (durationNs ?? traceNs(scenario)) / 1e9;
  return Math.max(1, Math.ceil(expectedRate(scenario) * seconds));
}

/** Length of one replication's window. */
export function expectedNs(scenario: Scenario): number {
  const { requests, durationNs } = scenario.run;
  if (durationNs !== null) return durationNs;
  if (requests === null) return traceNs(scenario);
  return (requests / expectedRate(scenario)) * 1e9;
}

function traceNs({ clients }: Scenario): number {
  const lengths = clients.map(({ arrival }) =>
    arrival.kind === 'trace' ? arrival.trace.atNs.at(-1)! + arrival.trace.resolutionNs : 0,
  );
  return Math.max(...lengths);
}
