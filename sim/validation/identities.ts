/** Trajectories that must agree request by request. */
import { type LbMethod, lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { distributionOf } from '../distributions/index.ts';
import { Model, type Witness } from '../model.ts';
import { streams } from '../streams.ts';
import type { Compared } from './case.ts';

export interface Run {
  readonly text: string;
  readonly seed: string;
  readonly requests: number;
  readonly lbmethod?: LbMethod;
  readonly witness?: Witness;
}

/** Sojourn of each request in ms, by arrival, of one replication from empty and without warm-up. */
export function sojourns({ text, seed, requests, lbmethod, witness }: Run): Float64Array {
  const scenario = parseScenario(`seed: ${JSON.stringify(seed)}\n${text}`, 'identity.yaml');
  const curve = {
    sojourns: new Float64Array(requests).fill(Number.NaN),
    arrivedNs: new Float64Array(requests),
  };
  const model = new Model({
    scenario,
    lbmethod: lbmethod ?? registered(scenario.balancer.lbmethod.name),
    alternatives: lbmethods,
    stream: streams(scenario.seed, 0),
    warmupNs: 0,
    binNs: Number.POSITIVE_INFINITY,
    curve,
    ...(witness === undefined ? {} : { witness }),
  });
  model.run();
  return curve.sojourns;
}

/** The lbmethod of that name. */
export function registered(name: string): LbMethod {
  const method = lbmethods.find((known) => known.name === name);
  if (method === undefined) throw new Error(`fairlead validate: no lbmethod ${name}`);
  return method;
}

/** `factor` times every value of `a` beside `b`. */
export function compared(a: Float64Array, b: Float64Array, factor = 1): Compared {
  let largest = a.length === b.length ? 0 : Number.NaN;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(factor * a[i] - b[i]) / Math.abs(b[i]);
    if (!(difference <= largest)) largest = difference; // NaN stays
  }
  return { values: a.length, largest };
}

/**
 * Each request to the worker with the least work left, which only a simulator knows: the method is told the demand of
 * the request that comes, and keeps account of when each worker will be idle.
 */
export function leastWorkLeft(workers: number, service: Parameters<typeof distributionOf>[0]) {
  const law = distributionOf(service);
  const idleNs = new Float64Array(workers);
  let demandNs = 0;
  const lbmethod: LbMethod = {
    name: 'least-work-left',
    summary: 'the worker that will be idle first',
    source: 'textbook; ties to the earlier worker',
    elect(_, { ids, count }, nowNs) {
      let best = ids[0];
      for (let i = 1; i < count; i++) if (idleNs[ids[i]] < idleNs[best]) best = ids[i];
      idleNs[best] = Math.max(nowNs, idleNs[best]) + demandNs;
      return best;
    },
  };
  const witness: Witness = {
    before({ serviceUniform }) {
      demandNs = Math.round(law.sample(serviceUniform));
    },
    after() {},
  };
  return { lbmethod, witness };
}
