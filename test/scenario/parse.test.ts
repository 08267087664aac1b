import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lbmethods } from '../../src/core/index.ts';
import { loadScenario, parseScenario } from '../../src/scenario/parse.ts';
import { problemsOf } from './problems.ts';

const load = (name: string) =>
  loadScenario(fileURLToPath(new URL(`good/${name}.yaml`, import.meta.url)));

const smallest = `
run: { requests: 1000 }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: 20ms } }
clients: [ { name: c, arrival: { poisson: 10/s } } ]
`;

test('what is left out is filled in with the defaults of httpd and of the format', () => {
  const { sha256, file, ...scenario } = parseScenario(smallest, 'small/est.yaml');

  expect(file).toBe('small/est.yaml');
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(scenario).toEqual({
    name: 'est',
    description: '',
    seed: '1',
    run: { durationNs: null, requests: 1000, warmupNs: null, replications: 10, precision: null },
    sloNs: null,
    balancer: {
      lbmethod: { name: 'byrequests', file: null },
      sticky: null,
      nofailover: false,
      timeoutSeconds: 0,
      maxattempts: null,
      failonstatus: [],
      failontimeout: false,
      forcerecovery: true,
      proxies: 1,
      mode: 'http',
      heartbeat: { intervalNs: 1e9, publishNs: 5e9, loss: 0 },
      checksAtOnce: 16,
      workers: [
        {
          name: 'a',
          backend: 0,
          loadfactor: 1,
          lbset: 0,
          route: '',
          redirect: '',
          status: '',
          retrySeconds: 60,
          max: 0,
          acquireNs: null,
          timeoutNs: 60e9,
          disablereuse: false,
          connectTimeoutNs: 60e9,
          smax: null,
          ttlNs: null,
          health: null,
        },
      ],
    },
    backends: [
      {
        name: 'app',
        slots: 1,
        discipline: 'fifo',
        queue: null,
        queueFull: 'answer',
        service: { kind: 'constant', value: 20e6 },
        bytes: { kind: 'constant', value: 1024 },
        errors: 0,
        rttNs: 0,
        connectNs: 0,
        keepaliveNs: null,
        checkNs: 0,
        cold: null,
        sessions: 'memory',
      },
    ],
    clients: [
      {
        name: 'c',
        arrival: { kind: 'poisson', perSecond: 10 },
        addresses: null,
        paths: null,
        session: null,
        timeoutNs: null,
        retry: {
          attempts: 0,
          backoffNs: 0,
          factor: 1,
          maxNs: Number.POSITIVE_INFINITY,
          jitter: 0,
          budget: null,
        },
        spread: 'session',
        connection: null,
      },
    ],
    events: [],
    faults: [],
    expect: [],
  });
});

test('distributions are read in the unit of their field', () => {
  const { backends, clients } = load('distributions');

  expect(backends.map(({ service }) => service)).toEqual([
    { kind: 'constant', value: 1.5e6 },
    { kind: 'exponential', mean: 20e6 },
    { kind: 'uniform', min: 0, max: 30e6 },
    { kind: 'erlang', k: 3, mean: 20e6 },
    { kind: 'gamma', shape: 0.5, mean: 20e6 },
    { kind: 'weibull', shape: 0.7, mean: 20e6 },
    { kind: 'lognormal', mean: 20e6, cv: 1.5 },
    { kind: 'pareto', shape: 1, min: 2e6, max: 10e9 },
    {
      kind: 'hyperexponential',
      branches: [
        { share: 0.9, mean: 5e6 },
        { share: 0.1, mean: 200e6 },
      ],
    },
    { kind: 'samples', values: [1e6, 2e6, 250e3] },
    { kind: 'samples', values: [12e6, 15e6, 9.5e6, 20e6] },
  ]);
  expect(backends.slice(0, 4).map(({ bytes }) => bytes)).toEqual([
    { kind: 'constant', value: 512 },
    { kind: 'exponential', mean: 10e3 },
    { kind: 'uniform', min: 0, max: 1e6 },
    { kind: 'samples', values: [100, 2048] },
  ]);
  expect(clients.map(({ session }) => session?.requests)).toEqual([
    { kind: 'constant', value: 12 },
    { kind: 'geometric', mean: 12 },
    { kind: 'samples', values: [1, 5] },
    { kind: 'poisson', mean: 3.5 },
    { kind: 'zipf', exponent: 1.1, max: 1000 },
  ]);
  expect(clients.map(({ arrival }) => arrival)).toEqual([
    { kind: 'constant', perSecond: 0.5 },
    ...Array(4).fill({ kind: 'poisson', perSecond: 1 }),
  ]);
});

test('a worker without backend takes the one of its own name', () => {
  const { balancer } = load('distributions');
  expect(balancer.workers.map(({ backend }) => backend)).toEqual([...balancer.workers.keys()]);
});

test('every field of balancer, worker and backend arrives', () => {
  const { balancer, backends, seed, run, sloNs, clients } = load('balancer');
  const { proxies, mode, heartbeat, checksAtOnce, workers, ...own } = balancer;

  expect(own).toEqual({
    lbmethod: {
      name: '../data/mine.js',
      file: fileURLToPath(new URL('data/mine.js', import.meta.url)),
    },
    sticky: { cookie: 'SID', path: 'SID', separator: '', scolonpathdelim: true },
    nofailover: false,
    timeoutSeconds: 2,
    maxattempts: 0,
    failonstatus: [500, 503],
    failontimeout: true,
    forcerecovery: false,
  });
  const [a, b, c, d] = workers;
  expect(a).toMatchObject({ loadfactor: 1.15, retrySeconds: 0, max: 10, acquireNs: 500e6 });
  expect(b).toMatchObject({ redirect: 'r1', lbset: 99, status: 'H', timeoutNs: 2.5e9 });
  expect(c).toMatchObject({ status: 'R', disablereuse: true, loadfactor: 100 });
  expect(d).toMatchObject({ name: '4', status: 'D' });
  expect(backends[0]).toMatchObject({ discipline: 'ps', queue: 0, queueFull: 'refuse' });
  expect(backends[0]).toMatchObject({ errors: 0.005, rttNs: 100e3, sessions: 'replicated' });
  expect(backends[1]).toMatchObject({ queue: 3, queueFull: 'answer' });
  expect({ seed, run, sloNs }).toEqual({
    seed: '007',
    run: { durationNs: 90e9, requests: null, warmupNs: 0, replications: 3, precision: null },
    sloNs: 200e6,
  });
  expect(clients[0]).toMatchObject({
    arrival: { kind: 'closed', users: 500, think: { kind: 'exponential', mean: 9e9 } },
    session: { sticky: 'path' },
    timeoutNs: 3600e9,
    retry: { attempts: 2, backoffNs: 0 },
  });
});

test('bounds of expect lines are in the unit of their metric', () => {
  const { expect: lines } = load('balancer');
  expect(lines.map(({ metric, comparator, bound }) => [metric, comparator, bound])).toEqual([
    ['slo.attained', '>=', 0.99],
    ['failover.detect', '<', 30],
    ['throughput', '>', 10],
    ['attempts.mean', '==', 1],
    [{ worker: 0, field: 'share' }, '<=', 0.5],
    [{ worker: 3, field: 'elected' }, '<', 1],
  ]);
  expect(lines.map(({ line }) => line)).toEqual([42, 43, 44, 45, 46, 47]);
});

test('events come in order of time, equal times in the order of the file', () => {
  const { events } = load('events');
  const minute = 60e9;
  expect(events).toEqual([
    { kind: 'crash', atNs: minute, workers: [0, 1], forNs: 90e9 },
    { kind: 'slow', atNs: 2 * minute, workers: [0], factor: 3, forNs: minute },
    { kind: 'errors', atNs: 2 * minute, workers: [1], share: 0.2, forNs: minute },
    {
      kind: 'manager',
      proxies: [0],
      atNs: 6 * minute,
      worker: 1,
      change: { status: { N: true, D: false }, loadfactor: 2, lbset: 1, route: '', redirect: 'x' },
    },
    {
      kind: 'manager',
      proxies: [0],
      atNs: 7 * minute,
      worker: null,
      change: {
        lbmethod: { name: 'random', file: null },
        timeoutSeconds: 0,
        maxattempts: 99,
        nofailover: true,
      },
    },
    {
      kind: 'manager',
      proxies: [0],
      atNs: 8 * minute,
      worker: null,
      change: { stickysession: null },
    },
    {
      kind: 'manager',
      proxies: [0],
      atNs: 8 * minute,
      worker: null,
      change: { stickysession: { cookie: 'OTHER', path: 'OTHER' } },
    },
    { kind: 'hang', atNs: 9 * minute, workers: [1], forNs: 10e9 },
  ]);
});

test('what surrounds the balancer', () => {
  const { balancer, backends, clients, events, faults } = load('world');
  const minute = 60e9;
  const { workers, ...setting } = balancer;
  expect(setting).toMatchObject({
    proxies: 3,
    mode: 'tcp',
    heartbeat: { intervalNs: 500e6, publishNs: 2e9, loss: 0.01 },
    checksAtOnce: 4,
  });
  expect(workers[0]).toMatchObject({
    health: { method: 'GET', intervalNs: 5e9 },
    hcpasses: 2,
    hcfails: 3,
    smax: 4,
    ttlNs: minute,
  });
  expect(workers[1]).toMatchObject({
    health: { method: 'TCP', intervalNs: 30e9 },
    connectTimeoutNs: 2e9,
    timeoutNs: minute,
  });
  expect(backends[0]).toMatchObject({
    connectNs: 3e6,
    keepaliveNs: 5e9,
    checkNs: 1e6,
    cold: { slow: 3, forNs: minute, ramp: true },
  });
  expect(clients[0]).toMatchObject({
    connection: { kind: 'geometric', mean: 10 },
    spread: 'request',
    retry: { attempts: 3, backoffNs: 100e6, factor: 2, maxNs: 2e9, jitter: 0.5 },
  });
  expect(clients[0]?.retry.budget).toEqual({ ratio: 0.1, burst: 5 });
  expect(events).toEqual([
    { kind: 'pause', atNs: minute, workers: [0], forNs: 2e9 },
    { kind: 'blackhole', atNs: 2 * minute, workers: [0, 1], forNs: 10e9 },
    { kind: 'reset', atNs: 3 * minute, workers: [1], share: 0.05, forNs: minute },
    { kind: 'partition', atNs: 4 * minute, workers: [0, 1], forNs: 30e9, proxies: [0, 2] },
    {
      kind: 'manager',
      atNs: 5 * minute,
      proxies: [1],
      worker: 0,
      change: { status: { N: true } },
    },
  ]);
  const spells = {
    up: { kind: 'exponential', mean: 100e9 },
    down: { kind: 'exponential', mean: 10e9 },
  };
  expect(faults).toEqual([
    { kind: 'crash', workers: [0], factor: 1, ...spells, stream: 'fail/a/crash' },
    {
      kind: 'slow',
      workers: [0, 1],
      factor: 3,
      up: { kind: 'constant', value: minute },
      down: { kind: 'uniform', min: 1e9, max: 9e9 },
      stream: 'fail/a,b/slow',
    },
  ]);
});

test('sessions of a trace are sticky by cookie where the balancer is', () => {
  const { clients, run } = load('trace');
  expect(clients.map(({ session }) => session?.sticky)).toEqual(['cookie', 'cookie']);
  expect(run).toMatchObject({ durationNs: null, requests: null });
});

describe('stickysession', () => {
  const sticky = (text: string) =>
    parseScenario(
      smallest.replace('workers:', `stickysession: ${JSON.stringify(text)}, workers:`),
      'x.yaml',
    ).balancer.sticky;

  test('splits at the first bar', () => {
    expect(sticky('A|B|C')).toMatchObject({ cookie: 'A', path: 'B|C', separator: '.' });
  });
  test('is cut at 63 characters, as httpd does', () => {
    expect(sticky(`${'c'.repeat(70)}|${'p'.repeat(70)}`)).toMatchObject({
      cookie: 'c'.repeat(63),
      path: 'p'.repeat(63),
    });
  });
});

const textWith = (lbmethod: string) =>
  smallest.replace('workers:', `lbmethod: ${lbmethod}, workers:`);

test('the registry decides which lbmethods there are', () => {
  const [problem] = problemsOf(() => parseScenario(textWith('p3c'), 'x.yaml'));
  expect(problem?.code).toBe('REFERENCE');
  for (const { name } of lbmethods) {
    for (const written of [name, `{ ${name}: {} }`]) {
      const { balancer } = parseScenario(textWith(written), 'x.yaml');
      expect(balancer.lbmethod).toEqual({ name, file: null });
    }
  }
});

test('parameters of an lbmethod that differ from the defaults are part of its name', () => {
  const { balancer } = parseScenario(textWith('{ p2c: { choices: 3, distinct: true } }'), 'x.yaml');
  const set = { method: 'p2c', values: { choices: 3 }, text: '(choices 3)' };
  expect(balancer.lbmethod).toEqual({ name: 'p2c (choices 3)', file: null, set });
});

test('a manager event may set parameters, too', () => {
  const event = 'events: [ { at: 1s, manager: { lbmethod: { p2c: { distinct: false } } } } ]\n';
  const { events } = parseScenario(smallest + event, 'x.yaml');
  expect(events[0]).toMatchObject({ change: { lbmethod: { name: 'p2c (distinct false)' } } });
});

test('a stickysession that an event switches on is enough for a cookie', () => {
  const text = smallest
    .replace('poisson: 10/s }', 'poisson: 10/s }, session: { sticky: cookie }')
    .concat('events: [ { at: 1s, manager: { stickysession: SID } } ]\n');
  expect(parseScenario(text, 'x.yaml').clients[0]?.session?.sticky).toBe('cookie');
});

test('a problem behind an alias is shown where its anchor stands', () => {
  const text = smallest.replace('{ name: a }', '&w { name: a, max: -1 }, *w');
  const problems = problemsOf(() => parseScenario(text, 'x.yaml'));
  expect(problems.map(({ path, line, column }) => `${path} ${line}:${column}`)).toEqual([
    'balancer.workers[1].name 3:35',
    'balancer.workers[0].max 3:43',
    'balancer.workers[1].max 3:43',
  ]);
});

const withModifiers = (text: string) =>
  parseScenario(smallest.replace('] }', `], modifiers: ${text} }`), 'x.yaml').balancer.modifiers;

describe('modifiers', () => {
  test('a duration of slow start is the line of HAProxy, a map the curve of Envoy', () => {
    expect(withModifiers('{ slowstart: 60s }')).toEqual({
      slowstart: { windowNs: 60e9, aggression: 1, min: 0.01, stepNs: 3e9 },
    });
    expect(withModifiers('{ slowstart: 10s }')?.slowstart?.stepNs).toBe(1e9);
    expect(withModifiers('{ slowstart: { window: 60s } }')).toEqual({
      slowstart: { windowNs: 60e9, aggression: 1, min: 0.1, stepNs: 0.6e9 },
    });
  });

  test('what is left out of the others has their defaults', () => {
    expect(withModifiers('{ outlier: {}, panic: 50%, retrybudget: {} }')).toEqual({
      outlier: {
        consecutive5xx: 5,
        intervalNs: 10e9,
        baseEjectionNs: 30e9,
        maxEjectionNs: 300e9,
        maxEjected: 0.1,
        successRate: { stdevs: 1.9, hosts: 5, requests: 100 },
        failurePercentage: null,
      },
      panic: 0.5,
      retrybudget: { kind: 'share', ratio: 0.2, min: 3 },
    });
  });

  test('every field can be written', () => {
    const outlier =
      '{ consecutive5xx: 0, interval: 1s, baseEjection: 500s, maxEjected: 1, successRate: Off, failurePercentage: { threshold: 0.5, hosts: 2, requests: 10 } }';
    const text = `{ slowstart: { window: 1s, aggression: 2, min: 0 }, outlier: ${outlier}, retrybudget: { tokens: 4, perSuccess: 0.5 } }`;
    expect(withModifiers(text)).toEqual({
      slowstart: { windowNs: 1e9, aggression: 2, min: 0, stepNs: 1e7 },
      outlier: {
        consecutive5xx: 0,
        intervalNs: 1e9,
        baseEjectionNs: 500e9,
        maxEjectionNs: 500e9,
        maxEjected: 1,
        successRate: null,
        failurePercentage: { threshold: 0.5, hosts: 2, requests: 10 },
      },
      retrybudget: { kind: 'tokens', tokens: 4, perSuccess: 0.5 },
    });
    const on = withModifiers('{ outlier: { successRate: { stdevs: 3 }, failurePercentage: On } }');
    expect(on?.outlier).toMatchObject({
      successRate: { stdevs: 3, hosts: 5, requests: 100 },
      failurePercentage: { threshold: 0.85, hosts: 5, requests: 50 },
    });
  });

  test('an empty map is none', () => {
    expect(withModifiers('{}')).toBeUndefined();
  });
});
