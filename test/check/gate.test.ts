/**
 * The gate as a whole, on real replications: it passes what is unchanged or neutral, fails what is worse, and calls
 * inconclusive what is at its margin. Seeds are fixed, so nothing here fails by chance; what chance there is over
 * seeds is said at each test. FAIRLEAD_CHECK_SEEDS=1000 does the first two with a thousand.
 */
import { describe, expect, test, vi } from 'vitest';
import { check } from '../../sim/check/check.ts';
import type { CheckResult } from '../../sim/check/result.ts';
import { metricNames } from '../../src/scenario/metrics.ts';
import { heavy } from '../heavy.ts';
import {
  againstBaseline,
  light,
  method,
  plainCase,
  running,
  scenarioOf,
  sideBySide,
  slower,
  text,
} from './bench.ts';

vi.setConfig({ testTimeout: 600_000 });

const SEEDS = Number(process.env['FAIRLEAD_CHECK_SEEDS'] ?? (heavy ? 50 : 5));
const FEWER = heavy ? 10 : 2;
const seeds = (count: number) => Array.from({ length: count }, (_, i) => 1000 + i);

/** How often each verdict was given. */
async function verdicts(count: number, one: (seed: number) => Promise<CheckResult>) {
  const found: Record<string, number> = {};
  for (const seed of seeds(count)) {
    const { verdict } = await one(seed);
    found[verdict] = (found[verdict] ?? 0) + 1;
  }
  return found;
}

describe('unchanged', () => {
  test(`passes ${SEEDS} of ${SEEDS} seeds against its baseline, and exactly`, async () => {
    const base = method('base');
    const found = await verdicts(SEEDS, (seed) =>
      againstBaseline(scenarioOf(seed, light), base, base, { exact: true }),
    );
    expect(found).toEqual({ passed: SEEDS });
  });

  // Nothing is paired here: every difference is noise. At most 1 of 100 such runs may fail by the gate's own word;
  // the margins on top make it far rarer.
  test(`never fails against the same method under another seed, ${SEEDS} times`, async () => {
    const found = await verdicts(SEEDS, async (seed) => {
      const [one, other] = [scenarioOf(seed, light), scenarioOf(seed + 1_000_000, light)];
      return sideBySide(
        one,
        await running(other, method('base')),
        await running(one, method('base')),
      );
    });
    expect(found['failed'] ?? 0).toBe(0);
    expect(found['no data'] ?? 0).toBe(0);
  });
});

test(`a neutral change passes ${FEWER} of ${FEWER}: other draws for ties`, async () => {
  const found = await verdicts(FEWER, async (seed) => {
    const scenario = scenarioOf(seed);
    return sideBySide(
      scenario,
      await running(scenario, method('base')),
      await running(scenario, method('neutral')),
    );
  });
  expect(found).toEqual({ passed: FEWER });
});

describe('worse', () => {
  test(`a mean sojourn 5 % longer fails ${FEWER} of ${FEWER}, neutral noise added`, async () => {
    const found = await verdicts(FEWER, async (seed) => {
      const scenario = scenarioOf(seed);
      const now = slower(await running(scenario, method('neutral')), 1.05);
      return sideBySide(scenario, await running(scenario, method('base')), now);
    });
    expect(found).toEqual({ failed: FEWER });
  });

  test('picks gone careless fail, and the finding says by how much', async () => {
    const scenario = scenarioOf(7);
    const result = await againstBaseline(scenario, method('base'), method('careless'), {
      replications: 40,
    });
    const gate = result.scenarios[0]!.gates.find(
      ({ metric, kind }) => metric === 'sojourn.mean' && kind === 'baseline',
    )!;
    expect(result.verdict).toBe('failed');
    expect(gate.verdict).toBe('failed');
    expect(gate.change!.ci95![0]).toBeGreaterThan(0.02);
  });
});

// At the margin itself, failing and passing are each wrong; each may happen in 1 of 100.
test('a change right at the margin is inconclusive', async () => {
  const found: Record<string, number> = {};
  for (const seed of seeds(FEWER)) {
    const scenario = { ...scenarioOf(seed), expect: [] };
    const now = slower(await running(scenario, method('neutral')), 1.02);
    const old = await running(scenario, method('base'));
    const result = await sideBySide(scenario, old, now);
    const gate = result.scenarios[0]!.gates.find(({ metric }) => metric === 'sojourn.mean')!;
    found[gate.verdict] = (found[gate.verdict] ?? 0) + 1;
  }
  expect(found).toEqual({ inconclusive: FEWER });
});

describe('what is not random', () => {
  const still = text
    .replace('{ poisson: 320/s }', '{ constant: 320/s }')
    .replace('{ exponential: 20ms }', '20ms');

  test('must stay as it is, decision by decision, without being asked', async () => {
    const scenario = scenarioOf(1, still);
    const same = await againstBaseline(scenario, method('byrequests'), method('byrequests'));
    expect(same.verdict).toBe('passed');
    expect(same.scenarios[0]!.gates.map(({ kind }) => kind)).toContain('exact');
    const other = await againstBaseline(scenario, method('byrequests'), method('base'));
    const exact = other.scenarios[0]!.gates.find(({ kind }) => kind === 'exact');
    expect(exact?.verdict).toBe('failed');
  });
});

describe('expect lines', () => {
  const held = async (line: string) => {
    const scenario = scenarioOf(3, text.replace(/expect:.*/, `expect: [ "${line}" ]`));
    const result = await check([plainCase(scenario, await running(scenario, method('base')))]);
    return { verdict: result.verdict, replications: result.scenarios[0]!.replications };
  };

  test('hold or break at the first look when that is clear', async () => {
    expect(await held('sojourn.mean <= 60ms')).toEqual({ verdict: 'passed', replications: 10 });
    expect(await held('sojourn.mean <= 10ms')).toEqual({ verdict: 'failed', replications: 10 });
    expect(await held('workers.b.share >= 20%')).toEqual({ verdict: 'passed', replications: 10 });
    expect(await held('workers.b.share >= 30%')).toEqual({ verdict: 'failed', replications: 10 });
  });

  test('get more replications while it is not, and are inconclusive at the limit', async () => {
    const scenario = scenarioOf(3);
    const now = await running(scenario, method('base'));
    await now.extend(40);
    const index = metricNames.indexOf('sojourn.mean');
    const mean = now.arms[0]!.reduce((sum, { metrics }) => sum + metrics[index]!, 0) / 40;
    expect(await held(`sojourn.mean <= ${mean.toFixed(4)}ms`)).toEqual({
      verdict: 'inconclusive',
      replications: 40,
    });
  });

  test('without data are no pass', async () => {
    expect((await held('failover.detect <= 1s')).verdict).toBe('no data');
  });
});

test('a scenario that nothing is asked of is no pass', async () => {
  const scenario = { ...scenarioOf(3), expect: [] };
  const result = await check([plainCase(scenario, await running(scenario, method('base')))]);
  expect(result.verdict).toBe('no data');
});
