import { expect, it } from 'vitest';
import { type Experiment, experiment, InvariantError, valuesOf } from '../../sim/experiment.ts';
import type { Replication } from '../../sim/replication.ts';
import { type Runner, runnerFor } from '../../sim/tasks.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

const scenario = parseScenario(
  `
run: { requests: 200, replications: 5 }
balancer: { workers: [ { name: a }, { name: b } ] }
backends: { app: { service: { exponential: 10ms } } }
clients: [ { name: c, arrival: { poisson: 100/s } } ]`,
  'x.yaml',
);
const lbmethods = ['byrequests', 'random'].map((name) => ({ name, file: null }));
const job = { scenario, lbmethods };
const numbers = ({ arms }: Experiment) => arms.map((arm) => arm.map(({ metrics }) => metrics));

it('extended by steps, it has the same replications as at once', async () => {
  const run = await runnerFor(job);
  const [steps, once] = [await experiment({ ...job, run }), await experiment({ ...job, run })];
  for (const count of [1, 3, 3, 2, 4]) await steps.extend(count);
  await once.extend(4);
  expect(steps.arms.map((arm) => arm.length)).toEqual([4, 4]);
  expect(numbers(steps)).toEqual(numbers(once));
  expect(steps.warmup).toEqual(once.warmup);
});

it('orders replications by index, however they come in', async () => {
  const here = await runnerFor(job);
  const waiting: (() => void)[] = [];
  const backwards: Runner = async (task) => {
    if (task.kind === 'replicate') await new Promise<void>((resolve) => waiting.push(resolve));
    return here(task);
  };
  const late = await experiment({ ...job, run: backwards });
  const extended = late.extend(4);
  while (waiting.length > 0) waiting.pop()!();
  await extended;
  const inTurn = await experiment({ ...job, run: here });
  await inTurn.extend(4);
  expect(numbers(late)).toEqual(numbers(inTurn));
});

it('gives values by name, of metrics and of workers', async () => {
  const running = await experiment({ ...job, run: await runnerFor(job) });
  await running.extend(3);
  const [arm] = running.arms;
  const shares = [0, 1].map((worker) => valuesOf(arm, { worker, field: 'share' }));
  expect(valuesOf(arm, 'sojourn.mean').length).toBe(3);
  expect(valuesOf(arm, 'sojourn.mean')[1]).toBe(arm[1].metrics[0]);
  expect(shares[0].map((share, r) => share + shares[1][r])).toEqual(new Float64Array(3).fill(1));
  expect(valuesOf(arm, 'slo.attained')).toEqual(new Float64Array(3).fill(Number.NaN));
});

it('counts what is done of what is planned, pilots included', async () => {
  const seen: string[] = [];
  const onProgress = (done: number, total: number) => seen.push(`${done}/${total}`);
  const running = await experiment({ ...job, run: await runnerFor(job), onProgress });
  await running.extend(1, 3);
  await running.extend(2);
  expect(seen[0]).toBe('0/30'); // 20 pilots, 2 x 5 as the scenario says
  expect(seen).toContain('22/26');
  expect(seen.at(-1)).toBe('24/24');
});

it('refuses replications that break an invariant', async () => {
  const here = await runnerFor(job);
  const broken: Runner = async (task) => {
    const outcome = await here(task);
    if (task.kind === 'pilot' || task.replication < 2) return outcome;
    return { ...(outcome as Replication), broken: ['two and two is five'] } as never;
  };
  const running = await experiment({ ...job, run: broken });
  await running.extend(2);
  await expect(running.extend(3)).rejects.toThrow(InvariantError);
  await expect(running.extend(3)).rejects.toThrow(
    'the engine broke an invariant (byrequests, seed 1, replication 2): two and two is five',
  );
});
