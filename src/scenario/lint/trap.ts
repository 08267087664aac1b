/** A trap is a value: a code, how bad it is, and where it applies. One line in lint.ts registers its family. */
import type { Path } from '../document.ts';
import type { OfferedLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';
import type { RawScenario } from '../schema.ts';
import type { Phase } from './phases.ts';

/** `error`: it certainly does not do what was meant. */
export type Severity = 'error' | 'warning';

export interface Trap {
  /** Stable name in kebab-case, printed in brackets. */
  readonly code: string;
  readonly severity: Severity;
  find(view: View): readonly Finding[];
}

export interface Finding {
  readonly path: Path;
  /** Where to point: at the value unless said. */
  readonly at?: 'key';
  /** What was found; what will happen; what to do. */
  readonly says: string;
}

/** A checked scenario as the traps see it. */
export interface View {
  readonly scenario: Scenario;
  /** As written, to tell what is written from what is a default. */
  readonly raw: RawScenario;
  /** The balancer at the start, then after each manager event. */
  readonly phases: readonly [Phase, ...Phase[]];
  readonly load: OfferedLoad;
  /** Where event number `index` of the scenario (in order of time) stands in the file. */
  eventPath(index: number): Path;
}

/** Path of a worker, or of a field of it. */
export function workerPath(index: number, ...field: string[]): Path {
  return ['balancer', 'workers', index, ...field];
}

/** One finding when `applies`, else none. */
export function when(applies: boolean, path: Path, says: string): readonly Finding[] {
  return applies ? [{ path, says }] : [];
}

/** The same for a whole list or map, which is pointed at by its key. */
export function whenAll(applies: boolean, path: Path, says: string): readonly Finding[] {
  return applies ? [{ path, says, at: 'key' }] : [];
}

/** Three significant digits. */
export function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** `2.5 s`. */
export function seconds(ns: number): string {
  return `${round(ns / 1e9)} s`;
}
