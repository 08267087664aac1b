import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../../sim/invariants.ts';
import { replicate } from '../../sim/replication.ts';
import { lbmethods } from '../../src/core/index.ts';
import { metricNames } from '../../src/scenario/metrics.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { everyTenth, play } from './play.ts';

const SEED = 20261121;

const ms = (min: number, max: number) => fc.integer({ min, max }).map((value) => `${value}ms`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const law = (min: number, max: number) =>
  fc.oneof(
    ms(min, max),
    fc.record({ exponential: ms(min, max) }),
    fc.record({ lognormal: fc.record({ mean: ms(min, max), cv: fc.constantFrom(0.3, 1, 3) }) }),
    fc.record({ gamma: fc.record({ shape: fc.constantFrom(0.5, 2.5), mean: ms(min, max) }) }),
    fc.record({ weibull: fc.record({ shape: fc.constantFrom(0.7, 3), mean: ms(min, max) }) }),
    fc.record({ erlang: fc.record({ k: fc.integer({ min: 1, max: 4 }), mean: ms(min, max) }) }),
  );

const backend = fc.record(
  {
    slots: fc.integer({ min: 1, max: 6 }),
    discipline: fc.constantFrom('fifo', 'ps'),
    queue: fc.oneof(
      fc.nat({ max: 9 }),
      fc.record({ places: fc.nat({ max: 3 }), full: fc.constantFrom(503, 'refuse') }),
    ),
    service: law(1, 60),
    response: fc.record({
      errors: fc.constantFrom(0, 0.02, 0.3),
      bytes: fc.constantFrom(500, { exponential: 4096 }),
    }),
    rtt: fc.constantFrom('0s', '1ms', '7ms', '1ns'),
    sessions: fc.constantFrom('memory', 'replicated'),
  },
  { requiredKeys: ['service'] },
);

const worker = fc.record(
  {
    backend: fc.constantFrom('x', 'y'),
    loadfactor: fc.integer({ min: 1, max: 5 }),
    lbset: fc.constantFrom(0, 0, 1),
    status: fc.constantFrom('+H', '+R', '+N', '+D', '+I', '+E'),
    retry: fc.constantFrom('0s', '1s', '5s'),
    max: fc.integer({ min: 1, max: 4 }),
    acquire: ms(1, 60),
    timeout: ms(5, 300),
    disablereuse: fc.boolean(),
    redirect: fc.constantFrom('r0', 'r1', 'r2'),
  },
  { requiredKeys: ['backend'] },
);

const arrival = fc.oneof(
  fc.record({ poisson: fc.integer({ min: 5, max: 200 }).map((rate) => `${rate}/s`) }),
  fc.record({ constant: fc.integer({ min: 5, max: 200 }).map((rate) => `${rate}/s`) }),
  fc.record({ closed: fc.record({ users: fc.integer({ min: 1, max: 20 }), think: law(1, 200) }) }),
);
const client = fc.record(
  {
    arrival,
    session: fc.record(
      {
        requests: fc.constantFrom(1, 4, { geometric: 5 }),
        think: law(1, 300),
        sticky: fc.constantFrom('cookie', 'path', 'none'),
      },
      { requiredKeys: ['requests'] },
    ),
    timeout: ms(10, 500),
    retry: fc.record({ attempts: fc.integer({ min: 0, max: 3 }), backoff: ms(0, 200) }),
  },
  { requiredKeys: ['arrival'] },
);

const event = fc.tuple(fc.nat({ max: 8000 }), ms(1, 3000), fc.nat({ max: 9 }));
const faults = [
  (length: string) => ({ crash: length }),
  (length: string) => ({ hang: length }),
  (length: string) => ({ slow: 4, for: length }),
  (length: string) => ({ errors: 0.5, for: length }),
];
const changes = [
  { status: '+N' },
  { status: '-N-D-H' },
  { loadfactor: 3 },
  { lbmethod: 'bybusyness' },
  { lbmethod: 'byrequests' },
  { maxattempts: 1 },
];

const scenarioParts = fc.record({
  seed: fc.nat(),
  lbmethod: fc.constantFrom(...lbmethods.map(({ name }) => name)),
  flags: fc.record(
    {
      maxattempts: fc.integer({ min: 0, max: 3 }),
      timeout: fc.constant('1s'),
      nofailover: fc.boolean(),
      failontimeout: fc.boolean(),
      forcerecovery: fc.boolean(),
      failonstatus: fc.constantFrom(500, 503),
    },
    { requiredKeys: [] },
  ),
  x: backend,
  y: backend,
  workers: fc.array(worker, { minLength: 1, maxLength: 5 }),
  clients: fc.array(client, { minLength: 1, maxLength: 3 }),
  events: fc.array(event, { maxLength: 5 }),
  warmupMs: fc.constantFrom(0, 700),
  end: maybe(fc.integer({ min: 1, max: 1500 })),
});
type Parts = typeof scenarioParts extends fc.Arbitrary<infer P> ? P : never;

/** The YAML is JSON, which is YAML. */
function textOf({ seed, flags, x, y, workers, clients, events, end }: Parts): string {
  const name = (i: number) => `w${i % workers.length}`;
  return JSON.stringify({
    seed,
    run: end === undefined ? { duration: '9s' } : { requests: end },
    slo: '50ms',
    balancer: {
      ...flags,
      stickysession: 'S',
      workers: workers.map((each, i) => ({ ...each, name: `w${i}`, route: `r${i}` })),
    },
    backends: { x, y },
    clients: clients.map((each, i) => ({ ...each, name: `c${i}` })),
    events: events.map(([at, length, which]) => {
      if (which < 4) return { at: `${at}ms`, worker: name(at), ...faults[which](length) };
      const change = changes[which - 4];
      const ofWorker = 'status' in change || 'loadfactor' in change;
      return { at: `${at}ms`, manager: { ...change, ...(ofWorker && { worker: name(at) }) } };
    }),
  });
}

describe('invariants', () => {
  it('hold on 60 random scenarios, whose metrics stay in range', () => {
    // fast-check prints the scenario and the seed of a failure.
    fc.assert(
      fc.property(scenarioParts, (parts) => {
        const scenario = parseScenario(textOf(parts), 'random.yaml');
        const lbmethod = lbmethods.find(({ name }) => name === parts.lbmethod)!;
        const warmupNs = parts.warmupMs * 1e6;
        const task = { scenario, lbmethod, alternatives: lbmethods, replication: 0, warmupNs };
        const run = replicate({ ...task, binNs: 1e9 });
        expect(run.broken).toEqual([]);
        expect(run.unforcedMoves).toBe(0);
        const metric = (name: (typeof metricNames)[number]) =>
          run.metrics[metricNames.indexOf(name)];
        for (const name of metricNames) {
          expect(metric(name) < (name === 'fairness.excess' ? -1e9 : 0), name).toBe(false);
          const isShare = /^(errors|slo|sessions)\.|^utilization$|^fairness\.(jain|traffic)$/.test(
            name,
          );
          if (isShare) expect(metric(name) > 1 + 1e-12, name).toBe(false);
        }
        const causes = metricNames.filter((name) => /^errors\.(?!rate)/.test(name));
        const sum = causes.reduce((total, name) => total + metric(name), 0);
        if (!Number.isNaN(sum)) expect(sum).toBeCloseTo(metric('errors.rate'), 12);
        expect(metric('waiting.mean') > metric('sojourn.mean') + 1e-9).toBe(false);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('are not blind', () => {
    const one = 'balancer: { workers: [ { name: a } ] }';
    const { model } = play(everyTenth(5, one));
    model.observations.succeeded++;
    model.ledger.closed--;
    model.ledger.residenceNs += 1e6;
    model.proxies[0].balancer.workers.busy[0]++;
    model.ledger.tryTimeNs += 1e6;
    expect(brokenInvariants(model).map((sentence) => sentence.split(':')[0])).toEqual([
      'conservation of requests',
      'conservation of exchanges',
      "Little's law",
      'busy',
      "Little's law",
    ]);
  });
});
