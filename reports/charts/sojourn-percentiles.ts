import type { Study } from '../../sim/result.ts';
import { type Chart, frame, plotWidth, topLegend } from './chart.ts';
import { seriesScales } from './theme.ts';

/** Points are drawn here, so that lines are told apart by shape too. */
const MARKED = [0.5, 0.9, 0.99, 0.999, 0.9999];

/** Below this the curve says little and a log axis would spend half its length on it. */
const LOWEST = 0.25;

/** Every sojourn time quantile of every lbmethod; the axis gives each further nine the same room. */
export const sojournPercentiles: Chart = {
  name: 'sojourn-percentiles',
  title: 'Sojourn time by percentile',
  description:
    'One line per lbmethod: the sojourn time below which the given share of requests stays, in milliseconds. ' +
    'Each step to the right is ten times rarer. Lower is better.',
  spec(study, look) {
    const rows = points(study);
    if (rows.length === 0) return null;
    const names = study.series.map((s) => s.lbmethod);
    const width = plotWidth(look, ['10,000']);
    const scales = seriesScales(names, look.theme);
    const legend = topLegend(names, width);
    const last = Math.max(...rows.map((row) => row.odds));
    const y = sojournAxis(rows.map((row) => row.ms));
    const x = {
      field: 'odds',
      type: 'quantitative',
      scale: { type: 'log', domain: [1 / (1 - LOWEST), last] as number[], nice: false },
      axis: {
        title: 'percentile of requests',
        values: [2, 10, 100, 1000, 10_000, 100_000].filter((tick) => tick <= last * 1.001),
        labelExpr: "format(100 - 100 / datum.value, '~r') + ' %'",
        labelFlush: true,
        labelOverlap: 'greedy',
      },
    } as const;
    const colour = { field: 'lbmethod', scale: scales.colour, legend, sort: null } as const;
    return {
      ...frame(sojournPercentiles, look),
      width,
      height: Math.min(340, Math.max(240, look.width * 0.45)),
      data: { values: rows },
      layer: [
        {
          mark: { type: 'line' },
          encoding: {
            x,
            y,
            color: colour,
            strokeDash: { field: 'lbmethod', scale: scales.dash, legend, sort: null },
            strokeWidth: widths(names.length, 4.2, 1.8),
          },
        },
        {
          transform: [{ filter: { field: 'p', oneOf: MARKED } }],
          mark: { type: 'point', filled: true, opacity: 1 },
          encoding: {
            x,
            y,
            color: colour,
            shape: { field: 'lbmethod', scale: scales.shape, legend, sort: null },
            size: widths(names.length, 150, 50),
          },
        },
      ],
    };
  },
  table(study) {
    const all = study.series.flatMap((s) => s.percentiles.map(({ p }) => p));
    const ps = [...new Set(all)].sort((a, b) => a - b);
    const find = study.series.map((s) => new Map(s.percentiles.map(({ p, ms }) => [p, ms])));
    return {
      header: ['percentile', ...study.series.map((s) => `${s.lbmethod}, ms`)],
      rows: ps.map((p) => [percent(p), ...find.map((quantiles) => quantiles.get(p) ?? null)]),
    };
  },
};

/** From `first` down to `last`: a line that another one covers still shows at its edges. */
function widths(count: number, first: number, last: number) {
  if (count < 2) return { value: last };
  const scale = { domain: [0, count - 1], range: [first, last] };
  return { field: 'order', type: 'quantitative', scale, legend: null } as const;
}

/** 0.999 as 99.9, without the noise of binary fractions. */
function percent(p: number): number {
  return Number((p * 100).toPrecision(12));
}

function points(study: Study) {
  return study.series.flatMap(({ lbmethod, percentiles }, order) =>
    percentiles
      .filter(({ p, ms }) => p >= LOWEST && p < 1 && ms > 0 && Number.isFinite(ms))
      .map(({ p, ms }) => ({ lbmethod, order, p, odds: 1 / (1 - p), ms })),
  );
}

/** Logarithmic once the largest is ten times the smallest, with ticks at 1, 2 and 5. */
function sojournAxis(values: readonly number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const logarithmic = high / low >= 10;
  const title = logarithmic ? 'sojourn time, ms (log scale)' : 'sojourn time, ms';
  const axis = { title, format: '~r', tickCount: 6 };
  if (!logarithmic) {
    return {
      field: 'ms',
      type: 'quantitative',
      axis,
      scale: { domain: [0, high] as number[], nice: true },
    } as const;
  }
  const decades = Array.from({ length: 16 }, (_, i) => 10 ** (i - 6));
  const ticks = decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]);
  const from = Math.max(...ticks.filter((tick) => tick <= low), ticks[0]!);
  const to = Math.min(...ticks.filter((tick) => tick >= high), ticks.at(-1)!);
  const inside = ticks.filter((tick) => tick >= from && tick <= to);
  return {
    field: 'ms',
    type: 'quantitative',
    scale: { type: 'log', domain: [from, to] as number[] },
    axis: { ...axis, values: inside, format: ',~r' },
  } as const;
}
