/** The page's tables of metrics and of workers. */
import type { MetricValue, Result, RunResult } from '../../sim/result.ts';
import { html, type Markup } from '../../src/markup.ts';
import { metricOf } from '../../src/scenario/metrics.ts';
import { formatCell, formatInterval, formatMean, formatValue } from '../format.ts';
import { comparedHeadline, presentMetrics, runHeadline } from '../headline.ts';
import { scrolling } from './parts.ts';

const directions = { lower: 'lower is better', higher: 'higher is better', none: '' } as const;

/** Headline metrics of every run with intervals, and all the others folded away. */
export function metricSection(result: Result): Markup | null {
  const { runs } = result;
  const all = presentMetrics(runs);
  if (all.length === 0) return null;
  const headline = new Set(runs.length === 1 ? runHeadline(runs[0]!) : comparedHeadline(runs));
  const rest = all.filter((name) => !headline.has(name));
  const top = all.filter((name) => headline.has(name));
  return html`<section aria-labelledby="metrics"><h2 id="metrics">Metrics</h2>
${metricTable('Headline metrics, mean and 95 % interval', top, runs)}
${
  rest.length === 0
    ? null
    : html`<details><summary>All other metrics, ${rest.length}</summary>${metricTable('All other metrics, mean and 95 % interval', rest, runs)}</details>`
}</section>`;
}

function metricTable(
  caption: string,
  names: readonly string[],
  runs: readonly RunResult[],
): Markup {
  const rows = names.map((name) => {
    const direction = directions[metricOf(name)?.direction ?? 'none'];
    return html`<tr><th scope="row">${name}<small>${direction}</small></th>${runs.map((run) => valueCell(run.metrics[name]))}</tr>
`;
  });
  return scrolling(
    caption,
    html`<table><caption>${caption}</caption><thead><tr><th scope="col">metric</th>${runs.map((run) => html`<th scope="col">${run.lbmethod}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function valueCell(value: MetricValue | null | undefined): Markup {
  if (!value) return html`<td>-</td>`;
  const interval = value.ci95 === null ? 'no interval' : formatInterval(value.ci95, value.unit);
  return html`<td>${formatMean(value)}<small>${interval}</small></td>`;
}

/** Value and half of the interval: for tables with many columns. */
function narrowCell(value: MetricValue | null | undefined): Markup {
  if (!value) return html`<td>-</td>`;
  const half = formatCell(value).split('±')[1];
  return html`<td>${formatMean(value)}<small>${half === undefined ? '' : `±${half}`}</small></td>`;
}

/** One table per run: share against target, load, sojourn, errors; null without workers. */
export function workerSection(result: Result): Markup | null {
  const runs = result.runs.filter((run) => run.workers.length > 0);
  if (runs.length === 0) return null;
  return html`<section aria-labelledby="workers"><h2 id="workers">Workers</h2>
${runs.map((run) => scrolling(`Workers under ${run.lbmethod}`, workerTable(run)))}</section>`;
}

const heads = [
  ...['share', 'target', 'elected', 'busy', 'utilization'],
  ...['sojourn.mean', 'sojourn.p99', 'errors'],
];

function workerTable(run: RunResult): Markup {
  const longest = Math.max(...run.workers.flatMap((w) => [w.share.mean, w.targetShare]));
  const rows = run.workers.map(
    (w) => html`<tr><th scope="row">${w.name}<small>${w.route}</small></th>
<td class="text">${bar(w.share.mean, w.targetShare, longest)}</td>${narrowCell(w.share)}
<td>${formatValue(w.targetShare, 'share')}</td>${narrowCell(w.elected)}${narrowCell(w.busyMean)}${narrowCell(w.utilization)}
${narrowCell(w.sojourn?.mean)}${narrowCell(w.sojourn?.p99)}${narrowCell(w.errors)}</tr>
`,
  );
  return html`<table><caption>Workers under ${run.lbmethod}; ± half of the 95 % interval</caption><thead><tr><th scope="col">worker</th><th scope="col" class="text">share against target</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** A decoration: the numbers stand beside it. */
function bar(share: number, target: number, longest: number): Markup {
  const percent = (x: number) => (longest > 0 ? Math.round((x / longest) * 100) : 0);
  return html`<span class="fill" aria-hidden="true"><i style="width:${percent(share)}%"></i><b style="left:${percent(target)}%"></b></span>`;
}
