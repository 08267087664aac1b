/** An objective against the rate: how its metric grows, its bound, and the capacity where they meet. */
import type { CapacityResult, LbmethodCapacity } from '../../sim/capacity/capacity.ts';
import type { Unit } from '../../src/scenario/metrics.ts';
import {
  type Chart,
  type DataTable,
  frame,
  type Look,
  scaleOf,
  topLegend,
} from '../charts/chart.ts';
import { seriesScales } from '../charts/theme.ts';
import { printScale, unitLabels } from '../format.ts';

export type CapacityChart = Chart<CapacityResult>;

/** One chart per objective. */
export function capacityCharts({ objectives, bounds }: CapacityResult): readonly CapacityChart[] {
  return objectives.map((text, i) => {
    const chart: CapacityChart = {
      name: `capacity-${i + 1}`,
      title: text,
      description:
        'Every rate that was simulated: the mean over its replications, with the 95 % interval around it, one line per lbmethod. Dashed: the bound. The bar on it is the 95 % interval of the capacity, all objectives together, and the cross its estimate.',
      spec: (result, look) => specOf(chart, bounds[i]!, pointsOf(result, i), result, look),
      table: (result) => tableOf(text, pointsOf(result, i)),
    };
    return chart;
  });
}

interface Point {
  readonly lbmethod: string;
  readonly rate: number;
  readonly unit: Unit;
  /** In printed units. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: string;
}

function pointsOf({ capacities }: CapacityResult, objective: number): Point[] {
  return capacities.flatMap(({ lbmethod, looks }) =>
    looks.flatMap(({ requestsPerSecond: rate, objectives }) => {
      const { value, verdict } = objectives[objective]!;
      if (value === null || !Number.isFinite(value.mean)) return [];
      const { unit, mean, ci95 } = value;
      const [low, high] = (ci95 ?? [mean, mean]).map((x) => x * printScale(unit));
      return [
        { lbmethod, rate, unit, mean: mean * printScale(unit), low: low!, high: high!, verdict },
      ];
    }),
  );
}

function headOf(text: string, unit: Unit): string {
  const [metric = text] = /^[^\s<>=]+/.exec(text.trim()) ?? [];
  return unitLabels[unit] === '' ? metric : `${metric}, ${unitLabels[unit]}`;
}

function tableOf(text: string, points: readonly Point[]): DataTable {
  const head = headOf(text, points[0]?.unit ?? '1');
  return {
    header: ['requests/s', 'lbmethod', head, 'low', 'high', 'verdict'],
    rows: points.map(({ rate, lbmethod, mean, low, high, verdict }) => [
      rate,
      lbmethod,
      mean,
      low,
      high,
      verdict,
    ]),
  };
}

function specOf(
  chart: CapacityChart,
  bound: number,
  points: readonly Point[],
  { capacities }: CapacityResult,
  look: Look,
): ReturnType<CapacityChart['spec']> {
  const [first] = points;
  if (first === undefined) return null;
  const limit = bound * printScale(first.unit);
  const names = capacities.map(({ lbmethod }) => lbmethod);
  const scales = seriesScales(names, look.theme);
  const lbmethod = {
    field: 'lbmethod',
    sort: null,
    legend: topLegend(names, look.width - 76),
  } as const;
  const color = { ...lbmethod, scale: scales.colour };
  const at = (field: string) =>
    ({
      field,
      type: 'quantitative',
      axis: { title: 'requests/s', tickCount: Math.ceil(look.width / 90) },
      scale: scaleOf(points.map(({ rate }) => rate)),
    }) as const;
  const metric = (field: string) =>
    ({
      field,
      type: 'quantitative',
      axis: { title: headOf(chart.title, first.unit), tickCount: 6 },
      scale: scaleOf([limit, ...points.flatMap(({ mean, low, high }) => [mean, low, high])]),
    }) as const;
  // By names of colours instead of a scale, so that the legend shows the lines.
  const tint = { field: 'tint', type: 'nominal', scale: null } as const;
  const tintOf = (name: string) => scales.colour.range[names.indexOf(name)]!;
  const data = (values: readonly object[]) => ({ data: { values: [...values] } });
  const found = capacities.flatMap((one) => foundOf(one, points, limit));
  const rows = points.map((point) => ({ ...point, tint: tintOf(point.lbmethod) }));
  const ends = found.map((one) => ({ ...one, tint: tintOf(one.lbmethod) }));
  return {
    ...frame(chart, look),
    width: look.width - 76,
    height: 300,
    layer: [
      {
        ...data(rows),
        mark: { type: 'area', opacity: 0.18 },
        encoding: {
          x: at('rate'),
          y: metric('low'),
          y2: { field: 'high' },
          fill: tint,
          detail: { field: 'lbmethod' },
        },
      },
      {
        ...data(rows),
        mark: { type: 'line', strokeWidth: 1.8, point: false },
        encoding: {
          x: at('rate'),
          y: metric('mean'),
          color,
          strokeDash: { ...lbmethod, scale: scales.dash },
        },
      },
      {
        ...data(rows),
        mark: { type: 'point', filled: true, size: 40, opacity: 1 },
        encoding: {
          x: at('rate'),
          y: metric('mean'),
          color,
          shape: { ...lbmethod, scale: scales.shape },
        },
      },
      {
        ...data([{ limit }]),
        mark: { type: 'rule', strokeDash: [6, 4], color: look.theme.muted },
        encoding: { y: metric('limit') },
      },
      {
        ...data(ends),
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.55 },
        encoding: { x: at('low'), x2: { field: 'high' }, y: metric('limit'), stroke: tint },
      },
      {
        ...data(ends),
        mark: { type: 'point', shape: 'cross', filled: true, size: 90, opacity: 1 },
        encoding: { x: at('mean'), y: metric('limit'), fill: tint },
      },
    ],
  };
}

/** The capacity as a bar at the bound; an open end goes as far as rates were tried. */
function foundOf(
  { lbmethod, requestsPerSecond }: LbmethodCapacity,
  points: readonly Point[],
  limit: number,
) {
  if (requestsPerSecond === null) return [];
  const { mean, ci95 } = requestsPerSecond;
  const high = ci95[1] ?? Math.max(...points.map(({ rate }) => rate));
  return [{ lbmethod, mean, low: ci95[0], high, limit }];
}
