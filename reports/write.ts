/** The files of a report. Drawn in memory first, so that a study that cannot be drawn leaves the folder as it was. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Study } from '../sim/result.ts';
import { type Chart, specOf } from './charts/chart.ts';
import { charts } from './charts/index.ts';
import { drawSvg } from './charts/svg.ts';
import { light } from './charts/theme.ts';
import { csv, metricRows, seriesRows } from './csv.ts';
import { renderPage } from './html.ts';
import { labelled } from './page/figures.ts';

/** Width of the SVG files in pixels. */
const FILE_WIDTH = 860;

/**
 * Writes the report of `study` into `dir`, which is made when missing, and answers the paths written. A file appears under its
 * name only when it is complete; charts of an earlier report that this study does not have are removed.
 */
export async function writeReport(study: Study, dir: string): Promise<string[]> {
  const files: File[] = [
    ['index.html', await renderPage(study)],
    ['result.json', `${JSON.stringify(study.result, null, 2)}\n`],
    ['metrics.csv', csv(metricRows(study))],
    ['series.csv', csv(seriesRows(study))],
    ...(await chartFiles(charts, study)),
  ];
  return writeFiles(dir, files, charts);
}

export type File = readonly [name: string, text: string];

/** SVG, specification and table of every chart that has something to show. */
export async function chartFiles<Subject>(
  charts: readonly Chart<Subject>[],
  subject: Subject,
): Promise<File[]> {
  const files: File[] = [];
  for (const chart of charts) {
    const spec = specOf(chart, subject, { theme: light, width: FILE_WIDTH });
    if (spec === null) continue;
    const [svg, json, table] = chartFileNames(chart) as [string, string, string];
    files.push([svg, `${labelled(await drawSvg(spec), chart)}\n`]);
    files.push([json, `${JSON.stringify(spec, null, 2)}\n`]);
    files.push([table, csv(chart.table(subject))]);
  }
  return files;
}

/** Puts `files` into `dir` and takes away what `charts` left there earlier; answers the paths written. */
export async function writeFiles(
  dir: string,
  files: readonly File[],
  charts: readonly Pick<Chart, 'name'>[],
): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const written = await replaceFiles(dir, files);
  const names = new Set(files.map(([name]) => name));
  const stale = charts.flatMap(chartFileNames).filter((name) => !names.has(name));
  await Promise.all(stale.map((name) => rm(join(dir, name), { force: true })));
  return written;
}

function chartFileNames({ name }: { readonly name: string }): string[] {
  return [`${name}.svg`, `${name}.vl.json`, `${name}.csv`];
}

/**
 * All files under temporary names first, then all renamed. Whatever ends this early, an error or `process.exit`
 * (which the command line calls on an interrupt), takes the temporaries along.
 */
async function replaceFiles(dir: string, files: readonly File[]): Promise<string[]> {
  const suffix = `.${randomUUID()}.tmp`;
  const temporary = (name: string) => join(dir, `.${name}${suffix}`);
  const sweep = () => {
    for (const [name] of files) rmSync(temporary(name), { force: true });
  };
  process.once('exit', sweep);
  try {
    for (const [name, text] of files) await writeFile(temporary(name), text, { flag: 'wx' });
    for (const [name] of files) await rename(temporary(name), join(dir, name));
  } finally {
    sweep();
    process.off('exit', sweep);
  }
  return files.map(([name]) => join(dir, name));
}
