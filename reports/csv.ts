/** Studies and charts as CSV: comma separated, one head line, full precision, empty where there is no value. */
import { stringify } from 'csv-stringify/sync';
import type { Study } from '../sim/result.ts';
import type { CellValue, DataTable } from './charts/chart.ts';

/** The text of a CSV file. */
export function csv({ header, rows }: DataTable): string {
  return stringify([header, ...rows.map((row) => row.map(finite))]);
}

function finite(cell: CellValue): string | number {
  return cell === null || (typeof cell === 'number' && !Number.isFinite(cell)) ? '' : cell;
}

/** All metrics of all runs, one row each, in stored units (shares as fractions). */
export function metricRows({ result }: Study): DataTable {
  return {
    header: ['lbmethod', 'metric', 'unit', 'mean', 'low', 'high'],
    rows: result.runs.flatMap(({ lbmethod, metrics }) =>
      Object.entries(metrics).map(([name, { unit, mean, ci95 }]) => {
        return [lbmethod, name, unit, mean, ci95?.[0] ?? null, ci95?.[1] ?? null];
      }),
    ),
  };
}

/** Everything over time in long form; `worker` is empty for what belongs to all workers together. */
export function seriesRows(study: Study): DataTable {
  return {
    header: ['lbmethod', 'seconds', 'worker', 'measure', 'value'],
    rows: study.series.flatMap(({ lbmethod, time }) => {
      const rows = (worker: string, measure: string, values: readonly number[]) =>
        values.map((value, i): CellValue[] => [lbmethod, time.seconds[i]!, worker, measure, value]);
      return [
        ...time.busy.flatMap((values, i) => rows(study.workers[i] ?? `${i}`, 'busy', values)),
        ...rows('', 'queue', time.queue),
        ...rows('', 'arrivals', time.arrivals),
        ...rows('', 'errors', time.errors),
      ];
    }),
  };
}
