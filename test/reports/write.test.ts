import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { csv } from '../../reports/csv.ts';
import { renderPage } from '../../reports/html.ts';
import { writeReport } from '../../reports/write.ts';
import { bare, comparison, nasty, single } from './studies.ts';

// Drawing takes a second, or many on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fairlead-reports-'));
});
afterAll(() => rm(root, { recursive: true }));

/** The report on `comparison`, drawn once. */
let report: Promise<{ readonly dir: string; readonly paths: readonly string[] }> | undefined;
const written = () => {
  const dir = join(root, 'new', 'folder');
  report ??= writeReport(comparison, dir).then((paths) => ({ dir, paths }));
  return report;
};

const stems = ['busy', 'differences', 'queue-and-errors', 'shares', 'sojourn-percentiles'];
const chartFiles = stems.flatMap((s) => [`${s}.csv`, `${s}.svg`, `${s}.vl.json`]);

test('writes the page, the document, the tables and every chart three ways, and nothing else', async () => {
  const { dir, paths } = await written();
  const files = ['index.html', 'metrics.csv', 'result.json', 'series.csv', ...chartFiles].sort();
  expect(paths.map((path) => basename(path)).sort()).toEqual(files);
  expect((await readdir(dir)).sort()).toEqual(files);
  const text = await readFile(join(dir, 'result.json'), 'utf8');
  expect(JSON.parse(text)).toEqual(comparison.result);
});

test('a chart that the new study does not have goes; files of others stay', async () => {
  const dir = join(root, 'again');
  await cp((await written()).dir, dir, { recursive: true });
  await writeFile(join(dir, 'mine.csv'), 'kept');
  await writeReport(single, dir);
  const files = await readdir(dir);
  expect(files).not.toContain('differences.svg');
  expect(files).toContain('mine.csv');
  expect(files).toHaveLength(4 + 4 * 3 + 1);
});

test('a failure leaves no temporary file, and no file that is half written', async () => {
  const dir = join(root, 'failing');
  await mkdir(join(dir, 'result.json', 'occupied'), { recursive: true });
  await expect(writeReport(bare, dir)).rejects.toThrow(/result\.json/);
  const files = await readdir(dir);
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('series.csv is long: one value a row, seconds, worker and measure beside it', async () => {
  const dir = join(root, 'series');
  await writeReport(single, dir);
  const lines = (await readFile(join(dir, 'series.csv'), 'utf8')).trimEnd().split('\n');
  expect(lines[0]).toBe('lbmethod,seconds,worker,measure,value');
  expect(lines).toHaveLength(1 + 120 * (3 + 3));
  expect(lines[1]).toBe(`bybusyness,0,a,busy,${single.series[0]!.time.busy[0]![0]}`);
  expect(lines.at(-1)).toMatch(/^bybusyness,595,,errors,/);
});

test('CSV comes back as it went in, quotes, commas and line ends included', () => {
  const header = ['a,b"c', 'x'];
  const rows = [
    ['two\nlines', 0.1],
    ["</script>'", -1e-9],
    ['', null],
  ];
  const expected = [header, ['two\nlines', '0.1'], ["</script>'", '-1e-9'], ['', '']];
  expect(parseCsv(csv({ header, rows }))).toEqual(expected);
});

describe.each([
  ['comparison', comparison],
  ['single', single],
  ['nasty', nasty],
  ['bare', bare],
] as const)('the page of %s', (_, study) => {
  test('loads nothing, runs nothing, and escapes names', async () => {
    const page = await renderPage(study);
    expect(page).not.toMatch(/<script|<img|<iframe|<object|<embed|@import|url\(/i);
    const links = [...page.matchAll(/\s(?:src|href|xlink:href)="([^"]*)"/g)].map((m) => m[1]!);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^(#[\w-]+|data:,|[\w.-]+\.(csv|json|svg))$/);
    expect(page).not.toContain('<b>');
  });
});

test('the page leads with verdicts and says how they came about', async () => {
  const page = await readFile(join((await written()).dir, 'index.html'), 'utf8');
  const at = (text: string) => {
    expect(page).toContain(text);
    return page.indexOf(text);
  };
  const order = ['id="verdicts"', 'id="metrics"', 'id="workers"', 'id="charts"', 'id="measured"'];
  expect(order.map(at)).toEqual(order.map(at).sort((a, b) => a - b));
  at('bybusyness is better than byrequests: 194\u00A0ms instead of 468\u00A0ms');
  at('99th percentile of the sojourn times');
});

/** RFC 4180, naively: enough to prove that what was quoted can be unquoted. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}
