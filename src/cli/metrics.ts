/** `fairlead metrics`: the table of metrics. */
import { metricRows, renderMetrics } from '../../reports/metric-table.ts';
import { LabError } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import { version } from '../version.ts';
import { terminal } from './terminal.ts';

/** @throws LabError when no metric is called `name`. */
export function metrics(name: string | undefined, { json }: { readonly json?: boolean }): void {
  const rows = metricRows.filter((row) => name === undefined || row.name === name);
  if (name !== undefined && rows.length === 0) throw unknown(name);
  process.stdout.write(json ? document(rows) : renderMetrics(rows, terminal()));
}

function document(rows: typeof metricRows): string {
  return `${JSON.stringify({ format: 'fairlead/metrics@1', version, metrics: rows }, null, 2)}\n`;
}

function unknown(name: string): LabError {
  const known = metricRows.map((row) => row.name);
  const message = `${name} is no metric; ${suggestion(name, known)}`;
  const place = { file: 'command line', line: 0, column: 0, path: '' };
  return new LabError([{ ...place, message, code: 'VALUE', severity: 'error' }]);
}
