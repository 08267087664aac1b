import type { Study } from '../../sim/result.ts';
import { type Chart, frame, LINE_SYMBOL, topLegend } from './chart.ts';
import { eventKey, eventLayers, timeAxis, timeUnitOf } from './events.ts';
import { seriesScales } from './theme.ts';

/** Requests in flight on each worker over time, one small picture per lbmethod on common scales. */
export const busy: Chart = {
  name: 'busy',
  title: 'Requests in flight per worker',
  description:
    'One picture per lbmethod, one line per worker: mean requests in flight over simulated time. ' +
    'Shaded bands and dashed lines are the numbered events.',
  spec(study, look) {
    const rows = busyRows(study);
    if (rows.length === 0) return null;
    const names = study.series.map((s) => s.lbmethod);
    const columns = Math.min(names.length, look.width < 560 ? 1 : 2);
    const width = Math.max(140, (look.width - 60 - 28 * (columns - 1)) / columns - 12);
    const scales = seriesScales(study.workers, look.theme);
    const legend = topLegend(study.workers, look.width - 60, LINE_SYMBOL);
    const unit = timeUnitOf(study).seconds;
    const high = Math.max(...rows.map((row) => row.busy));
    return {
      ...frame(busy, look),
      title: { text: busy.title, subtitle: eventKey(study, look) },
      data: { values: rows.map((row) => ({ ...row, at: row.seconds / unit })) },
      facet: {
        field: 'lbmethod',
        type: 'nominal',
        // Not by a list of names: vega-lite would write them into an expression, where some do not parse.
        sort: { field: 'order', op: 'min' },
        header: { title: null, labelAnchor: 'start', labelLimit: width },
      },
      columns,
      spacing: { row: 22, column: 28 },
      spec: {
        width,
        height: names.length > 4 ? 100 : 130,
        layer: [
          ...eventLayers(study, { ...look, width }),
          {
            mark: { type: 'line', strokeWidth: 1.6, interpolate: 'linear' },
            encoding: {
              x: { ...timeAxis(study), field: 'at' },
              y: {
                field: 'busy',
                type: 'quantitative',
                axis: { title: 'requests in flight', tickCount: 4 },
                scale: { domain: [0, high * 1.12], nice: false },
              },
              color: { field: 'worker', scale: scales.colour, legend, sort: null },
              strokeDash: { field: 'worker', scale: scales.dash, legend, sort: null },
            },
          },
        ],
      },
      resolve: { axis: { x: 'shared', y: 'shared' } },
    };
  },
  table(study) {
    const columns = study.series.flatMap(({ lbmethod, time }) =>
      time.busy.map((values, i) => ({ head: `${lbmethod}, ${study.workers[i] ?? i}`, values })),
    );
    const seconds = study.series.find(({ time }) => time.seconds.length > 0)?.time.seconds ?? [];
    return {
      header: ['simulated time, s', ...columns.map((column) => column.head)],
      rows: seconds.map((second, i) => [second, ...columns.map(({ values }) => values[i] ?? null)]),
    };
  },
};

/** One row per lbmethod, worker and bin, at the middle of the bin. */
function busyRows(study: Study) {
  return study.series.flatMap(({ lbmethod, time }, order) =>
    time.busy.flatMap((values, i) => {
      const worker = study.workers[i] ?? `${i}`;
      const middle = time.binSeconds / 2;
      return values.map((value, k) => ({
        lbmethod,
        order,
        worker,
        seconds: time.seconds[k]! + middle,
        busy: value,
      }));
    }),
  );
}
