import { fileURLToPath } from 'node:url';
import { study } from '../../sim/study.ts';
import { runnerFor } from '../../sim/tasks.ts';
import { loadScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const folder = new URL('../../scenarios/', import.meta.url);

export const folderPath = fileURLToPath(folder);

/** An example by its file name without `.yaml`. */
export function example(name: string): Scenario {
  return loadScenario(fileURLToPath(new URL(`${name}.yaml`, folder)));
}

/** The scenario under its own lbmethod and then under `others`, in this thread. */
export async function simulated(scenario: Scenario, others: readonly string[] = []) {
  const named = others.map((name) => ({ name, file: null }));
  const job = { scenario, lbmethods: [scenario.balancer.lbmethod, ...named] };
  return study({ ...job, run: await runnerFor(job) });
}
