/** How much traffic a scenario bears before it misses an objective. */
import { LabError } from '../../src/problems/errors.ts';
import { checkStability, offeredLoad } from '../../src/scenario/load.ts';
import { scaledArrivals } from '../../src/scenario/scaled.ts';
import type { LbMethodRef, Scenario } from '../../src/scenario/scenario.ts';
import { version } from '../../src/version.ts';
import { experiment } from '../experiment.ts';
import { runResult } from '../reduce.ts';
import type { ExpectationResult, MetricValue, Result, RunResult } from '../result.ts';
import { expectation } from '../statistics.ts';
import type { Job, Runner } from '../tasks.ts';
import { type Look, type More, search } from './search.ts';

/** Loads are searched from this share of what the workers can serve, */
const LOWEST = 0.01;
/** to this many times of it where queues are bounded and any load has a steady state. */
const BOUNDED_CEILING = 4;
const START = 0.7;

export interface CapacityOptions {
  /** Its `expect` lines are the objectives. */
  readonly scenario: Scenario;
  readonly lbmethod: LbMethodRef;
  /** Clients whose rates go up and down; null: every open one. */
  readonly only: readonly string[] | null;
  readonly precision: number;
  readonly replicationsMax: number;
  readonly runner: (job: Job) => Runner;
  readonly onLook: (look: CapacityLook) => void;
  /** Before the rates are looked at again with more replications. */
  readonly onMore?: (more: More) => void;
}

/** The scenario at one rate. */
export interface CapacityLook {
  /** Of all open clients together. */
  readonly requestsPerSecond: number;
  /** All varied rates times this. */
  readonly factor: number;
  readonly replications: number;
  readonly state: RunResult['state'];
  readonly verdict: 'holds' | 'unclear' | 'fails';
  readonly objectives: readonly ExpectationResult[];
}

export interface LbmethodCapacity {
  readonly lbmethod: string;
  /**
   * `never`: an objective is missed at the lowest rate; `always`: none is missed at the highest; `wide`: the replications
   * were spent before the interval was narrow; `no data`: an objective has no value in such a run.
   */
  readonly state: 'found' | 'never' | 'always' | 'wide' | 'no data';
  /** null when there is none. An end of the interval that was not found is null. */
  readonly requestsPerSecond: {
    readonly mean: number;
    readonly ci95: readonly [number, number | null];
    readonly unit: '1/s';
  } | null;
  /** Times the scenario's own rates. */
  readonly factor: number | null;
  /** Of what the usable workers serve at most. */
  readonly load: number | null;
  readonly looks: readonly CapacityLook[];
}

export interface CapacityResult {
  readonly format: 'fairlead/capacity@1';
  readonly version: string;
  readonly scenario: Result['scenario'];
  readonly objectives: readonly string[];
  /** Of each objective, in its metric's unit. */
  readonly bounds: readonly number[];
  readonly without: readonly string[];
  readonly precision: number;
  readonly capacities: readonly LbmethodCapacity[];
}

interface RateLook extends Look {
  readonly look: CapacityLook;
}

/** Searches the capacity under one lbmethod. @throws InvariantError */
export async function capacityOf(options: CapacityOptions): Promise<LbmethodCapacity> {
  const { scenario, lbmethod, precision, replicationsMax } = options;
  const { perSecond, servable, ceiling, bounded } = boundsOf(options);
  const look = async (factor: number, replications: number) => {
    const seen = await lookAt(options, factor, perSecond(factor), replications);
    options.onLook(seen.look);
    return seen;
  };
  const name = lbmethod.name;
  const nothing = { requestsPerSecond: null, factor: null, load: null };
  const start = Math.max(ceiling * LOWEST, (bounded ? ceiling / BOUNDED_CEILING : ceiling) * START);
  const replicationsMin = Math.min(replicationsMax, firstReplications(scenario));
  const first = await look(start, replicationsMin);
  if (hasNoData(first.look)) {
    return { lbmethod: name, state: 'no data', ...nothing, looks: [first.look] };
  }
  const found = await search<RateLook>({
    look,
    lowest: ceiling * LOWEST,
    ceiling,
    failsAtCeiling: !bounded,
    first,
    precision,
    replicationsMin,
    replicationsMax,
    ...(options.onMore && { onMore: options.onMore }),
  });
  const looks = found.looks.map(({ look }) => look);
  // Where runs become too short for a quantile before the objective holds, nothing is known of lower rates.
  if (found.state === 'never' && looks.slice(0, 1).some(hasNoData)) {
    return { lbmethod: name, state: 'no data', ...nothing, looks };
  }
  if (found.state === 'never' || found.state === 'always') {
    return { lbmethod: name, state: found.state, ...nothing, looks };
  }
  const high = found.high === Infinity ? null : perSecond(found.high);
  const mean = perSecond(found.point);
  const low = found.low === 0 ? 0 : perSecond(found.low);
  return {
    lbmethod: name,
    state: found.state,
    requestsPerSecond: { mean, ci95: [low, high], unit: '1/s' },
    factor: found.point,
    load: mean / servable,
    looks,
  };
}

/** At each rate of the first round. */
export function firstReplications({ run }: Scenario): number {
  return Math.max(10, run.replications);
}

function hasNoData({ objectives }: CapacityLook): boolean {
  return objectives.some(({ verdict }) => verdict === 'no data');
}

/** The document of all lbmethods. */
export function capacityResult(
  { name, sha256, seed, expect }: Scenario,
  without: readonly string[],
  precision: number,
  capacities: readonly LbmethodCapacity[],
): CapacityResult {
  return {
    format: 'fairlead/capacity@1',
    version,
    scenario: { name, sha256, seed },
    objectives: expect.map(({ text }) => text),
    bounds: expect.map(({ bound }) => bound),
    without,
    precision,
    capacities,
  };
}

/** What the rates add up to, and how far they can go. */
function boundsOf({ scenario, only }: Pick<CapacityOptions, 'scenario' | 'only'>) {
  const rateAt = (factor: number) =>
    offeredLoad(scaledArrivals(scenario, factor, only)).requestsPerSecond!;
  const one = rateAt(1);
  const slope = rateAt(2) - one; // of the clients that are varied
  const rest = one - slope;
  const servable = offeredLoad(scenario).capacityPerSecond;
  const bounded = !refuses(scaledArrivals(scenario, Math.max(2, (2 * servable) / slope), only));
  const most = (bounded ? BOUNDED_CEILING : 1) * servable;
  return {
    perSecond: (factor: number) => rest + factor * slope,
    servable,
    ceiling: Math.max(0, most - rest) / slope,
    bounded,
  };
}

/** Whether its queues would grow for ever. */
function refuses(scenario: Scenario): boolean {
  try {
    checkStability(scenario);
    return false;
  } catch (error) {
    if (error instanceof LabError) return true;
    throw error;
  }
}

async function lookAt(
  { scenario, lbmethod, only, runner }: CapacityOptions,
  factor: number,
  requestsPerSecond: number,
  replications: number,
): Promise<RateLook> {
  const job = { scenario: scaledArrivals(scenario, factor, only), lbmethods: [lbmethod] };
  const running = await experiment({ ...job, run: runner(job) });
  await running.extend(replications);
  const { state, expect } = runResult(job.scenario, lbmethod, running.warmup, running.arms[0]!);
  const grows = state === 'unstable';
  const surelyHolds = !grows && expect.every(({ verdict }) => verdict === 'met');
  const surelyFails =
    grows || expect.some(({ verdict }) => verdict === 'missed' || verdict === 'no data');
  const holds = !surelyFails && expect.every(({ value }, i) => meanHolds(scenario, i, value));
  const verdict = surelyHolds ? 'holds' : surelyFails ? 'fails' : 'unclear';
  const look = {
    requestsPerSecond,
    factor,
    replications,
    state,
    verdict,
    objectives: expect,
  } as const;
  const gap = grows ? unknownGap : gapOf(job.scenario, expect);
  return { at: factor, surelyHolds, holds, surelyFails, gap, look };
}

const unknownGap: Look['gap'] = { best: Infinity, mean: Infinity, worst: Infinity };

/** That of the objective which is furthest from holding. */
function gapOf(scenario: Scenario, expect: readonly ExpectationResult[]): Look['gap'] {
  const gaps = expect.map(({ value }, i) => {
    const { comparator, bound } = scenario.expect[i]!;
    if (value === null) return unknownGap;
    const sign = comparator.startsWith('<') ? 1 : comparator.startsWith('>') ? -1 : Number.NaN;
    const of = (metric: number) => sign * Math.log(metric / bound);
    const ends = (value.ci95 ?? [value.mean, value.mean]).map(of);
    return { best: Math.min(...ends), mean: of(value.mean), worst: Math.max(...ends) };
  });
  const most = (key: keyof Look['gap']) => Math.max(...gaps.map((gap) => gap[key]));
  return { best: most('best'), mean: most('mean'), worst: most('worst') };
}

function meanHolds({ expect }: Scenario, i: number, value: MetricValue | null): boolean {
  const { comparator, bound } = expect[i]!;
  return (
    value !== null && expectation(comparator, bound, { mean: value.mean, ci95: null }) === 'met'
  );
}
