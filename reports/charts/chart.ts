/**
 * A chart is a value: one function that says how it looks, as a vega-lite specification, and one that says what
 * it shows, as a table. The page prints the table under the picture, and the CSV file holds it.
 */
import type { Config, TopLevelSpec } from 'vega-lite';
import type { Study } from '../../sim/result.ts';
import { widestOf } from './text-width.ts';
import { config, type Theme } from './theme.ts';

/** Where a chart goes: its colours and its width in pixels, axes and labels included. */
export interface Look {
  readonly theme: Theme;
  readonly width: number;
}

/** One layer, and one picture of layers, of a specification; vega-lite does not export their names. */
export type Panel = Extract<TopLevelSpec, { layer: unknown }>;
export type Layer = Panel['layer'][number];

export type CellValue = string | number | null;

/** What a chart shows, as numbers: one head, rows of the same length. `null` where there is no value. */
export interface DataTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CellValue[])[];
}

/** Of a study, unless it says otherwise. */
export interface Chart<Subject = Study> {
  /** Stem of its file names. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences: what is drawn and how to read it. For captions and screen readers. */
  readonly description: string;
  /** The specification, or null when the subject has nothing to draw. */
  readonly spec: (subject: Subject, look: Look) => TopLevelSpec | null;
  /** The numbers behind the picture; no rows when there is nothing to draw. */
  readonly table: (subject: Subject) => DataTable;
}

/**
 * The specification of `chart` as plain JSON, or null. Control characters and line separators in names become U+FFFD: XML
 * forbids the first, and the parser of vega's expressions, into which vega-lite writes names, trips over the others.
 */
export function specOf<Subject>(
  chart: Chart<Subject>,
  subject: Subject,
  look: Look,
): TopLevelSpec | null {
  return JSON.parse(JSON.stringify(chart.spec(subject, look)), (_, value) =>
    typeof value === 'string' ? value.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD') : value,
  );
}

interface Frame {
  readonly $schema: string;
  readonly title: string;
  readonly description: string;
  readonly background: string;
  readonly padding: number;
  readonly config: Config;
}

/** What every specification starts with. Spread it, then add data, marks and encodings. */
export function frame(
  { title, description }: Pick<Chart, 'title' | 'description'>,
  look: Look,
): Frame {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    description,
    background: look.theme.background,
    padding: 8,
    config: config(look.theme),
  };
}

/** Longest axis label that is printed whole, in pixels: a third of a narrow picture, less of a wide one. */
export function labelLimit(look: Look): number {
  return Math.min(180, look.width * 0.34);
}

/** Pixels that are left for a plot beside an axis with `labels` and a title. */
export function plotWidth(look: Look, labels: readonly string[]): number {
  const beside = 16 + 28 + Math.min(labelLimit(look), widestOf(labels, 11));
  return Math.max(120, look.width - beside - 12);
}

/** Legend symbols of lines: 26 pixels long, enough to tell the dashes apart. */
export const LINE_SYMBOL = 676;

/** A legend above a plot of `width` pixels, with as many columns as fit. `symbolSize` is the square of its length for lines. */
export function topLegend(names: readonly string[], width: number, symbolSize = 90) {
  const beside = 24 + Math.sqrt(symbolSize);
  const columns = Math.max(1, Math.floor((width + 18) / (widestOf(names, 12) + beside)));
  return { orient: 'top', title: null, columns, symbolSize, labelLimit: width - beside } as const;
}

/** A quotient of largest and smallest from which on an axis is logarithmic. */
const LOG_FROM = 30;

/** Of an axis for `values`: from 0 unless they lie close together, logarithmic when they lie far apart. */
export function scaleOf(values: readonly number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low > 0 && high / low >= LOG_FROM) return { type: 'log', nice: true } as const;
  return { type: 'linear', zero: low < high / 2, nice: true } as const;
}

/** A d3 number format with the ASCII minus that the rest of a report writes; zero without a sign. */
export function numberLabel(format: string): string {
  return `datum.value === 0 ? '0' : replace(format(datum.value, '${format}'), '\u2212', '-')`;
}
