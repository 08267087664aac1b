/** What `check --update` shows: every metric of the baselines before and now. */
import pc from 'picocolors';
import type { Moved } from '../../sim/check/keep.ts';
import type { ScenarioCheck } from '../../sim/check/result.ts';
import { ABSENT, formatMean } from '../format.ts';
import { type Column, type Ink, printable, titled } from '../grid.ts';
import type { TerminalOptions } from '../table.ts';
import { formatChange } from './words.ts';

export interface MovedScenario extends Pick<ScenarioCheck, 'name' | 'lbmethod' | 'state'> {
  /** Why nothing can be said of what moved; null when it can. */
  readonly why: string | null;
  readonly rows: readonly Moved[];
}

/** A table a scenario, ending in a newline. */
export function renderMoved(
  scenarios: readonly MovedScenario[],
  { colour, width }: TerminalOptions,
): string {
  const ink: Ink = { width: Math.max(60, width), paint: pc.createColors(colour) };
  return `${scenarios.map((one) => movedTable(one, ink)).join('\n\n')}\n`;
}

function movedTable({ name, lbmethod, why, state, rows }: MovedScenario, ink: Ink): string {
  const title = `${printable(name, 60)}: ${printable(lbmethod)}${state === 'complete' ? '' : `, ${state}`}`;
  const now: Column = { head: ['now'], cells: rows.map(({ value }) => formatMean(value)), rank: 0 };
  const metric: Column = {
    head: ['metric'],
    cells: rows.map((row) => row.metric),
    align: 'left',
    rank: 0,
  };
  if (why !== null) return titled(title, [metric, now], ink, `new: ${why}`);
  const before: Column = {
    head: ['before'],
    cells: rows.map(({ reference }) => formatMean(reference)),
    rank: 0,
  };
  const moved: Column = {
    head: ['moved (95 % interval)'],
    cells: rows.map(movedText),
    align: 'left',
    rank: 0,
  };
  return titled(title, [metric, before, now, moved], ink);
}

function movedText({ change, identical }: Moved): string {
  if (change === null) return ABSENT;
  return identical ? 'not at all' : formatChange(change);
}
