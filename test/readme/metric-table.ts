import { metricRows } from '../../reports/metric-table.ts';

/** The table of metrics as README.md shows it: Markdown, one row per metric, in the order of reports. */
export function metricTable(): string {
  const head = [
    '| metric | unit | better | equivalent within | how it is computed | by chance alone |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  const rows = metricRows.map(({ name, unit, better, margin, formula, floor }) => {
    const cells = [`\`${name}\``, unit, better, margin, formula, floor];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [...head, ...rows].join('\n');
}
