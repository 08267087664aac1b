/**
 * What is allowed in a scenario and yet not what its author meant. The parser refuses what cannot be used; here
 * are the traps: each trap says where, what was found, what will happen and what to do.
 */
import { factorsOf } from '../../config/lbmethod-of.ts';
import type { Factors } from '../../core/index.ts';
import type { Problem } from '../../problems/errors.ts';
import { type OfferedLoad, offeredLoad } from '../load.ts';
import { loadPlaced, type PlacedScenario } from '../parse.ts';
import type { Places } from '../places.ts';
import type { RawScenario } from '../schema.ts';
import { durationNs } from '../units.ts';
import { capacity } from './capacity.ts';
import { failover } from './failover.ts';
import { hostTraps } from './hosts.ts';
import { incidents } from './incidents.ts';
import { keyTraps } from './keys.ts';
import { modifierTraps } from './modifiers.ts';
import { phasesOf } from './phases.ts';
import { sessionTraps } from './sessions.ts';
import { sets } from './sets.ts';
import { type PredictedShare, predictedShares } from './shares.ts';
import { simulated } from './simulated.ts';
import { stickiness } from './stickiness.ts';
import type { BalancerTrap, BalancerView, Severity, Trap, View } from './trap.ts';
import { weights } from './weights.ts';
import { window } from './window.ts';

/** Traps of a balancer, whatever its traffic, by family. */
export const balancerTraps: readonly BalancerTrap[] = [
  sets,
  stickiness,
  failover,
  weights,
  modifierTraps,
].flat();

/** Every trap of a scenario. */
export const traps: readonly Trap[] = [
  balancerTraps,
  sessionTraps,
  hostTraps,
  keyTraps,
  capacity,
  simulated,
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
  /** What load factors are to it; null for a user's module. */
  readonly factors: Factors | null;
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
export function lintPlaced({ scenario, document, places, warnings }: PlacedScenario): Lint {
  const { balancer, events } = scenario;
  const load = offeredLoad(scenario);
  const order = eventOrder(document.data as Pick<RawScenario, 'events'>);
  const view: View = {
    scenario,
    balancer,
    events,
    load,
    phases: phasesOf(balancer, events),
    isLive: false,
    handsOn: false,
    isWritten: places.isWritten,
    keysOf: places.keysOf,
    textOf: places.textOf,
    eventPath: (index) => ['events', order[index]!],
  };
  const problems = [
    ...warnings.map(warned),
    ...traps.flatMap((trap) => findingsOf(trap, view, places)),
  ];
  return {
    file: scenario.file,
    lbmethod: balancer.lbmethod.name,
    factors: factorsOf(balancer.lbmethod),
    problems: byPosition(problems, scenario.file),
    load,
    shares: predictedShares(scenario, load),
  };
}

/** What one trap finds, each with its place. */
export function findingsOf<V extends BalancerView>(
  { code, severity, find }: Trap<V>,
  view: V,
  places: Places,
): LintProblem[] {
  return find(view).map(({ path, at, says }) => {
    const place = places.at(path, at);
    return { ...place, message: `${place.path}: ${says}`, code, severity };
  });
}

/** A warning of the reader of an httpd.conf among the traps: its code in their spelling. */
export function warned({ code, ...problem }: Problem): LintProblem {
  return { ...problem, code: code.toLowerCase().replaceAll('_', '-') };
}

/** By file, `first` before the others, and by position in it. */
export function byPosition(problems: readonly LintProblem[], first: string): LintProblem[] {
  const files = [...new Set([first, ...problems.map(({ file }) => file)])];
  const rank = ({ file }: LintProblem) => files.indexOf(file);
  return problems.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

/** Index in the file of each event, in the order of time that the scenario has them in. */
function eventOrder({ events = [] }: Pick<RawScenario, 'events'>): number[] {
  const atNs = events.map(({ at }) => durationNs(at));
  return events.map((_, i) => i).sort((a, b) => atNs[a]! - atNs[b]!);
}
