import type { Study } from '../../sim/result.ts';
import { type Chart, frame, LINE_SYMBOL, type Panel, plotWidth, topLegend } from './chart.ts';
import { eventKey, eventLayers, timeAxis, timeUnitOf } from './events.ts';
import { seriesScales } from './theme.ts';

/** Waiting requests and errors over time, all lbmethods on the same axes. */
export const queueAndErrors: Chart = {
  name: 'queue-and-errors',
  title: 'Waiting requests and errors',
  description:
    'Two pictures over simulated time with one line per lbmethod: requests waiting at all workers together, ' +
    'and errors per second. Shaded bands and dashed lines are the numbered events.',
  spec(study, look) {
    const rows = timeRows(study);
    if (rows.length === 0) return null;
    const names = study.series.map((s) => s.lbmethod);
    const width = plotWidth(look, ['10,000']);
    const scales = seriesScales(names, look.theme);
    const legend = topLegend(names, width, LINE_SYMBOL);
    const panel = (field: 'queue' | 'errors', title: string): Panel => ({
      width,
      height: 150,
      layer: [
        ...eventLayers(study, { ...look, width }),
        {
          mark: { type: 'line', strokeWidth: 1.6, interpolate: 'linear' },
          encoding: {
            x: { ...timeAxis(study), field: 'at' },
            y: {
              field,
              type: 'quantitative',
              axis: { title, tickCount: 5, minExtent: 34 },
              scale: {
                domain: [0, 1.12 * (Math.max(...rows.map((row) => row[field])) || 1)],
                nice: false,
              },
            },
            color: { field: 'lbmethod', scale: scales.colour, legend, sort: null },
            strokeDash: { field: 'lbmethod', scale: scales.dash, legend, sort: null },
          },
        },
      ],
    });
    return {
      ...frame(queueAndErrors, look),
      title: { text: queueAndErrors.title, subtitle: eventKey(study, look) },
      data: { values: rows },
      vconcat: [panel('queue', 'requests waiting'), panel('errors', 'errors, 1/s')],
    };
  },
  table(study) {
    const columns = study.series.flatMap(({ lbmethod, time }) => [
      { head: `${lbmethod}, waiting`, values: time.queue },
      { head: `${lbmethod}, errors 1/s`, values: time.errors },
    ]);
    const seconds = study.series.find(({ time }) => time.seconds.length > 0)?.time.seconds ?? [];
    return {
      header: ['simulated time, s', ...columns.map((column) => column.head)],
      rows: seconds.map((second, i) => [second, ...columns.map(({ values }) => values[i] ?? null)]),
    };
  },
};

function timeRows(study: Study) {
  const unit = timeUnitOf(study).seconds;
  return study.series.flatMap(({ lbmethod, time }) =>
    time.seconds.map((second, i) => ({
      lbmethod,
      at: (second + time.binSeconds / 2) / unit,
      queue: time.queue[i] ?? 0,
      errors: time.errors[i] ?? 0,
    })),
  );
}
