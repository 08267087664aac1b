/** A queue as theory describes it, as a scenario: mean service 1 ms, equal workers, Poisson arrivals. */
import { relaxationTime } from '../../src/scenario/load.ts';
import type { Check, SimulatedCase, Watch } from './case.ts';

export interface Station {
  readonly id: string;
  readonly title: string;
  /** Offered load of one slot. */
  readonly load: number;
  /** Thousands of requests measured, over all replications. */
  readonly thousands: number;
  /** 20 when missing. */
  readonly replications?: number;
  /** As a scenario writes them: exponential, Poisson and byrequests when missing. */
  readonly service?: string;
  readonly arrival?: string;
  /** Squared coefficient of variation of the service; 1 when missing. */
  readonly scv?: number;
  readonly lbmethod?: string;
  readonly workers?: number;
  /** Load factors, one a worker; equal when missing. */
  readonly factors?: readonly number[];
  readonly slots?: number;
  /** More fields of the backend. */
  readonly backend?: string;
  /** Threshold of slo.attained in ms. */
  readonly slo?: number;
  readonly watch?: () => Watch;
  readonly checks: readonly Check[];
}

/**
 * Starts empty; the warm-up is five relaxation times of M/M/c, longer by half of 1 + scv where services vary more, or 200
 * services if that is longer.
 */
export function station(queue: Station): SimulatedCase {
  const { id, title, load, replications = 20, slots = 1, scv = 1, watch, checks } = queue;
  const slower = Math.max(1, (1 + scv) / 2);
  const relaxedNs = load < 1 ? (5 * slower * relaxationTime(1e6, load)) / slots : 0;
  return {
    kind: 'simulated',
    id,
    title,
    replications,
    warmupNs: Math.round(Math.max(relaxedNs, 2e8)),
    ...(watch === undefined ? {} : { watch }),
    checks,
    text: (times) => textOf(queue, Math.ceil((queue.thousands * 1000 * times) / replications)),
  };
}

function textOf(queue: Station, requests: number): string {
  const { load, workers = 1, slots = 1, lbmethod = 'byrequests', backend = '' } = queue;
  const service = queue.service ?? '{ exponential: 1ms }';
  const arrival = queue.arrival ?? `{ poisson: ${load * workers * slots * 1000}/s }`;
  return `
run: { requests: ${requests} }
slo: ${queue.slo ?? 1}ms
balancer: { lbmethod: ${lbmethod}, workers: [ ${namesOf(workers, queue.factors)} ] }
backends: { app: { slots: ${slots}, service: ${service}, ${backend} } }
clients: [ { name: c, arrival: ${arrival} } ]`;
}

/** So many workers, as a scenario writes them. */
export const namesOf = (workers: number, factors: readonly number[] = []) =>
  Array.from(
    { length: workers },
    (_, i) => `{ name: w${i}, route: r${i}, loadfactor: ${factors[i] ?? 1} }`,
  ).join(', ');
