/** The files of a report on capacity. */
import type { CapacityResult } from '../../sim/capacity/capacity.ts';
import type { CellValue, DataTable } from '../charts/chart.ts';
import { csv } from '../csv.ts';
import { chartFiles, type File, writeFiles } from '../write.ts';
import { capacityCharts } from './charts.ts';
import { renderCapacityPage } from './page.ts';

/** More objectives than an earlier report can have had. */
const CHARTS_MAX = 20;

/** Writes the report into `dir` and answers the paths written; like `writeReport`. */
export async function writeCapacityReport(result: CapacityResult, dir: string): Promise<string[]> {
  const files: File[] = [
    ['index.html', await renderCapacityPage(result)],
    ['result.json', `${JSON.stringify(result, null, 2)}\n`],
    ['rates.csv', csv(rateRows(result))],
    ...(await chartFiles(capacityCharts(result), result)),
  ];
  const earlier = Array.from({ length: CHARTS_MAX }, (_, i) => ({ name: `capacity-${i + 1}` }));
  return writeFiles(dir, files, earlier);
}

function rateRows({ capacities }: CapacityResult): DataTable {
  return {
    header: [
      'lbmethod',
      'requestsPerSecond',
      'replications',
      'state',
      'verdict',
      'objective',
      'unit',
      'mean',
      'low',
      'high',
    ],
    rows: capacities.flatMap(({ lbmethod, looks }) =>
      looks.flatMap(({ requestsPerSecond, replications, state, verdict, objectives }) =>
        objectives.map(({ text, value }): CellValue[] => [
          lbmethod,
          requestsPerSecond,
          replications,
          state,
          verdict,
          text,
          value?.unit ?? null,
          value?.mean ?? null,
          value?.ci95?.[0] ?? null,
          value?.ci95?.[1] ?? null,
        ]),
      ),
    ),
  };
}
