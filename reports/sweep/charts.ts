/** Small multiples: a metric against a varied field, a line per lbmethod, a picture per value of the others. */
import type { SweepAxis, SweepResult } from '../../sim/sweep/result.ts';
import { metricNames, metricOf } from '../../src/scenario/metrics.ts';
import { type Chart, frame, type Layer, type Look, scaleOf, topLegend } from '../charts/chart.ts';
import { seriesScales } from '../charts/theme.ts';
import { printScale, unitLabels } from '../format.ts';
import { comparedHeadline } from '../headline.ts';
import { layoutOf, lbmethodsOf } from './rows.ts';

/** More small pictures than this say less than the table. */
const PANELS_MAX = 24;

export type SweepChart = Chart<SweepResult>;

/** One chart per metric that leads a comparison and has something to show. */
export function sweepCharts(result: SweepResult): readonly SweepChart[] {
  return comparedHeadline(result.runs).map(chartOf);
}

/** Names of all charts that a sweep may have. */
export const sweepChartNames: readonly { readonly name: string }[] = metricNames.map((metric) => ({
  name: chartName(metric),
}));

function chartName(metric: string): string {
  return `sweep-${metric.replace('.', '-')}`;
}

function chartOf(metric: string): SweepChart {
  const { unit = '1', formula = '' } = metricOf(metric) ?? {};
  const chart: SweepChart = {
    name: chartName(metric),
    title: metric,
    description: `One line per lbmethod, with the 95 % interval around it: ${formula}. One picture per combination of the other varied fields.`,
    spec: (result, look) => specOfSweep(chart, unit, result, look),
    table: (result) => ({
      header: [
        ...result.axes.map(({ path }) => path),
        'lbmethod',
        ...['', ' low', ' high'].map((which) => `${metric}${which}${headUnit(unit)}`),
      ],
      rows: pointsOf(metric, result).map(({ cell, lbmethod, mean, low, high }) => [
        ...result.axes.map(({ path }) => cell[path] ?? null),
        lbmethod,
        mean,
        low,
        high,
      ]),
    }),
  };
  return chart;
}

type Unit = keyof typeof unitLabels;

function headUnit(unit: Unit): string {
  return unitLabels[unit] === '' ? '' : `, ${unitLabels[unit]}`;
}

function specOfSweep(
  chart: SweepChart,
  unit: Unit,
  result: SweepResult,
  look: Look,
): ReturnType<SweepChart['spec']> {
  const layout = layoutOf(result);
  const points = pointsOf(chart.title, result);
  if (layout === null || points.every(({ low, high }) => low === 0 && high === 0)) return null;
  const { x, panels } = layout;
  const series = lbmethodsOf(result);
  const tints = seriesScales(series, look.theme).colour.range;
  const rows = points.map((point) => ({
    ...point,
    tint: tints[series.indexOf(point.lbmethod)],
    x: x.amounts?.[x.values.indexOf(point.cell[x.path]!)] ?? point.cell[x.path]!,
    panel: panels
      .map((path) => `${path.split('.').slice(-2).join('.')} ${point.cell[path]}`)
      .join(', '),
  }));
  const names = [...new Set(rows.map(({ panel }) => panel))];
  if (names.length > PANELS_MAX) return null;
  const columns = look.width < 560 ? 1 : Math.min(names.length, 3);
  const width = Math.max(140, (look.width - 76 - 28 * (columns - 1)) / columns - 12);
  const top = { ...frame(chart, look), data: { values: rows.map(({ cell: _, ...row }) => row) } };
  const layer = layersOf(chart.title + headUnit(unit), rows, x, {
    series,
    width,
    look,
  });
  if (names.length === 1) return { ...top, width, height: 260, layer };
  return {
    ...top,
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: { field: 'order', op: 'min' },
      header: { title: null, labelAnchor: 'start', labelLimit: width },
    },
    columns,
    spacing: { row: 22, column: 28 },
    spec: { width, height: 150, layer },
    resolve: { axis: { x: 'shared', y: 'shared' } },
  };
}

interface Drawing {
  readonly series: readonly string[];
  /** Of one picture. */
  readonly width: number;
  readonly look: Look;
}

type Row = Pick<Point, 'mean' | 'low' | 'high'> & { readonly x: string | number };

/** Along amounts a line with a band around it; along names points with bars, those of one name side by side. */
function layersOf(
  title: string,
  rows: readonly Row[],
  x: SweepAxis,
  { series, width, look }: Drawing,
): Layer[] {
  const scales = seriesScales(series, look.theme);
  const lbmethod = {
    field: 'lbmethod',
    sort: null,
    legend: topLegend(series, look.width - 76),
  } as const;
  const quantity = {
    type: 'quantitative',
    axis: { title, tickCount: 5 },
    scale: scaleOf(rows.flatMap(({ mean, low, high }) => [mean, low, high])),
  } as const;
  const mean = { ...quantity, field: 'mean' } as const;
  const interval = { y: { ...quantity, field: 'low' }, y2: { field: 'high' } } as const;
  const color = { ...lbmethod, scale: scales.colour };
  const strokeDash = { ...lbmethod, scale: scales.dash };
  const at = {
    x: {
      ...alongOf(
        x,
        rows.map((row) => row.x),
        width,
      ),
      field: 'x',
    },
  } as const;
  const beside = { ...at, xOffset: { field: 'lbmethod', sort: null } } as const;
  const place = x.amounts === null ? beside : at;
  const points: Layer = {
    mark: { type: 'point', filled: true, size: 40, opacity: 1 },
    encoding: { ...place, y: mean, color, shape: { ...lbmethod, scale: scales.shape } },
  };
  if (x.amounts === null) {
    return [
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { ...beside, ...interval, color } },
      points,
    ];
  }
  // By names of colours instead of a scale, so that the legend shows the lines.
  const fill = { field: 'tint', type: 'nominal', scale: null } as const;
  const detail = { field: 'lbmethod' } as const;
  return [
    { mark: { type: 'area', opacity: 0.18 }, encoding: { ...at, ...interval, fill, detail } },
    { mark: { type: 'line', strokeWidth: 1.8 }, encoding: { ...at, y: mean, color, strokeDash } },
    points,
  ];
}

function alongOf(x: SweepAxis, values: readonly (string | number)[], width: number) {
  const axis = {
    title: `${x.path}${x.unit === '' ? '' : `, ${x.unit}`}`,
    labelLimit: 120,
  } as const;
  if (x.amounts === null) return { type: 'nominal', sort: null, axis } as const;
  const { type } = scaleOf(values.map(Number));
  const scale = { type, zero: false, nice: false } as const;
  return {
    type: 'quantitative',
    axis: { ...axis, tickCount: Math.ceil(width / 60) },
    scale,
  } as const;
}

interface Point {
  readonly cell: Readonly<Record<string, string>>;
  readonly order: number;
  readonly lbmethod: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** In printed units. */
function pointsOf(metric: string, { runs }: SweepResult): Point[] {
  return runs.flatMap(({ cell = {}, lbmethod, metrics }, order) => {
    const value = metrics[metric];
    if (value === undefined || !Number.isFinite(value.mean)) return [];
    const scale = printScale(value.unit);
    const [low, high] = value.ci95 ?? [value.mean, value.mean];
    return [
      { cell, order, lbmethod, mean: value.mean * scale, low: low * scale, high: high * scale },
    ];
  });
}
