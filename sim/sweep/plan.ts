/** What a sweep is to do: its cells with their identities, and which of them cannot run. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LabError } from '../../src/problems/errors.ts';
import { checkStability } from '../../src/scenario/load.ts';
import { moduleFiles } from '../../src/scenario/module-files.ts';
import { overrideText } from '../../src/scenario/override.ts';
import { loadScenario } from '../../src/scenario/parse.ts';
import type { LbMethodRef, Scenario } from '../../src/scenario/scenario.ts';
import { version } from '../../src/version.ts';
import { expectedRate, expectedRequests } from '../expected.ts';
import { needsPilot, PILOT_REPLICATIONS } from '../pilot.ts';
import type { Result } from '../result.ts';
import { type AxisGroup, type AxisOption, axisGroups } from './axes.ts';
import { type CellValues, gridOf, recordOf } from './grid.ts';
import type { Manifest } from './result.ts';
import { whereOf } from './where.ts';

export interface SweepOptions {
  /** Path of the scenario. */
  readonly file: string;
  readonly axes: readonly AxisOption[];
  readonly where: readonly string[];
  /** Instead of the scenario's own; null leaves it. */
  readonly seed: string | null;
  /** The lbmethods that a cell compares. */
  readonly methodsOf: (scenario: Scenario) => Promise<readonly LbMethodRef[]>;
}

export interface PlannedCell {
  /** SHA-256 of the scenario with the cell's values, its lbmethods, the version and the seed. */
  readonly id: string;
  readonly values: CellValues;
  /** Why it cannot run; null when it can. */
  readonly refused: { readonly state: 'invalid' | 'unstable'; readonly message: string } | null;
  readonly sha256: string | null;
  readonly seed: string;
  readonly lbmethods: readonly LbMethodRef[];
  /** From the means; 0 for a cell that cannot run. */
  readonly cost: { readonly replications: number; readonly requests: number };
}

export interface Plan {
  readonly options: SweepOptions;
  readonly cells: readonly PlannedCell[];
  readonly manifest: Manifest;
}

/**
 * Reads the scenario once for every cell; runs nothing.
 * @throws LabError when the options make no sense, a value suits no cell, or no cell can be read.
 */
export async function planSweep(options: SweepOptions): Promise<Plan> {
  const groups = axisGroups(options.axes);
  const paths = groups.flat().map(({ path }) => path);
  const grid = gridOf(
    groups,
    options.where.map((text) => whereOf(text, paths)),
  );
  const cells: PlannedCell[] = [];
  const errors: (LabError | null)[] = [];
  for (const values of grid) {
    const [cell, error] = await planCell(options, values);
    cells.push(cell);
    errors.push(error);
  }
  refuseHopeless(cells, errors);
  const scenario = cells.find(({ sha256 }) => sha256 !== null)!;
  return { options, cells, manifest: manifestOf(options, groups, cells, scenario.values) };
}

/** The cell's scenario, ready to be run. @throws LabError as `fairlead run` would. */
export function scenarioOf({ file, seed }: SweepOptions, values: CellValues): Scenario {
  const scenario = loadScenario(file, values);
  return seed === null ? scenario : { ...scenario, seed };
}

async function planCell(
  options: SweepOptions,
  values: CellValues,
): Promise<[PlannedCell, LabError | null]> {
  let scenario: Scenario | null = null;
  let lbmethods: readonly LbMethodRef[] = [];
  let error: LabError | null = null;
  try {
    scenario = scenarioOf(options, values);
    lbmethods = await options.methodsOf(scenario);
    checkStability(scenario);
  } catch (cause) {
    if (!(cause instanceof LabError)) throw cause;
    error = cause;
  }
  const sha256 = scenario?.sha256 ?? null;
  const seed = scenario?.seed ?? options.seed ?? '';
  const state = error?.code === 'UNSTABLE' ? 'unstable' : 'invalid';
  const cell: PlannedCell = {
    id: idOf([version, sha256 ?? recordOf(values), seed, lbmethods.map(methodIdentity)]),
    values,
    refused: error === null ? null : { state, message: error.message },
    sha256,
    seed,
    lbmethods,
    cost: error === null ? costOf(scenario!, lbmethods.length) : { replications: 0, requests: 0 },
  };
  return [cell, error];
}

function idOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A module of the user's own goes by what is in it and in what it imports. */
function methodIdentity({ name, file }: LbMethodRef): string[] {
  if (file === null) return [name];
  return [name, ...moduleFiles(file).map(digestOf)];
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Warm-ups found by a pilot are not known yet and left out; pilots are counted. */
function costOf(scenario: Scenario, arms: number): PlannedCell['cost'] {
  const pilots = needsPilot(scenario) ? PILOT_REPLICATIONS : 0;
  const requests = expectedRequests(scenario);
  const warmup = (expectedRate(scenario) * (scenario.run.warmupNs ?? 0)) / 1e9;
  const replications = arms * scenario.run.replications;
  return {
    replications: replications + pilots,
    requests: Math.round(replications * (requests + warmup) + pilots * Math.min(20_000, requests)),
  };
}

/** A typing error fails every cell that has it; that is no row of a table but a wrong command line. */
function refuseHopeless(cells: readonly PlannedCell[], errors: readonly (LabError | null)[]): void {
  const invalid = cells.map(({ refused }) => refused?.state === 'invalid');
  const values = new Set(cells.flatMap((cell) => cell.values.map(overrideText)));
  for (const value of values) {
    const having = cells.flatMap((cell, i) =>
      cell.values.map(overrideText).includes(value) ? [i] : [],
    );
    const about = (i: number) =>
      errors[i]?.problems.find(({ message }) => message.startsWith(`${value}: `));
    const problem = about(having[0]!);
    if (problem && having.every((i) => invalid[i] && about(i))) throw new LabError([problem]);
  }
  if (invalid.every(Boolean)) throw errors[0]!;
}

function manifestOf(
  options: SweepOptions,
  groups: readonly AxisGroup[],
  cells: readonly PlannedCell[],
  readable: CellValues,
): Manifest {
  const base = baseOf(options) ?? scenarioOf(options, readable);
  const scenario: Result['scenario'] = { name: base.name, sha256: base.sha256, seed: base.seed };
  return {
    format: 'fairlead/sweep@1',
    version,
    scenario,
    axes: groups.flat(),
    cells: cells.map(({ id, values }) => ({ id, cell: recordOf(values) })),
  };
}

/** The scenario as it stands, which a sweep may have to complete before it can be read. */
function baseOf(options: SweepOptions): Scenario | null {
  try {
    return scenarioOf(options, []);
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}
