/**
 * The gate: scenarios are simulated, weighed at each look, and those still undecided go on to the next one with
 * more replications. Nothing here reads a file or a clock; `src/cli/check.ts` brings the cases and shows the result.
 */
import type { LbMethodRef, Scenario } from '../../src/scenario/scenario.ts';
import { version } from '../../src/version.ts';
import type { Arm, Experiment } from '../experiment.ts';
import { runResult } from '../reduce.ts';
import { exactGate, freeGates } from './free.ts';
import { baselineGates, expectGate, type Gate, type Weighed } from './gates.ts';
import { FALSE_ALARMS, holm, LEVEL, looks } from './looks.ts';
import type { Reference } from './reference.ts';
import type { CheckResult, GateResult, GateVerdict, ScenarioCheck } from './result.ts';

export interface Case {
  readonly scenario: Scenario;
  /** Of one lbmethod, with the reference's warm-up if there is a reference. */
  readonly running: Experiment;
  readonly reference: Reference | null;
  /** Line of the scenario that says the policy: what baseline and free gates point at. */
  readonly line: number;
  /** Told beside the result. */
  readonly notes: readonly string[];
}

/** A gate and where it stands. */
interface Held {
  readonly gate: Gate;
  weighed: Weighed | null;
  verdict: GateVerdict | null;
}

interface Subject extends Case {
  readonly schedule: readonly number[];
  held: Held[];
  fixed: GateResult[];
  state: ScenarioCheck['state'];
  /** What the run itself has to say. */
  found: readonly string[];
}

/** Holds every case to its gates. @throws InvariantError when the engine breaks an invariant. */
export async function check(cases: readonly Case[]): Promise<CheckResult> {
  const subjects = cases.map(subjectOf);
  let rejected = 0;
  for (let look = 0; subjects.some((subject) => isOpen(subject, look)); look++) {
    const open = subjects.filter((subject) => isOpen(subject, look));
    for (const subject of open) await lookAt(subject, look);
    const family = subjects.reduce((sum, { held }) => sum + held.length, 0);
    rejected += judge(open, family, rejected);
  }
  const scenarios = subjects.map(resultOf);
  return {
    format: 'fairlead/check@1',
    version,
    verdict: worst(scenarios.map(({ verdict }) => verdict)),
    falseAlarms: FALSE_ALARMS,
    scenarios,
  };
}

function subjectOf(one: Case): Subject {
  const schedule = looks(one.scenario.run.replications, one.reference?.available);
  return { ...one, schedule, held: [], fixed: [], state: 'complete', found: [] };
}

/** Whether replications are to be added for another look: something is undecided and nothing has failed. */
function isOpen({ schedule, held, fixed, state }: Subject, look: number): boolean {
  if (look === 0) return true;
  if (look >= schedule.length || state !== 'complete') return false;
  const verdicts = [...held, ...fixed].map(({ verdict }) => verdict);
  return verdicts.includes(null) && !verdicts.includes('failed') && !verdicts.includes('no data');
}

async function lookAt(subject: Subject, look: number): Promise<void> {
  const { running, reference, scenario, schedule, line } = subject;
  const count = schedule[look]!;
  await reference?.extend(count);
  await running.extend(count);
  const arm = running.arms[0]!;
  const run = runResult(scenario, lbmethodOf(running), running.warmup, arm);
  subject.state = run.state;
  subject.found = run.notes;
  if (look === 0) {
    const gates = scenario.expect.map(expectGate);
    if (reference !== null) gates.push(...baselineGates(reference, line));
    subject.held = gates.map((gate) => ({ gate, weighed: null, verdict: null }));
    const exact = reference === null ? null : exactGate(reference, arm, line);
    const free = freeGates(scenario, lbmethodOf(running), arm, line);
    subject.fixed = exact === null ? free : [exact, ...free];
  }
  const same = reference !== null && isSame(reference, arm);
  for (const held of subject.held) {
    if (held.verdict !== null) continue;
    held.weighed = held.gate.weigh(arm);
    if (held.weighed.evidence === null) held.verdict = 'no data';
    else if (same && held.gate.kind === 'baseline') held.verdict = 'passed';
  }
}

/** Whether each replication is that of the reference, decision by decision. */
function isSame(reference: Reference, arm: Arm): boolean {
  const before = reference.fingerprints();
  return arm.every(({ fingerprint }, r) => fingerprint === before[r]);
}

/** Decides what can be decided at this look; answers how many gates failed. */
function judge(open: readonly Subject[], family: number, before: number): number {
  const undecided = open.flatMap(({ held }) => held).filter(({ verdict }) => verdict === null);
  const evidence = undecided.map(({ weighed }) => weighed!.evidence!);
  const failed = holm(
    evidence.map(({ pHolds }) => pHolds),
    family,
    before,
  );
  undecided.forEach((held, i) => {
    if (failed[i]) held.verdict = 'failed';
    else if (evidence[i]!.pBroken <= LEVEL) held.verdict = 'passed';
  });
  return failed.filter(Boolean).length;
}

function resultOf(subject: Subject): ScenarioCheck {
  const { scenario, running, reference, state, schedule, held, fixed } = subject;
  const gates = [...held.map(gateResult), ...fixed];
  const asked = held.length > 0 || reference?.exact === true;
  const idle = asked ? [] : ['nothing is asked of it: give it expect lines or a baseline'];
  return {
    name: scenario.name,
    file: scenario.file,
    lbmethod: lbmethodOf(running).name,
    reference: reference?.label ?? null,
    verdict: state === 'complete' && asked ? worst(gates.map(({ verdict }) => verdict)) : 'no data',
    state,
    replications: running.arms[0]!.length,
    limit: schedule.at(-1)!,
    gates,
    notes: [...subject.notes, ...idle, ...subject.found],
  };
}

function gateResult({ gate, weighed, verdict }: Held): GateResult {
  const { kind, text, line, metric } = gate;
  const { value, reference, change, identical } = weighed!;
  const note = identical ? 'the same in every replication' : '';
  return {
    ...{ kind, text, line, metric, value, reference, change, note },
    verdict: verdict ?? 'inconclusive',
  };
}

const order = ['failed', 'no data', 'inconclusive', 'passed'] as const;

/** A certain "no" before no answer, no answer before an unsure one. */
function worst(verdicts: readonly GateVerdict[]): GateVerdict {
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'no data';
}

function lbmethodOf({ lbmethods }: Experiment): LbMethodRef {
  return lbmethods[0]!;
}
