/** From the command line to what is checked: scenarios, and what each is compared with. */
import type { Case } from '../../../sim/check/check.ts';
import { misfit } from '../../../sim/check/keep.ts';
import {
  type Baseline,
  fromArm,
  fromBaseline,
  type Reference,
} from '../../../sim/check/reference.ts';
import { workloadOf } from '../../../sim/check/workload.ts';
import { type Experiment, experiment } from '../../../sim/experiment.ts';
import type { Pool } from '../../../sim/pool.ts';
import { LabError, optionError } from '../../problems/errors.ts';
import { checkStability } from '../../scenario/load.ts';
import { loadPlaced, type PlacedScenario } from '../../scenario/parse.ts';
import type { LbMethodRef, Scenario } from '../../scenario/scenario.ts';
import { methodFrom, refuseConf } from '../input.ts';
import { type BaselineFiles, noEntry } from './baseline-files.ts';
import { type OtherArm, otherArm } from './other-arm.ts';

/** A scenario as it is now. */
export interface Subject extends Pick<PlacedScenario, 'document' | 'root'> {
  readonly scenario: Scenario;
  readonly lbmethod: LbMethodRef;
  /** Where its policy stands. */
  readonly line: number;
}

/** @throws LabError for anything wrong with one of them, an unstable load included. */
export async function subjectsFrom(paths: readonly string[], seed?: string): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const path of paths) {
    refuseConf(path);
    const { scenario: read, document, root } = loadPlaced(path);
    checkStability(read);
    const scenario = seed === undefined ? read : { ...read, seed };
    const twin = subjects.find((one) => one.scenario.name === scenario.name);
    if (twin !== undefined) throw sameName(twin.scenario, scenario);
    const line = document.lineOf([...root, 'lbmethod']);
    const lbmethod = await methodFrom(undefined, scenario);
    subjects.push({ scenario, lbmethod, line, document, root });
  }
  return subjects;
}

/** Baselines go by name, so two scenarios of one name would share an entry. */
function sameName(a: Scenario, b: Scenario): LabError {
  const message = `name is ${b.name}, which ${a.file} has too; expected another name: baselines go by it.`;
  const place = { file: b.file, line: 0, column: 0, path: 'name' };
  return new LabError([{ ...place, message, code: 'DUPLICATE', severity: 'error' }]);
}

export interface CaseOptions {
  readonly against?: string;
  readonly exact?: boolean;
  readonly threads: Pool;
  readonly onProgress: (done: number, total: number) => void;
}

/** What is compared with what. @throws LabError where a baseline does not fit or a revision has no such thing */
export async function casesFrom(
  subjects: readonly Subject[],
  files: BaselineFiles,
  { against, exact = false, threads, onProgress }: CaseOptions,
): Promise<Case[]> {
  const chosen = subjects.map((subject) => {
    const kept = files.entryOf(subject.scenario);
    return { subject, kept, against };
  });
  if (against === undefined) refuseMisfits(chosen, files);
  const cases: Case[] = [];
  for (const { subject, kept } of chosen) {
    const start = (scenario: Scenario, lbmethod: LbMethodRef) => {
      const job = { scenario, lbmethods: [lbmethod] };
      return experiment({ ...job, run: threads.runner(job), onProgress });
    };
    cases.push(
      against === undefined
        ? await ofBaseline(subject, kept, exact, start)
        : await ofOtherArm(subject, await otherArm(against, subject), kept, exact, start),
    );
  }
  return cases;
}

type Start = (scenario: Scenario, lbmethod: LbMethodRef) => Promise<Experiment>;

async function ofBaseline(
  { scenario, lbmethod, line }: Subject,
  baseline: Baseline | undefined,
  exact: boolean,
  start: Start,
): Promise<Case> {
  if (baseline === undefined) {
    if (exact)
      throw optionError('--exact', `--exact needs a baseline of ${scenario.name} or --against.`);
    const running = await start(scenario, lbmethod);
    return {
      scenario,
      running,
      reference: null,
      line,
      notes: ['there is no baseline: held to its own lines alone'],
    };
  }
  const running = await start(warmedUp(scenario, baseline.warmupNs), lbmethod);
  return { scenario, running, reference: fromBaseline(baseline, exact), line, notes: [] };
}

async function ofOtherArm(
  { scenario, lbmethod, line }: Subject,
  other: OtherArm | null,
  baseline: Baseline | undefined,
  exact: boolean,
  start: Start,
): Promise<Case> {
  if (other === null) {
    const running = await start(scenario, lbmethod);
    return {
      scenario,
      running,
      reference: null,
      line,
      notes: ['it is new there: held to its own lines alone'],
    };
  }
  const before = await start({ ...other.scenario, seed: scenario.seed }, other.lbmethod);
  const running = await start(warmedUp(scenario, before.warmup.ns), lbmethod);
  const margins = baseline?.margins ?? null;
  const reference: Reference = fromArm(before, { label: other.label, margins, exact });
  const same = workloadOf(other.scenario) === workloadOf(scenario);
  const mixed = `traffic, backends or events differ from ${other.label} too: what moved is not the policy's alone`;
  const notes = [...other.notes, ...(same ? [] : [mixed])];
  return { scenario, running, reference, line, notes };
}

/** Both arms of a comparison are cut at the same instant. */
function warmedUp(scenario: Scenario, warmupNs: number): Scenario {
  return { ...scenario, run: { ...scenario.run, warmupNs } };
}

function refuseMisfits(
  chosen: readonly { subject: Subject; kept: Baseline | undefined }[],
  files: BaselineFiles,
): void {
  const problems = chosen.flatMap(({ subject: { scenario }, kept }) => {
    if (kept === undefined) return files.isDemanded ? [noEntry(files, scenario)] : [];
    const why = misfit(kept, scenario);
    if (why === null) return [];
    const message = `the baseline of ${scenario.name} ${why}. Look at what changed, then run fairlead check --update; or compare two revisions in one run with --against git:REF.`;
    const place = { file: kept.label, line: 0, column: 0, path: `scenarios.${scenario.name}` };
    return [{ ...place, message, code: 'VALUE' as const, severity: 'error' as const }];
  });
  if (problems.length > 0) throw new LabError(problems);
}
