/**
 * Whether a comparison finds what is there, and nothing else: ten workers of four slots at load 0.9, ten replications
 * of 24 000 requests, 4 000 of them warm-up. 20 % of random picks make the mean sojourn of p2c 4.6 % longer, more than
 * twenty standard errors of the paired difference; so neither test should ever raise a false alarm: another seed is
 * called worse or better only outside of the margin of 1 %, four standard errors away.
 */
import { expect, it, vi } from 'vitest';
import { replicate } from '../../sim/replication.ts';
import { study } from '../../sim/study.ts';
import type { Runner } from '../../sim/tasks.ts';
import { lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { heavy } from '../heavy.ts';
import { degradedP2c } from './degraded-p2c.ts';

vi.setConfig({ testTimeout: 1_800_000 });

const COMPARISONS = heavy ? 100 : 3;

const workers = Array.from({ length: 10 }, (_, i) => `{ name: w${i} }`).join(', ');

const p2c = lbmethods.find(({ name }) => name === 'p2c')!;
const methods = [p2c, degradedP2c(0), degradedP2c(20)];

/** Verdicts on the mean sojourn of p2c with another seed and of the degraded one, against p2c; and the change of the latter. */
async function compared(seed: number) {
  const scenario = parseScenario(
    `
seed: power ${seed}
run: { requests: 20000, warmup: 111ms, replications: 10 }
balancer: { workers: [ ${workers} ] }
backends: { app: { slots: 4, service: { exponential: 1ms } } }
clients: [ { name: c, arrival: { poisson: 36000/s } } ]`,
    'power.yaml',
  );
  const run: Runner = async (task) => {
    if (task.kind === 'pilot') throw new Error('the warm-up is given');
    return replicate({
      ...task,
      scenario,
      lbmethod: methods[task.lbmethod],
      alternatives: [],
    }) as never;
  };
  const refs = methods.map(({ name }) => {
    return { name, file: name === 'p2c' ? null : 'degraded-p2c.ts' };
  });
  const { result } = await study({ scenario, lbmethods: refs, run });
  return result.comparisons.filter(({ a, metric }) => a === 'p2c' && metric === 'sojourn.mean');
}

it(`is sure of 4.6 % in ${COMPARISONS} comparisons, and of nothing between equals`, async () => {
  const another: string[] = [];
  const degraded: string[] = [];
  const changes: number[] = [];
  for (let seed = 0; seed < COMPARISONS; seed++) {
    const [same, worse] = await compared(seed);
    another.push(same.verdict);
    degraded.push(worse.verdict);
    changes.push(worse.relative!);
  }
  expect(another.filter((verdict) => verdict === 'worse' || verdict === 'better')).toEqual([]);
  const found = degraded.filter((verdict) => verdict === 'worse').length;
  expect(found).toBeGreaterThanOrEqual(Math.ceil(COMPARISONS * 0.99));
  const mean = changes.reduce((sum, change) => sum + change, 0) / COMPARISONS;
  expect(Math.abs(mean - 0.046)).toBeLessThan(0.006);
});
