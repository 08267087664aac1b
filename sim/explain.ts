/** The decision log: what every pick looked at, and why it went where it went. */
import {
  type Balancer,
  status as flags,
  type LbMethod,
  NONE,
  type Step,
  statusLetters,
  usable,
} from '../src/core/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import type { Flight } from './flights.ts';
import { Model, type Witness } from './model.ts';
import type { ProxyInstance } from './proxy.ts';
import { streams } from './streams.ts';

export interface WorkerView {
  readonly name: string;
  /** Whether this pick could have elected it. */
  readonly eligible: boolean;
  /** Why not, or what makes it special; empty for an ordinary candidate. */
  readonly why: string;
  /** Letters of its status flags before the pick. */
  readonly status: string;
  readonly lbfactor: number;
  /** Scores before and after the pick. */
  readonly lbstatus: readonly [number, number];
  readonly busy: readonly [number, number];
  /** Bytes sent and read so far; what bytraffic compares. */
  readonly traffic: number;
}

/** One pick. */
export interface Decision {
  /** Number of the request, from 1, in the order of arrival. */
  readonly request: number;
  /** Which try of the request this is, from 1; a failed try is followed by the next. */
  readonly attempt: number;
  /** Simulated seconds. */
  readonly at: number;
  /** Number of the proxy, from 1; absent when there is one. */
  readonly proxy?: number;
  /** The route the request carried; null without one. */
  readonly route: string | null;
  readonly workers: readonly WorkerView[];
  /** Name of the elected worker; null when there was none. */
  readonly elected: string | null;
  readonly rule: string;
}

export interface ExplainOptions {
  readonly scenario: Scenario;
  readonly lbmethod: LbMethod;
  readonly alternatives: readonly LbMethod[];
  /** First request to explain, from 1; or the first one that arrives at or after an instant. */
  readonly from: { readonly request: number } | { readonly atNs: number };
  readonly count: number;
}

/** Runs the scenario's first replication from an empty system until `count` requests are explained. */
export function explain({ scenario, from, count, ...methods }: ExplainOptions): Decision[] {
  const decisions: Decision[] = [];
  const requests = new Set<number>();
  let before: Snapshot | null = null;
  const wanted = ({ number: index, arrivedNs }: Flight) => {
    const number = index + 1;
    const begun = 'request' in from ? number >= from.request : arrivedNs >= from.atNs;
    if (!requests.has(number) && begun && requests.size < count) requests.add(number);
    return requests.has(number);
  };
  const witness: Witness = {
    before(flight) {
      before = wanted(flight) ? snapshot(flight.proxy) : null;
    },
    after(flight, step, nowNs) {
      if (before !== null) decisions.push(decision(model, flight, step, before, nowNs));
      const passed = flight.number + 1 > Math.max(...requests);
      if (requests.size === count && passed) model.stop();
    },
  };
  const stream = streams(scenario.seed, 0);
  const never = Number.POSITIVE_INFINITY;
  const model = new Model({ ...methods, scenario, stream, warmupNs: 0, binNs: never, witness });
  model.run();
  return decisions;
}

interface Snapshot {
  readonly status: Uint32Array;
  readonly lbstatus: Int32Array;
  readonly busy: Int32Array;
  readonly errorTimeNs: Float64Array;
}

function snapshot({ balancer: { workers } }: ProxyInstance): Snapshot {
  return {
    status: workers.status.slice(),
    lbstatus: workers.lbstatus.slice(),
    busy: workers.busy.slice(),
    errorTimeNs: workers.errorTimeNs.slice(),
  };
}

function decision(
  { options, clients }: Model,
  flight: Flight,
  step: Step,
  before: Snapshot,
  nowNs: number,
): Decision {
  const { balancer, index } = flight.proxy;
  const { workers, via } = balancer;
  const worker = via === 'nobody' || via === 'nofailover' ? NONE : flight.worker;
  const { workers: specs, proxies } = options.scenario.balancer;
  const { session, number, tries, triesBefore } = flight;
  const candidates = new Set(workers.candidate.slice(0, balancer.views.candidateCount[0]));
  const searched = via === 'search' || via === 'nobody';
  return {
    request: number + 1,
    attempt: triesBefore + tries + Number(worker === NONE),
    at: nowNs / 1e9,
    ...(proxies > 1 && { proxy: index + 1 }),
    route: session === NONE ? null : clients.sessions.routes[session],
    workers: specs.map(({ name }, row) => {
      const eligible = searched ? candidates.has(row) : row === worker;
      return {
        name,
        eligible,
        why: reason(balancer, row, eligible, searched, nowNs),
        status: statusLetters(before.status[row]),
        lbfactor: workers.lbfactor[row],
        lbstatus: [before.lbstatus[row], workers.lbstatus[row]],
        busy: [before.busy[row], workers.busy[row]],
        traffic: workers.transferred[row] + workers.read[row],
      };
    }),
    elected: worker === NONE ? null : specs[worker].name,
    rule: rule(balancer, step),
  };
}

/** The pick's outcome in words. */
function rule({ via, lbmethod, modifiers }: Balancer, step: Step): string {
  if (via === 'sticky') return 'sticky session: the worker whose route the request carries';
  if (via === 'redirect')
    return 'sticky session: the redirect of the worker whose route it carries';
  if (via === 'nofailover') return 'nofailover: its route is known, but no worker of it is usable';
  if (via === 'nobody')
    return step === 'wait' ? 'nobody usable yet: it waits' : 'nobody usable: 503';
  const waits = step === 'wait' ? ', waits for a connection' : '';
  const panics = modifiers?.panics ? ', in panic: too few workers are usable' : '';
  return `${lbmethod.name}: ${lbmethod.summary}${panics}${waits}`;
}

/** Why a worker could not be elected, most telling first. */
function reason(
  balancer: Balancer,
  worker: number,
  eligible: boolean,
  searched: boolean,
  nowNs: number,
): string {
  const { workers, modifiers } = balancer;
  const { status, errorTimeNs, retryNs, lbset } = workers;
  const bits = status[worker];
  const set = lbset[worker];
  const modified = modifiers?.why(worker, nowNs) ?? '';
  if (eligible) {
    const reserve = bits & flags.H ? 'standby, in use' : bits & flags.R ? 'spare, in use' : '';
    const troubled = usable(workers, worker) ? '' : 'not usable, but in panic';
    return [troubled, reserve, modified].filter(Boolean).join('; ');
  }
  if (bits & flags.D) return 'disabled';
  if (bits & flags.S) return 'stopped';
  if (bits & flags.U) return 'in shutdown';
  if (bits & flags.C) return 'health check failed';
  if (bits & flags.E) {
    const left = (errorTimeNs[worker] + retryNs[worker] - nowNs) / 1e9;
    return `in error, retried in ${left.toFixed(1)} s`;
  }
  if (!usable(workers, worker)) return modified;
  if (!searched) return 'usable, but the session leads elsewhere';
  if (bits & flags.N) return 'draining: only for its own sessions';
  if (bits & flags.R) return 'spare: no worker of its set to stand in for';
  if (bits & flags.H) return 'standby: a regular worker is usable';
  return set > 0 ? `set ${set}: a lower set serves` : 'not considered by the lbmethod';
}
