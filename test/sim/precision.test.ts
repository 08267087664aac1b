import { describe, expect, it } from 'vitest';
import { type Experiment, experiment, valuesOf } from '../../sim/experiment.ts';
import { extendUntilPrecise, firstPrecise, type PrecisionLook } from '../../sim/precision.ts';
import { meanInterval } from '../../sim/statistics.ts';
import { streams } from '../../sim/streams.ts';
import { study } from '../../sim/study.ts';
import { runnerFor } from '../../sim/tasks.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

/** Values around 1 whose standard deviation is `spread`. */
function values(seed: number, length: number, spread: number): Float64Array {
  const uniform = streams('precision', seed)('x');
  return Float64Array.from({ length }, () => 1 + spread * Math.sqrt(12) * (uniform() - 0.5));
}

describe('firstPrecise', () => {
  it.each([0.02, 0.05, 0.2])('agrees with its definition at %d', (relative) => {
    for (let seed = 0; seed < 20; seed++) {
      const arm = values(seed, 150, 0.2);
      let naive: number | null = null;
      for (let count = 150; count >= 10; count--) {
        const { mean, ci95 } = meanInterval(arm.subarray(0, count));
        if ((ci95![1] - ci95![0]) / 2 <= (relative / (1 + relative)) * mean) naive = count;
      }
      expect(firstPrecise([arm], relative)).toBe(naive);
    }
  });

  it('wants all arms precise at once', () => {
    const [quick, slow] = [values(1, 200, 0.1), values(2, 200, 0.3)];
    const both = firstPrecise([quick, slow], 0.05)!;
    expect(both).toBe(firstPrecise([slow], 0.05));
    expect(both).toBeGreaterThan(firstPrecise([quick], 0.05)!);
  });

  it('needs ten values, and counts no replication without one', () => {
    const flat = new Float64Array(9).fill(3);
    expect(firstPrecise([flat], 0.5)).toBeNull();
    expect(firstPrecise([Float64Array.of(...flat, 3)], 0.5)).toBe(10);
    expect(firstPrecise([Float64Array.of(...flat, NaN, NaN, 3, 3)], 0.5)).toBe(12);
  });

  it('is as precise as it says, nearly as often as its interval', () => {
    let within = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const arm = values(seed, 1000, 0.2);
      const first = firstPrecise([arm], 0.05)!;
      if (Math.abs(meanInterval(arm.subarray(0, first)).mean - 1) <= 0.05) within++;
    }
    // About 940 (early stopping costs a little); sd 7.5: below 910 a fresh seed would fall once in 30 000.
    expect(within).toBeGreaterThan(910);
  });
});

const scenario = (max: number, relative = '4%') =>
  parseScenario(
    `
run: { requests: 300, warmup: 1s, precision: { metric: sojourn.mean, relative: ${relative}, max: ${max} } }
balancer: { workers: [ { name: a }, { name: b } ] }
backends: { app: { service: { exponential: 10ms } } }
clients: [ { name: c, arrival: { poisson: 100/s } } ]`,
    'x.yaml',
  );
const lbmethods = ['byrequests', 'random'].map((name) => ({ name, file: null }));

async function start(max: number, relative?: string): Promise<Experiment> {
  const job = { scenario: scenario(max, relative), lbmethods };
  return experiment({ ...job, run: await runnerFor(job) });
}

describe('extendUntilPrecise', () => {
  it('stops at the first prefix that is precise in every arm, whatever the steps', async () => {
    const running = await start(500);
    const looks: PrecisionLook[] = [];
    const last = await extendUntilPrecise(running, running.scenario.run.precision!, (look) =>
      looks.push(look),
    );
    const all = await start(500);
    await all.extend(last.replications + 20);
    const arms = all.arms.map((arm) => valuesOf(arm, 'sojourn.mean'));
    expect(last.reached).toBe(true);
    expect(last.replications).toBe(firstPrecise(arms, 0.04));
    expect(last.halfWidth).toBeLessThanOrEqual(0.04 / 1.04);
    expect(looks[0]).toMatchObject({ replications: 10, reached: false });
    expect(looks[0].expected).toBeGreaterThan(20);
    expect(looks.at(-1)).toEqual(last);
  });

  it('says what was not reached, after exactly the most that is allowed', async () => {
    const running = await start(12, '0.1%');
    const last = await extendUntilPrecise(running, running.scenario.run.precision!);
    expect(last).toMatchObject({ replications: 12, reached: false, expected: 12 });
    expect(running.arms.map((arm) => arm.length)).toEqual([12, 12]);
  });

  it('goes on when one of the first ten has a value', async () => {
    const text = (duration: string) => `
run: { duration: ${duration}, warmup: 0s, precision: { metric: sojourn.p99, relative: 50%, max: 40 } }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { poisson: 100/s } } ]`; // a p99 wants 299 requests
    const job = { scenario: parseScenario(text('2.86s'), 'x.yaml'), lbmethods: [lbmethods[0]] };
    const running = await experiment({ ...job, run: await runnerFor(job) });
    await running.extend(10);
    const known = valuesOf(running.arms[0], 'sojourn.p99').filter((value) => value > 0);
    expect(known).toHaveLength(1);
    const last = await extendUntilPrecise(running, job.scenario.run.precision!);
    expect(last.replications).toBeGreaterThan(10);
  });

  it('does not go on for a metric without data', async () => {
    const running = await start(200);
    const precision = { metric: 'failover.detect', relative: 0.1, max: 200 } as const;
    const last = await extendUntilPrecise(running, precision);
    expect(last).toMatchObject({ replications: 10, reached: false, halfWidth: null });
  });
});

it('an lbmethod under which nobody succeeds keeps no other from being precise', async () => {
  const refs = [...lbmethods, { name: 'heartbeat', file: null }]; // nobody sends heartbeats
  const job = { scenario: scenario(500), lbmethods: refs };
  const { result } = await study({ ...job, run: await runnerFor(job) });
  expect(result.runs[2].metrics['sojourn.mean']).toBeUndefined();
  expect(result.runs.map(({ precision }) => precision!.reached)).toEqual([true, true, true]);
});

it('a study reports the prefix, the same for every lbmethod', async () => {
  const job = { scenario: scenario(500), lbmethods };
  const { result } = await study({ ...job, run: await runnerFor(job) });
  const [first, second] = result.runs;
  expect(first.replications).toBe(second.replications);
  expect(first.replications).toBeGreaterThan(10);
  expect(first.precision).toMatchObject({ metric: 'sojourn.mean', relative: 0.04, reached: true });
  const widths = result.runs.map(({ metrics }) => {
    const { mean, ci95 } = metrics['sojourn.mean'];
    return (ci95![1] - ci95![0]) / 2 / mean;
  });
  expect(Math.max(...widths)).toBe(first.precision!.halfWidth);
});
