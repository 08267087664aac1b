/** The table of metrics, the same for `fairlead metrics` and for documents. */
import pc from 'picocolors';
import { type Metric, metrics } from '../src/scenario/metrics.ts';
import { unitLabels } from './format.ts';
import { type Ink, wrap } from './grid.ts';
import { formatMargin } from './shift.ts';
import type { TerminalOptions } from './table.ts';

/** What a reader gets of a metric, as text. */
export interface MetricRow {
  readonly name: string;
  readonly unit: string;
  readonly better: string;
  /** Differences within it are equivalent. */
  readonly margin: string;
  readonly formula: string;
  /** Empty where the interval says all. */
  readonly floor: string;
}

/** One row per metric, in the order of reports. */
export const metricRows: readonly MetricRow[] = metrics.map(rowOf);

function rowOf({ name, unit, direction, formula, floor, requests }: Metric): MetricRow {
  const least = requests === undefined ? '' : `; absent below ${requests} answered requests`;
  return {
    name,
    unit: unitLabels[unit] || 'number',
    better: direction === 'none' ? 'describes' : direction,
    margin: formatMargin(name)!,
    formula: formula + least,
    floor,
  };
}

/** Rows for people: each metric with its unit, direction and margin, then formula and what chance makes of it. */
export function renderMetrics(rows: readonly MetricRow[], options: TerminalOptions): string {
  const ink: Ink = { width: Math.max(40, options.width), paint: pc.createColors(options.colour) };
  const blocks = rows.map(({ name, unit, better, margin, formula, floor }) => {
    const way = better === 'describes' ? 'describes' : `${better} is better`;
    const head = `${ink.paint.bold(name)}  ${unit}, ${way}, equivalent within ${margin}`;
    const lines = floor === '' ? [formula] : [formula, `by chance alone: ${floor}`];
    return [head, ...lines.map((line) => wrap(line, ink.width, '  '))].join('\n');
  });
  return `${blocks.join('\n')}\n`;
}
