import { type Metric, metrics } from '../../src/scenario/metrics.ts';

/** The table of metrics as README.md shows it: Markdown, one row per metric, in the order of reports. */
export function metricTable(): string {
  const head = [
    '| metric | unit | better | equivalent within | how it is computed |',
    '| --- | --- | --- | --- | --- |',
  ];
  return [...head, ...metrics.map(row)].join('\n');
}

function row({ name, unit, direction, margin, formula }: Metric): string {
  const within = 'relative' in margin ? `${margin.relative * 100} %` : `${margin.absolute}`;
  const cells = [`\`${name}\``, unit, direction === 'none' ? '-' : direction, within, formula];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
