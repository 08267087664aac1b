/** Workers in the terminal: one run in full, or the shares of every lbmethod side by side. */
import type { MetricValue, Result, RunResult } from '../sim/result.ts';
import { formatCell, formatNumber, formatValue } from './format.ts';
import { type Column, type Ink, printable, titled } from './grid.ts';

/** Cells of a bar that stands for the largest share. */
const BAR_CELLS = 16;

/** Share against target, load and sojourn of every worker of one run; empty without workers. */
export function workerTable(run: RunResult, ink: Ink): string {
  const { workers } = run;
  if (workers.length === 0) return '';
  const longest = Math.max(...workers.flatMap((w) => [w.share.mean, w.targetShare]));
  const column = (
    head: readonly string[],
    rank: number,
    value: (worker: RunResult['workers'][number]) => MetricValue | null | undefined,
  ): Column => ({ head, rank, cells: workers.map((w) => formatCell(value(w))) });
  const columns: Column[] = [
    { head: ['worker'], cells: workers.map((w) => printable(w.name)), align: 'left', rank: 0 },
    column(['share', '%'], 1, (w) => w.share),
    {
      head: ['target', '%'],
      cells: workers.map((w) => formatNumber(w.targetShare * 100)),
      rank: 2,
    },
    column(['elected'], 8, (w) => w.elected),
    column(['busy'], 5, (w) => w.busyMean),
    column(['utilization', '%'], 6, (w) => w.utilization),
    column(['sojourn.mean', 'ms'], 7, (w) => w.sojourn?.mean),
    column(['sojourn.p99', 'ms'], 3, (w) => w.sojourn?.p99),
    column(['errors', '%'], 4, (w) => w.errors),
  ];
  const bars = workers.map((w) => ` ${bar(w.share.mean, w.targetShare, longest)}`);
  const names = workers.map((w) => printable(w.name));
  const pad = Math.max(...names.map((name) => name.length));
  const chart = names.map((name, i) => {
    const share = formatValue(workers[i]!.share.mean, 'share').padStart(7);
    return ` ${name.padEnd(pad)} ${share} ${bars[i]}`;
  });
  const legend = 'bar: share, │ target';
  return [
    titled('Workers', columns, ink),
    '',
    ...chart.map((line) => line.trimEnd()),
    ink.paint.dim(` ${legend}`),
  ].join('\n');
}

/** `████████│···`: filled to `share`, a mark at `target`, `longest` is the full length. */
function bar(share: number, target: number, longest: number): string {
  const cells = (x: number) => (longest > 0 ? Math.round((x / longest) * BAR_CELLS) : 0);
  const [filled, mark] = [cells(share), cells(target)];
  const length = Math.max(filled, mark + 1);
  return Array.from({ length }, (_, i) => (i === mark ? '│' : i < filled ? '█' : ' ')).join('');
}

/** Share of each worker under each lbmethod, the target in the head; empty without workers. */
export function shareTable(result: Result, ink: Ink): string {
  const { runs } = result;
  const workers = runs[0]?.workers ?? [];
  if (workers.length === 0) return '';
  const first: Column = {
    head: ['lbmethod', 'target'],
    cells: runs.map((run) => printable(run.lbmethod)),
    align: 'left',
    rank: 0,
  };
  const columns = workers.map((worker, i): Column => {
    const cells = runs.map((run) => formatCell(run.workers[i]?.share));
    const head = [printable(worker.name, 16), formatNumber(worker.targetShare * 100)];
    return { head, cells, rank: i + 1 };
  });
  return titled('Shares per worker, %', [first, ...columns], ink);
}
