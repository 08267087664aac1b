/** A trap is a value: a code, how bad it is, and where it applies. One line in lint.ts registers its family. */
import type { BalancerSpec, MemberSpec } from '../../config/spec.ts';
import type { Path } from '../document.ts';
import type { OfferedLoad } from '../load.ts';
import type { EventSpec, Scenario, WorkerSpec } from '../scenario.ts';
import type { Phases } from './phases.ts';

/** `error`: it certainly does not do what was meant. */
export type Severity = 'error' | 'warning';

export interface Trap<V extends BalancerView = View> {
  /** Stable name in kebab-case, printed in brackets. */
  readonly code: string;
  readonly severity: Severity;
  find(view: V): readonly Finding[];
}

/** A trap that needs no traffic: it is looked for in a scenario and in what a proxy runs. */
export type BalancerTrap = Trap<BalancerView>;

export interface Finding {
  readonly path: Path;
  /** Where to point: at the value unless said. */
  readonly at?: 'key';
  /** What was found; what will happen; what to do. */
  readonly says: string;
}

/**
 * A balancer as the traps see it, whichever file it stands in. Paths are those of a scenario with one
 * `balancer`; whoever shows a finding knows where that is written.
 */
export interface BalancerView {
  /** As it starts. */
  readonly balancer: BalancerSpec<MemberSpec>;
  /** The balancer at the start, then after each manager event. */
  readonly phases: Phases;
  readonly events: readonly EventSpec[];
  /** What a proxy runs, where flags change by hand; else a scenario, where only events change them. */
  readonly isLive: boolean;
  /** It hands on connections, on which nobody waits for an answer; simulated ones have requests, with answers. */
  readonly handsOn: boolean;
  /** Whether the value under `path` is written, or a default. */
  isWritten(path: Path): boolean;
  /** The value under `path` as its author typed it. */
  textOf(path: Path): string | undefined;
  /** Where event number `index` (in order of time) stands in the file. */
  eventPath(index: number): Path;
}

/** A checked scenario as the traps see it. */
export interface View extends BalancerView {
  readonly scenario: Scenario;
  readonly phases: Phases<WorkerSpec>;
  readonly load: OfferedLoad;
  /** Keys that are written under `path`. */
  keysOf(path: Path): readonly string[];
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
