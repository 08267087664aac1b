/** Random scenarios: random workers, lbmethods, backends, clients, proxies, modes, events and faults. */
import fc from 'fast-check';
import { lbmethods } from '../../src/core/index.ts';

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
    connect: fc.constantFrom('0s', '3ms'),
    keepalive: ms(1, 200),
    check: fc.constantFrom('0s', '5ms'),
    cold: fc.oneof(
      fc.record({ slow: fc.constantFrom(0.5, 3), for: ms(1, 2000) }),
      fc.record({ slow: fc.constant(3), ramp: ms(1, 2000) }),
    ),
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
    connectiontimeout: ms(5, 900),
    smax: fc.nat({ max: 3 }),
    ttl: fc.constant('1s'),
    hcmethod: fc.constantFrom('NONE', 'TCP', 'GET'),
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
    retry: fc.record(
      {
        attempts: fc.integer({ min: 0, max: 3 }),
        backoff: ms(0, 200),
        factor: fc.constantFrom(1, 2),
        max: ms(50, 300),
        jitter: fc.constantFrom(0, 0.5, 1),
        budget: fc.record({
          ratio: fc.constantFrom(0, 0.1),
          burst: fc.integer({ min: 1, max: 9 }),
        }),
      },
      { requiredKeys: ['attempts'] },
    ),
    spread: fc.constantFrom('session', 'request'),
    connection: fc.record({ requests: fc.constantFrom(1, 3, { geometric: 4 }) }),
  },
  { requiredKeys: ['arrival'] },
);

const event = fc.tuple(fc.nat({ max: 4000 }), ms(1, 3000), fc.nat({ max: 13 }));
const fault = fc.tuple(
  fc.nat({ max: 9 }),
  fc.constantFrom('crash', 'hang', 'pause', 'blackhole', 'slow'),
  law(50, 2000),
  law(1, 700),
);
const troubles = [
  (length: string) => ({ crash: length }),
  (length: string) => ({ hang: length }),
  (length: string) => ({ slow: 4, for: length }),
  (length: string) => ({ errors: 0.5, for: length }),
  (length: string) => ({ reset: 0.5, for: length }),
  (length: string) => ({ pause: length }),
  (length: string) => ({ blackhole: length }),
];
const changes = [
  { status: '+N' },
  { status: '-N-D-H' },
  { loadfactor: 3 },
  { lbmethod: 'bybusyness' },
  { lbmethod: 'byrequests' },
  { maxattempts: 1 },
];

/** What a random scenario is made of. */
export const scenarioParts = fc.record({
  seed: fc.nat(),
  proxies: fc.constantFrom(1, 1, 2, 5),
  mode: fc.constantFrom('http', 'http', 'tcp'),
  loss: fc.constantFrom(0, 0.3),
  faults: fc.uniqueArray(fault, { maxLength: 3, selector: ([, kind]) => kind }),
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
export type Parts = typeof scenarioParts extends fc.Arbitrary<infer P> ? P : never;

/** The YAML is JSON, which is YAML. */
export function textOf(parts: Parts): string {
  const { seed, flags, x, y, workers, clients, events, faults, end, proxies, mode, loss } = parts;
  const name = (i: number) => `w${i % workers.length}`;
  const tcp = mode === 'tcp';
  const { failonstatus, ...always } = flags;
  const http = { stickysession: 'S', ...(failonstatus !== undefined && { failonstatus }) };
  return JSON.stringify({
    seed,
    run: end === undefined ? { duration: '4s' } : { requests: end },
    slo: '50ms',
    balancer: {
      ...always,
      ...(!tcp && http),
      proxies,
      mode,
      heartbeat: { interval: '200ms', publish: '700ms', loss },
      workers: workers.map(({ hcmethod, ...each }, i) => ({
        ...each,
        ...(hcmethod !== undefined && { hcmethod, hcinterval: '100ms', hcfails: 2 }),
        name: `w${i}`,
        route: `r${i}`,
      })),
    },
    backends: { x, y },
    clients: clients.map(({ connection, session, ...each }, i) => ({
      ...each,
      ...(session && { session: tcp ? { ...session, sticky: 'none' } : session }),
      ...(tcp && session && connection && { connection }),
      name: `c${i}`,
    })),
    events: events.map(([at, length, which]) => eventOf(at, length, which, name, proxies)),
    faults: faults.map(([worker, kind, up, down]) => ({
      worker: worker < 5 ? name(worker) : [...new Set([name(0), name(worker)])],
      [kind]: kind === 'slow' ? { factor: 3, up, down } : { up, down },
    })),
  });
}

function eventOf(
  atMs: number,
  length: string,
  which: number,
  name: (i: number) => string,
  proxies: number,
) {
  const at = `${atMs}ms`;
  const proxy = 1 + (atMs % proxies);
  if (which < troubles.length) return { at, worker: name(atMs), ...troubles[which]!(length) };
  if (which === troubles.length) return { at, proxy, partition: name(atMs), for: length };
  const change = changes[which - troubles.length - 1]!;
  const ofWorker = 'status' in change || 'loadfactor' in change;
  return { at, proxy, manager: { ...change, ...(ofWorker && { worker: name(atMs) }) } };
}
