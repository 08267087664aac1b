/** `fairlead sweep --dry-run`: what the sweep would be and cost. */
import { availableParallelism } from 'node:os';
import { type Plan, type PlannedCell, scenarioOf } from '../../sim/sweep/plan.ts';
import { requestsPerSecond, timeText } from './calibrate.ts';
import type { SimulateOptions } from './simulate.ts';

/** Prints cells, replications, requests and an estimate of the time; runs nothing but a short calibration. */
export async function dryRun(
  plan: Plan,
  mine: readonly PlannedCell[],
  todo: readonly PlannedCell[],
  { json, threads = availableParallelism() }: SimulateOptions,
): Promise<void> {
  const sum = (of: (cell: PlannedCell) => number) =>
    todo.reduce((total, cell) => total + of(cell), 0);
  const requests = sum(({ cost }) => cost.requests);
  const seconds =
    (await secondsPerRequest(plan, todo)) * (requests / Math.min(threads, availableParallelism()));
  const refused = todo.filter(({ refused }) => refused !== null);
  const document = {
    cells: mine.length,
    done: mine.length - todo.length,
    refused: refused.length,
    replications: sum(({ cost }) => cost.replications),
    requests,
    seconds: Number(seconds.toPrecision(2)),
  };
  if (json) {
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const lines = [
    `cells         ${document.cells}${document.done > 0 ? `, of which ${document.done} are done` : ''}`,
    `replications  ${document.replications}`,
    `requests      ${requests.toLocaleString('en-US')}, warm-ups found by a pilot not counted`,
    `time          about ${timeText(seconds)} on ${threads} thread${threads === 1 ? '' : 's'} of this machine`,
    ...refused.map(({ values, refused }) => {
      const cell = values.map(({ path, value }) => `${path}=${value}`).join(' ');
      return `${refused!.state}: ${cell}: ${refused!.message}`;
    }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function secondsPerRequest(
  { options }: Plan,
  cells: readonly PlannedCell[],
): Promise<number> {
  const cell = cells.find(({ refused }) => refused === null);
  if (cell === undefined) return 0;
  const scenario = scenarioOf(options, cell.values);
  return 1 / (await requestsPerSecond({ scenario, lbmethods: cell.lbmethods }));
}
