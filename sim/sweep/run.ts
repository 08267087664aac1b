/** Runs the cells of a sweep. Whatever becomes of one, it becomes a row, and the next one runs. */
import { version } from '../../src/version.ts';
import type { Result, RunResult } from '../result.ts';
import type { Job } from '../tasks.ts';
import { recordOf } from './grid.ts';
import { type Plan, type PlannedCell, scenarioOf } from './plan.ts';
import type { CellFile, CellState } from './result.ts';

export interface RunOptions {
  readonly plan: Plan;
  /** Those to run, in order. */
  readonly cells: readonly PlannedCell[];
  /** Runs the study of a cell, on threads of this machine or elsewhere. */
  readonly study: (
    cell: PlannedCell,
    job: Job,
    onProgress: (done: number) => void,
  ) => Promise<Result>;
  /** How many cells at once. */
  readonly lanes: number;
  /** The command that runs one cell alone, for messages. */
  readonly reproduce: (cell: PlannedCell) => string;
  readonly onCell: (file: CellFile) => void;
  /** Replications done, by all cells. */
  readonly onProgress: (done: number) => void;
}

/** Ends when every cell has been handed to `onCell`. */
export async function runCells(options: RunOptions): Promise<void> {
  const { cells, lanes, onCell, onProgress } = options;
  const done = cells.map(() => 0);
  let next = 0;
  const lane = async () => {
    while (next < cells.length) {
      const i = next++;
      const progress = (count: number) => {
        done[i] = count;
        onProgress(done.reduce((sum, one) => sum + one, 0));
      };
      onCell(await runCell(options, cells[i]!, progress));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function runCell(
  { plan, study, reproduce }: RunOptions,
  cell: PlannedCell,
  onProgress: (done: number) => void,
): Promise<CellFile> {
  if (cell.refused !== null) return fileOf(cell, cell.refused.state, cell.refused.message);
  try {
    const job = { scenario: scenarioOf(plan.options, cell.values), lbmethods: cell.lbmethods };
    const result = await study(cell, job, onProgress);
    const values = recordOf(cell.values);
    const runs = result.runs.map((run) => ({ ...run, cell: values }));
    const comparisons = result.comparisons.map((one) => ({ ...one, cell: values }));
    return { ...fileOf(cell, worstOf(runs), null), runs, comparisons };
  } catch (error) {
    const message = `failed: ${messageOf(error)}; reproduce with: ${reproduce(cell)}`;
    return fileOf(cell, 'failed', message);
  }
}

/** On one line: it is a cell of a table. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
}

function fileOf(cell: PlannedCell, state: CellState, message: string | null): CellFile {
  return {
    format: 'fairlead/cell@1',
    version,
    id: cell.id,
    cell: recordOf(cell.values),
    scenario: { sha256: cell.sha256, seed: cell.seed },
    state,
    message,
    runs: [],
    comparisons: [],
  };
}

const ranks: readonly RunResult['state'][] = ['complete', 'truncated', 'unstable', 'no data'];

function worstOf(runs: readonly RunResult[]): RunResult['state'] {
  return ranks[Math.max(...runs.map(({ state }) => ranks.indexOf(state)))] ?? 'no data';
}
