/** One replication of a case: a value for each of its checks. */
import { lbmethodOf } from '../../src/config/lbmethod-of.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { replicate } from '../replication.ts';
import { streams } from '../streams.ts';
import type { CountedCase, SimulatedCase } from './case.ts';

/** How much, and from which chance. */
export interface Effort {
  readonly seed: string;
  /** Multiplies the requests. */
  readonly times: number;
}

export interface Measured {
  readonly values: Float64Array;
  readonly requests: number;
  /** Invariants that do not hold. */
  readonly broken: readonly string[];
}

/** A case's scenario; each case has a seed of its own. */
export function scenarioOf({ id, title, text }: SimulatedCase, { seed, times }: Effort): Scenario {
  const own = JSON.stringify(`${seed}/${id}/${title}`);
  return parseScenario(`seed: ${own}\n${text(times)}`, `${id}.yaml`);
}

/** Replications `from` up to `to` of a case without time. */
export function count(one: CountedCase, { seed }: Effort, from: number, to: number): Measured[] {
  const { picks } = one;
  return Array.from({ length: to - from }, (_, i) => {
    const values = one.count(streams(`${seed}/${one.id}/${one.title}`, from + i));
    return { values: Float64Array.from(values), requests: picks, broken: [] };
  });
}

/** Replications `from` up to `to` of a case. */
export async function measure(
  one: SimulatedCase,
  effort: Effort,
  from: number,
  to: number,
): Promise<Measured[]> {
  const scenario = scenarioOf(one, effort);
  const lbmethod = await lbmethodOf(scenario.balancer.lbmethod);
  const { warmupNs, binNs = Number.POSITIVE_INFINITY, watch, checks } = one;
  const task = { scenario, lbmethod, alternatives: [], warmupNs, binNs };
  return Array.from({ length: to - from }, (_, i) => {
    const watching = watch?.();
    const witness = watching === undefined ? {} : { witness: watching.witness };
    const run = replicate({ ...task, ...witness, replication: from + i });
    const seen = watching?.value() ?? Number.NaN;
    const values = Float64Array.from(checks, (check) => check.measure(run, seen));
    return { values, requests: run.requests, broken: run.broken };
  });
}
