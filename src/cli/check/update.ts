/** `fairlead check --update`: simulates as many replications as a check may need, keeps them, and shows what moved. */
import { type MovedScenario, renderMoved } from '../../../reports/check/moved.ts';
import { keep, misfit, whatMoved } from '../../../sim/check/keep.ts';
import { looks } from '../../../sim/check/looks.ts';
import type { Baseline } from '../../../sim/check/reference.ts';
import { experiment } from '../../../sim/experiment.ts';
import { runResult } from '../../../sim/reduce.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { version } from '../../version.ts';
import { exit } from '../exit.ts';
import { terminal } from '../terminal.ts';
import type { Subject } from './cases.ts';
import type { Bench, CheckOptions } from './check.ts';

/** Writes nothing when any run gives no answer: the exit code is then 4. */
export async function update(bench: Bench, { json }: CheckOptions): Promise<void> {
  const { subjects, files } = bench;
  const moved: MovedScenario[] = [];
  const entries: (readonly [Scenario, Baseline])[] = [];
  for (const subject of subjects) {
    const one = await anew(subject, bench);
    moved.push(one.moved);
    entries.push([subject.scenario, one.baseline]);
  }
  bench.finished();
  if (json) {
    const document = { format: 'fairlead/moved@1', version, scenarios: moved };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else process.stdout.write(renderMoved(moved, terminal()));
  if (moved.some(({ state }) => state !== 'complete')) {
    console.error(
      'fairlead: no baseline was written: a run without an answer is nothing to compare with',
    );
    process.exitCode = exit.noAnswer;
    return;
  }
  for (const file of files.write(entries)) console.error(`fairlead: written: ${file}`);
}

async function anew({ scenario, lbmethod }: Subject, { files, threads, onProgress }: Bench) {
  const label = files.fileOf(scenario);
  const before = files.entryOf(scenario);
  const why = before === undefined ? 'there was no baseline' : misfit(before, scenario);
  const old = before !== undefined && why === null ? before : null;
  const run = old === null ? scenario.run : { ...scenario.run, warmupNs: old.warmupNs };
  const job = { scenario: { ...scenario, run }, lbmethods: [lbmethod] };
  const running = await experiment({ ...job, run: threads.runner(job), onProgress });
  await running.extend(looks(run.replications).at(-1)!);
  const { state } = runResult(scenario, lbmethod, running.warmup, running.arms[0]!);
  const baseline = keep(scenario, running, label, before?.margins ?? null);
  const shown = old ?? baseline;
  const rows = whatMoved(shown, running).map((row) =>
    old === null ? { ...row, reference: null, change: null } : row,
  );
  const moved: MovedScenario = {
    name: scenario.name,
    lbmethod: lbmethod.name,
    state,
    why: old === null ? why : null,
    rows,
  };
  return { baseline, moved };
}
