/** The page's pictures: drawn for wide and for narrow windows, each with its numbers in a table. */
import { html, type Markup, raw } from '../../src/markup.ts';
import { type CellValue, type Chart, type DataTable, specOf } from '../charts/chart.ts';
import { drawSvg } from '../charts/svg.ts';
import { variables } from '../charts/theme.ts';
import { ABSENT } from '../format.ts';
import { scrolling } from './parts.ts';

const WIDE = 930;
const NARROW = 360;

/** Longer tables are thinned on the page; the CSV files have every row. */
const ROWS_MAX = 60;

/** All charts that have something to show; null when none has. */
export async function figureSection<Subject>(
  charts: readonly Chart<Subject>[],
  subject: Subject,
): Promise<Markup | null> {
  const figures: Markup[] = [];
  for (const chart of charts) {
    const drawn = await figure(chart, subject);
    if (drawn !== null) figures.push(drawn);
  }
  if (figures.length === 0) return null;
  return html`<section aria-labelledby="charts"><h2 id="charts">Charts</h2>${figures}</section>`;
}

async function figure<Subject>(chart: Chart<Subject>, subject: Subject): Promise<Markup | null> {
  const wide = await picture(chart, subject, WIDE, 'wide');
  const narrow = await picture(chart, subject, NARROW, 'narrow');
  if (wide === null || narrow === null) return null;
  const table = chart.table(subject);
  const { kept, every } = thinned(table);
  const label = `Numbers behind: ${chart.title}`;
  const note =
    every === 1 ? '' : `, one row of ${every}; all ${table.rows.length} are in ${chart.name}.csv`;
  return html`<figure id="chart-${chart.name}">${wide}${narrow}
<figcaption>${chart.description}</figcaption>
<details><summary>${label}</summary>${scrolling(label, dataTable(`${chart.title}${note}`, table.header, kept))}
<p class="meta">Beside this page: <a href="${chart.name}.csv">${chart.name}.csv</a>, <a href="${chart.name}.svg">${chart.name}.svg</a>, <a href="${chart.name}.vl.json">${chart.name}.vl.json</a></p></details></figure>
`;
}

async function picture<Subject>(
  chart: Chart<Subject>,
  subject: Subject,
  width: number,
  kind: string,
) {
  const spec = specOf(chart, subject, { theme: variables, width });
  if (spec === null) return null;
  const svg = await drawSvg(spec);
  return html`<div class="${kind}">${raw(labelled(svg, chart))}</div>`;
}

/** One image with a title and a description for screen readers, instead of vega's role on every part of it. */
export function labelled(
  svg: string,
  { title, description }: Pick<Chart, 'title' | 'description'>,
): string {
  const silent = svg.replace(/ (?:role|aria-label|aria-roledescription)="[^"]*"/g, '');
  const attributes = html`role="img" aria-label="${`${title}. ${description}`}" `;
  return silent.replace('<svg ', `<svg ${attributes.markup}`);
}

function thinned({ rows }: DataTable) {
  const every = Math.max(1, Math.ceil(rows.length / ROWS_MAX));
  return { every, kept: rows.filter((_, i) => i % every === 0) };
}

function dataTable(caption: string, header: readonly string[], rows: DataTable['rows']): Markup {
  return html`<table><caption>${caption}</caption><thead><tr>${header.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...cells]) =>
      html`<tr><th scope="row">${printed(first ?? null)}</th>${cells.map((cell) => html`<td>${printed(cell)}</td>`)}</tr>
`,
  )}</tbody></table>`;
}

/** Five significant digits: a table under a picture is read, the CSV is computed with. */
function printed(cell: CellValue): string {
  if (cell === null) return ABSENT;
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return ABSENT;
  return Number(cell.toPrecision(5)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
