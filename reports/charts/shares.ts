import type { Study } from '../../sim/result.ts';
import { type Chart, frame, labelLimit, plotWidth, topLegend } from './chart.ts';
import { seriesScales } from './theme.ts';

/** Pixels between two lbmethods of one worker. */
const STEP = 14;

/** Share of each worker under each lbmethod, with its interval, against the target. */
export const shares: Chart = {
  name: 'shares',
  title: 'Share of requests per worker',
  description:
    'Per worker one point per lbmethod: its share of requests in percent with the 95 % interval. ' +
    'The upright line is the target share, from the load factors.',
  spec(study, look) {
    const rows = shareRows(study);
    if (rows.length === 0) return null;
    const names = study.result.runs.map((run) => run.lbmethod);
    const band = STEP * names.length + 10;
    const width = plotWidth(look, study.workers);
    const scales = seriesScales(names, look.theme);
    const legend = topLegend(names, width);
    const y = {
      field: 'worker',
      type: 'nominal',
      sort: null,
      scale: { padding: 10 / band },
      axis: {
        title: 'worker',
        labelLimit: labelLimit(look),
        ticks: false,
        domain: false,
        grid: true,
        tickBand: 'extent',
      },
    } as const;
    const yOffset = { field: 'order', type: 'ordinal' } as const;
    const colour = { field: 'lbmethod', scale: scales.colour, legend, sort: null } as const;
    const scale = { domainMin: 0, nice: true } as const;
    const axis = { title: 'share of requests, %', tickCount: 6 } as const;
    const x = { field: 'share', type: 'quantitative', scale, axis } as const;
    return {
      ...frame(shares, look),
      width,
      height: study.workers.length * band,
      data: { values: rows },
      layer: [
        {
          mark: { type: 'tick', color: look.theme.ink, thickness: 1.5, size: band - 4 },
          encoding: { x: { ...x, field: 'target' }, y },
        },
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset, color: colour },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: {
            x,
            y,
            yOffset,
            color: colour,
            shape: { field: 'lbmethod', scale: scales.shape, legend, sort: null },
          },
        },
      ],
    };
  },
  table(study) {
    return {
      header: ['lbmethod', 'worker', 'share, %', 'low, %', 'high, %', 'target, %'],
      rows: shareRows(study).map((r) => [r.lbmethod, r.worker, r.share, r.low, r.high, r.target]),
    };
  },
};

/** In percent, one row per run and worker. */
function shareRows(study: Study) {
  return study.result.runs.flatMap(({ lbmethod, workers }, order) =>
    workers.map(({ name, share, targetShare }) => ({
      lbmethod,
      order,
      worker: name,
      share: share.mean * 100,
      low: (share.ci95?.[0] ?? share.mean) * 100,
      high: (share.ci95?.[1] ?? share.mean) * 100,
      target: targetShare * 100,
    })),
  );
}
