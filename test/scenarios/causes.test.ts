/**
 * What an example teaches comes from where it says: take the cause away and the effect is gone. Fixed seeds:
 * nothing here fails by chance, and effects differ by several times, far beyond their intervals. FAIRLEAD_HEAVY=1 runs
 * them all.
 */
import { expect, test } from 'vitest';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { heavy } from '../heavy.ts';
import { example, simulated } from './simulated.ts';

const patience = { timeout: 120_000 };

const more = test.runIf(heavy);

/** Means of metrics under the scenario's own lbmethod. */
async function means(scenario: Scenario): Promise<Record<string, number>> {
  const { result } = await simulated(shortened(scenario));
  const entries = Object.entries(result.runs[0]!.metrics);
  return Object.fromEntries(entries.map(([name, { mean }]) => [name, mean]));
}

/** Effects as large as these show in a few replications. */
function shortened(scenario: Scenario): Scenario {
  return { ...scenario, run: { ...scenario.run, replications: 3 } };
}

/** The same clients, nobody sticky. */
function withoutStickiness(scenario: Scenario): Scenario {
  const clients = scenario.clients.map((client) => ({
    ...client,
    session: client.session && { ...client.session, sticky: 'none' as const },
  }));
  return { ...scenario, clients };
}

function withoutEvents(scenario: Scenario, kind: Scenario['events'][number]['kind']): Scenario {
  return { ...scenario, events: scenario.events.filter((event) => event.kind !== kind) };
}

test(
  'sticky-skew: without stickiness shares are even and next to nothing waits',
  patience,
  async () => {
    const free = await means(withoutStickiness(example('sticky-skew')));
    expect(free['fairness.window']).toBeLessThan(0.01);
    expect(free['waiting.mean']).toBeLessThan(1);
    expect(free['sojourn.p99']).toBeLessThan(125);
  },
);

more('node-loss: a warm node makes nobody wait', patience, async () => {
  const warm = await means(withoutEvents(example('node-loss'), 'slow'));
  expect(warm['sojourn.p99']).toBeLessThan(500);
});

more('node-loss: replicated sessions move and do not break', patience, async () => {
  const scenario = example('node-loss');
  const backends = scenario.backends.map((one) => ({ ...one, sessions: 'replicated' as const }));
  const replicated = await means({ ...scenario, backends });
  expect(replicated['sessions.moved']).toBeGreaterThan(0.02);
  expect(replicated['sessions.broken']).toBe(0);
});

more(
  'rolling-deploy: without draining, the same restarts break sessions and cost requests',
  patience,
  async () => {
    const abrupt = await means(withoutEvents(example('rolling-deploy'), 'manager'));
    expect(abrupt['sessions.broken']).toBeGreaterThan(0.01);
    expect(abrupt['errors.rate']).toBeGreaterThan(0.0001);
  },
);

test('access-log: without sessions, the office is divided like everybody', patience, async () => {
  const divided = await means(withoutStickiness(example('access-log')));
  expect(divided['share.error']).toBeLessThan(0.001);
});

more('access-log: one worker gets half of it whatever the lbmethod', patience, async () => {
  const others = ['bytraffic', 'bybusyness', 'heartbeat'];
  const { result } = await simulated(shortened(example('access-log')), others);
  const largest = result.runs.map(({ workers }) => Math.max(...workers.map((w) => w.share.mean)));
  expect(Math.min(...largest)).toBeGreaterThan(0.45);
});

test(
  'hot-standby: idle before the loss, idle again when the workers are back',
  patience,
  async () => {
    const { series } = await simulated(shortened(example('hot-standby')));
    const { seconds, busy } = series[0]!.time;
    const during = (from: number, to: number) =>
      busy[2]!.filter((_, i) => seconds[i]! >= from && seconds[i]! < to);
    expect(during(0, 39).every((mean) => mean === 0)).toBe(true);
    expect(Math.min(...during(42, 68))).toBeGreaterThan(1);
    expect(during(80, 119).every((mean) => mean === 0)).toBe(true);
  },
);

/** The same balancer as httpd has it. */
function withoutModifiers(scenario: Scenario): Scenario {
  const { modifiers: _, ...balancer } = scenario.balancer;
  return { ...scenario, balancer };
}

more.each([
  ['black-hole-ejected', { 'errors.backend': 0.3 }],
  ['cold-return', { 'sojourn.p99': 10_000 }],
  ['retry-storm', { 'errors.rate': 0.45, 'attempts.mean': 5 }],
])('%s: without its modifier it is at least %o', patience, async (name, least) => {
  const plain = await means(withoutModifiers(example(name)));
  for (const [metric, value] of Object.entries(least)) {
    expect(plain[metric], metric).toBeGreaterThan(value);
  }
});

more('production: equal load factors give the large node as much', patience, async () => {
  const scenario = example('production');
  const { balancer } = scenario;
  const workers = balancer.workers.map((worker) => ({ ...worker, loadfactor: 1 }));
  const shareOf = async (own: Scenario) => {
    const { result } = await simulated(shortened(own));
    return result.runs[0]!.workers[0]!.share.mean;
  };
  const [written, equal] = [
    await shareOf(scenario),
    await shareOf({ ...scenario, balancer: { ...balancer, workers } }),
  ];
  expect(written).toBeLessThan(0.45);
  expect(Math.abs(written - equal)).toBeLessThan(0.05);
});
