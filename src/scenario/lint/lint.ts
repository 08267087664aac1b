/**
 * What is allowed in a scenario and yet not what its author meant. The parser refuses what cannot be used; here
 * are the traps: each trap says where, what was found, what will happen and what to do.
 */
import { pathText } from '../document.ts';
import { type OfferedLoad, offeredLoad } from '../load.ts';
import { loadPlaced, type PlacedScenario } from '../parse.ts';
import type { RawScenario } from '../schema.ts';
import { durationNs } from '../units.ts';
import { capacity } from './capacity.ts';
import { failover } from './failover.ts';
import { incidents } from './incidents.ts';
import { phasesOf } from './phases.ts';
import { sets } from './sets.ts';
import { type PredictedShare, predictedShares } from './shares.ts';
import { stickiness } from './stickiness.ts';
import type { Finding, Severity, Trap, View } from './trap.ts';
import { weights } from './weights.ts';
import { window } from './window.ts';

/** Every trap, by family. */
export const traps: readonly Trap[] = [
  sets,
  stickiness,
  failover,
  weights,
  capacity,
  window,
  incidents,
].flat();

export interface LintProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** As a reader writes it: `balancer.workers[2].status`. */
  readonly path: string;
  readonly severity: Severity;
  readonly code: string;
  /** Names the path; what was found; what will happen; what to do. */
  readonly message: string;
  /** The text of the line. */
  readonly source?: string;
}

export interface Lint {
  readonly file: string;
  /** Name of the scenario's lbmethod. */
  readonly lbmethod: string;
  /** By position. */
  readonly problems: readonly LintProblem[];
  readonly load: OfferedLoad;
  readonly shares: readonly PredictedShare[];
}

/** Reads the scenario at `path` and looks for traps. @throws LabError with everything the parser refuses. */
export function lintScenario(path: string): Lint {
  return lintPlaced(loadPlaced(path));
}

/** Looks for traps in a scenario that the parser accepts. Never throws; costs O(traps x workers x events). */
export function lintPlaced({ scenario, document }: PlacedScenario): Lint {
  const load = offeredLoad(scenario);
  const raw = document.data as RawScenario;
  const order = eventOrder(raw);
  const view: View = {
    scenario,
    raw,
    load,
    phases: phasesOf(scenario),
    eventPath: (index) => ['events', order[index]!],
  };
  const place = ({ code, severity }: Trap, { path, says, at }: Finding): LintProblem => {
    const message = `${pathText(path)}: ${says}`;
    return { ...document.problem('VALUE', path, message, at), code, severity };
  };
  const problems = traps.flatMap((trap) => trap.find(view).map((found) => place(trap, found)));
  return {
    file: scenario.file,
    lbmethod: scenario.balancer.lbmethod.name,
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
    load,
    shares: predictedShares(scenario, load),
  };
}

/** Index in the file of each event, in the order of time that the scenario has them in. */
function eventOrder({ events = [] }: RawScenario): number[] {
  const atNs = events.map(({ at }) => durationNs(at));
  return events.map((_, i) => i).sort((a, b) => atNs[a]! - atNs[b]!);
}
