/** The files of a sweep's report, beside its ledger. */
import type { SweepResult } from '../../sim/sweep/result.ts';
import type { CellValue, DataTable } from '../charts/chart.ts';
import { csv } from '../csv.ts';
import { chartFiles, type File, writeFiles } from '../write.ts';
import { sweepChartNames, sweepCharts } from './charts.ts';
import { renderSweepPage } from './page.ts';

/** Writes the report into `dir` and answers the paths written; like `writeReport`. */
export async function writeSweepReport(result: SweepResult, dir: string): Promise<string[]> {
  const files: File[] = [
    ['index.html', await renderSweepPage(result)],
    ['result.json', `${JSON.stringify(result, null, 2)}\n`],
    ['metrics.csv', csv(metricRows(result))],
    ...(await chartFiles(sweepCharts(result), result)),
  ];
  return writeFiles(dir, files, sweepChartNames);
}

function metricRows({ axes, runs }: SweepResult): DataTable {
  const paths = axes.map(({ path }) => path);
  return {
    header: [...paths, 'lbmethod', 'state', 'metric', 'unit', 'mean', 'low', 'high'],
    rows: runs.flatMap(({ cell, lbmethod, state, metrics }) =>
      Object.entries(metrics).map(([name, { unit, mean, ci95 }]): CellValue[] => {
        const values = paths.map((path) => cell?.[path] ?? null);
        return [...values, lbmethod, state, name, unit, mean, ci95?.[0] ?? null, ci95?.[1] ?? null];
      }),
    ),
  };
}
