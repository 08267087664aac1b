/** The built pool: its threads load what was built. */
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { pool as makePool } from '../../sim/pool.ts';
import { runnerFor } from '../../sim/tasks.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { program, small } from './cli.ts';

const built = new URL('../../sim/pool.js', pathToFileURL(program));
const { pool } = (await import(built.href)) as { pool: typeof makePool };

test('threads take tasks of several jobs by turns, and give what this thread gives', async () => {
  const threads = await pool(2);
  onTestFinished(() => threads.close());
  const jobs = ['1', '2', '3', '4', '5', '6'].map((seed) => {
    const scenario = parseScenario(`seed: ${seed}\n${small}`, 'small.yaml');
    return { scenario, lbmethods: [{ name: 'byrequests', file: null }] };
  });
  const task = { kind: 'replicate', lbmethod: 0, warmupNs: 1e9, binNs: 1e9 } as const;
  const runners = jobs.map((job) => threads.runner(job));
  const there = await Promise.all(
    [0, 1].flatMap((replication) => runners.map((run) => run({ ...task, replication }))),
  );
  const here = await Promise.all(
    [0, 1].flatMap((replication) =>
      jobs.map(async (job) => (await runnerFor(job))({ ...task, replication })),
    ),
  );
  const metricsOf = (all: typeof here) => all.map(({ metrics }) => metrics);
  expect(metricsOf(there)).toEqual(metricsOf(here));
  expect(new Set(there.map(({ metrics }) => metrics[0])).size).toBe(12);
});
