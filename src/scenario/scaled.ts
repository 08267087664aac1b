/** The same scenario with more or less traffic, or with workers out. */
import type { ArrivalSpec, Scenario, TraceSpec } from './scenario.ts';

/** Whether a client's traffic can be scaled: that of closed clients follows from their number. */
export function isOpen({ kind }: ArrivalSpec): boolean {
  return kind !== 'closed';
}

/** Rates of open clients times `factor` (above 0); with `only`, of those clients alone. Shapes and draws stay. */
export function scaledArrivals(
  scenario: Scenario,
  factor: number,
  only: readonly string[] | null = null,
): Scenario {
  const clients = scenario.clients.map((client) =>
    only === null || only.includes(client.name)
      ? { ...client, arrival: scaled(client.arrival, factor) }
      : client,
  );
  return { ...scenario, clients };
}

function scaled(arrival: ArrivalSpec, factor: number): ArrivalSpec {
  switch (arrival.kind) {
    case 'poisson':
    case 'constant':
      return { ...arrival, perSecond: arrival.perSecond * factor };
    case 'mmpp': {
      const states = arrival.states.map((state) => ({
        ...state,
        perSecond: state.perSecond * factor,
      }));
      return { ...arrival, states };
    }
    case 'profile':
      return { ...arrival, perSecond: arrival.perSecond.map((rate) => rate * factor) };
    case 'trace':
      return { ...arrival, trace: fasterTrace(arrival.trace, factor) };
    case 'closed':
      return arrival;
  }
}

/** The same entries in a `factor`-th of the time, to whole nanoseconds. */
export function fasterTrace(trace: TraceSpec, factor: number): TraceSpec {
  if (factor === 1) return trace;
  const faster = (ns: number) => Math.round(ns / factor);
  const resolutionNs = Math.max(1, faster(trace.resolutionNs));
  return { ...trace, atNs: trace.atNs.map(faster), resolutionNs };
}

/** Those workers disabled from the start, as status +D does: the others get their share. */
export function withoutWorkers(scenario: Scenario, names: readonly string[]): Scenario {
  const workers = scenario.balancer.workers.map((worker) =>
    names.includes(worker.name) ? { ...worker, status: `${worker.status}D` } : worker,
  );
  return { ...scenario, balancer: { ...scenario.balancer, workers } };
}
