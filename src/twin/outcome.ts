/** What both arms of a twin come to. */
import { runResult } from '../../sim/reduce.ts';
import type { Replication } from '../../sim/replication.ts';
import { type MetricName, metricNames } from '../scenario/metrics.ts';
import type { LbMethodRef } from '../scenario/scenario.ts';
import { version } from '../version.ts';
import { rowsOf } from './compare.ts';
import { decisionsOf, type PickWitness } from './decisions.ts';
import type { LiveArm } from './live.ts';
import type { Plan } from './plan.ts';
import type { Decisions, Machine, TwinResult, TwinRow } from './result.ts';
import { type Capability, timesOf } from './warm-up.ts';

/** The path may take this share of the simulated median; beyond, times tell of the machine and not of the policy. */
const PATH_MAX = 0.5;
/** A machine should do so many times the rate that is asked for; below, requests wait for it. */
const HEADROOM = 2;

/** The simulated arm. */
export interface Simulated {
  /** With the live run's own requests. */
  readonly same: Replication;
  readonly others: readonly Replication[];
  /** Watched `same`. */
  readonly witness: PickWitness;
}

/** Sentences, none if all is well. */
export function capabilityNotes({ rate }: Plan, { perSecond }: Capability): string[] {
  if (perSecond >= HEADROOM * rate) return [];
  return [
    `this machine does about ${Math.round(perSecond)} requests/s through proxy and backend, and the scenario asks for ${Math.round(rate)}: they will wait for the machine; a lower rate or an idle machine tells more`,
  ];
}

export function outcomeOf(
  plan: Plan,
  lbmethod: LbMethodRef,
  { same, others, witness }: Simulated,
  live: LiveArm,
): TwinResult {
  const { scenario, seconds } = plan;
  const { numbers, arrived } = live;
  const workers = scenario.balancer.workers.map(({ name }) => name);
  const machine = machineOf(plan, live);
  const { path, idle, late } = machine;
  const allowanceMs = path === null ? idle.p99 + late.p99 : path.p99;
  const tooSlow = tooSlowNotes(plan, live, allowanceMs, metricValue(same, 'sojourn.p50'));
  const judgesTimes = tooSlow.length === 0;
  const rows = rowsOf({ same, others, live: numbers, workers, allowanceMs, judgesTimes });
  const failed = metricValue(same, 'errors.rate') + metricValue(numbers, 'errors.rate');
  const decisions = decisionsOf(scenario, lbmethod.name, witness, live, failed === 0);
  const conserved = numbers.broken.length === 0;
  const { name, sha256, seed } = scenario;
  return {
    format: 'fairlead/twin@1',
    version,
    scenario: { name, sha256, seed },
    lbmethod: lbmethod.name,
    seconds,
    simulated: runResult(
      { ...scenario, expect: [] },
      lbmethod,
      { ns: 0, rule: 'fixed', notes: [] },
      others,
    ),
    live: {
      requests: arrived,
      conserved,
      metrics: Object.fromEntries(
        metricNames
          .map((metric, i) => [metric, numbers.metrics[i]!] as const)
          .filter(([, value]) => !Number.isNaN(value)),
      ),
      workers: workers.map((worker, i) => ({ name: worker, elected: numbers.workers.elected[i]! })),
      machine,
    },
    rows,
    decisions,
    verdict: verdictOf(rows, decisions, conserved, judgesTimes),
    notes: [
      ...plan.notes,
      ...capabilityNotes(plan, live.capability),
      ...tooSlow,
      ...numbers.broken.map((sentence) => `in the live run: ${sentence}`),
    ],
  };
}

/** A wrong pick is wrong on any machine; a late answer may be the machine's. */
function verdictOf(
  rows: readonly TwinRow[],
  decisions: Decisions | null,
  conserved: boolean,
  isFast: boolean,
): TwinResult['verdict'] {
  const wrongPick = decisions?.mustBeSame && decisions.same < decisions.picks;
  if (!conserved || wrongPick) return 'differs';
  if (!isFast) return 'unclear';
  return rows.some(({ standing }) => standing === 'outside') ? 'differs' : 'agrees';
}

function machineOf({ scenario }: Plan, { capability, path, late }: LiveArm): Machine {
  const waits = scenario.balancer.workers.some(({ max }) => max > 0);
  const hasPath = !waits && path.length > 0;
  return { ...capability, path: hasPath ? timesOf(path) : null, late: timesOf(late) };
}

function tooSlowNotes(
  { rate }: Plan,
  { capability, fellBehind }: LiveArm,
  pathMs: number,
  medianMs: number,
): string[] {
  if (fellBehind) return ['the machine fell seconds behind, and the live run was ended early'];
  const notes: string[] = [];
  if (pathMs > PATH_MAX * medianMs) {
    notes.push(
      `times are not judged: the path took up to ${short(pathMs)} ms (p99), more than half of the simulated median of ${short(medianMs)} ms`,
    );
  }
  if (capability.perSecond < rate) {
    notes.push('times are not judged: more requests were asked for than this machine does');
  }
  return notes;
}

function short(ms: number): number {
  return Number(ms.toPrecision(2));
}

function metricValue({ metrics }: Replication, name: MetricName): number {
  return metrics[metricNames.indexOf(name)]!;
}
