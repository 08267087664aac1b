import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Replication, replicate } from '../../sim/replication.ts';
import { lbmethods } from '../../src/core/index.ts';
import { metricNames } from '../../src/scenario/metrics.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { methodOf, play } from './play.ts';

const shop = (more: { backends?: string; clients?: string; workers?: string } = {}) => `
seed: 42
run: { requests: 3000 }
slo: 100ms
balancer:
  stickysession: S
  maxattempts: 1
  workers:
    - { name: a, route: a, backend: big, loadfactor: 2, retry: 1s, timeout: 500ms }
    - { name: b, route: b, backend: small, retry: 1s, max: 6, acquire: 50ms }
    - { name: c, route: c, backend: shared, status: +H }
    ${more.workers ?? ''}
backends:
  big: { slots: 4, queue: 20, service: { lognormal: { mean: 20ms, cv: 1.5 } }, rtt: 1ms, response: { errors: 1% } }
  small: { slots: 2, service: { erlang: { k: 2, mean: 25ms } }, response: { bytes: { pareto: { shape: 1.3, min: 2KiB, max: 1MiB } } } }
  shared: { discipline: ps, slots: 2, service: { exponential: 25ms }, sessions: replicated }
  ${more.backends ?? ''}
clients:
  - { name: people, arrival: { poisson: 10/s }, session: { requests: { geometric: 6 }, think: { exponential: 300ms } }, timeout: 2s, retry: { attempts: 1, backoff: 100ms } }
  - { name: robots, arrival: { poisson: 60/s } }
  - { name: users, arrival: { closed: { users: 5, think: { exponential: 200ms } } } }
  ${more.clients ?? ''}
events:
  - { at: 3s, worker: a, crash: 2s }
  - { at: 8s, worker: b, slow: 3, for: 2s }
  - { at: 12s, worker: b, hang: 1s }
  - { at: 16s, manager: { lbmethod: bybusyness } }`;

function run(text: string, lbmethod = 'byrequests', replication = 0): Replication {
  const scenario = parseScenario(text, 'shop.yaml');
  const task = { scenario, alternatives: lbmethods, replication, warmupNs: 1e9, binNs: 1e9 };
  return replicate({ ...task, lbmethod: methodOf(lbmethod) });
}

/** A replication with its long histogram as a digest. */
function print({ sojourns, ...rest }: Replication) {
  const bytes = Buffer.from(sojourns.buffer);
  return { ...rest, sojourns: createHash('sha256').update(bytes).digest('hex') };
}

describe('the same task twice', () => {
  it.each(lbmethods.map(({ name }) => name))('gives the same bytes under %s', (name) => {
    const [first, second] = [run(shop(), name), run(shop(), name)];
    expect(Buffer.from(first.metrics.buffer)).toEqual(Buffer.from(second.metrics.buffer));
    expect(print(first)).toEqual(print(second));
    expect(first.broken).toEqual([]);
  });

  it('is not blind: another seed or replication differs', () => {
    const { metrics } = run(shop());
    expect(run(shop(), 'byrequests', 1).metrics).not.toEqual(metrics);
    expect(run(shop().replace('seed: 42', 'seed: 43')).metrics).not.toEqual(metrics);
  });

  it('and whoever watches changes nothing', () => {
    const seen: number[] = [];
    const scenario = parseScenario(shop(), 'shop.yaml');
    const lbmethod = methodOf('byrequests');
    const task = { scenario, lbmethod, alternatives: lbmethods, replication: 0 };
    const witness = { before: () => {}, after: () => seen.push(1) };
    const watched = replicate({ ...task, warmupNs: 1e9, binNs: 1e9, witness });
    expect(seen.length).toBeGreaterThan(3000);
    expect(print(watched)).toEqual(print(run(shop())));
  });
});

describe('the fingerprint', () => {
  const text = `
run: { requests: 1000 }
balancer: { workers: [ { name: a }, { name: b } ] }
backends: { x: { slots: 1, service: 20ms } }
clients: [ { name: robots, arrival: { constant: 50/s } } ]`;
  const turns = (first: number) => {
    let next = first;
    const elect = () => {
      next = 1 - next;
      return 1 - next;
    };
    const scenario = parseScenario(text, 'turns.yaml');
    const lbmethod = { name: 'turns', summary: '', source: '', elect };
    const task = { scenario, alternatives: [], replication: 0, warmupNs: 1e9, binNs: 1e9 };
    return replicate({ ...task, lbmethod });
  };

  it('is that of the decisions in order, also where every metric is the same', () => {
    const [a, b] = [turns(0), turns(1)];
    expect(b.metrics).toEqual(a.metrics);
    expect(b.fingerprint).not.toBe(a.fingerprint);
    expect(turns(0).fingerprint).toBe(a.fingerprint);
    expect(a.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('what is added elsewhere changes nothing', () => {
  it('a backend that no worker uses', () => {
    const backends = 'unused: { slots: 1, service: { exponential: 9ms } }';
    expect(print(run(shop({ backends })))).toEqual(print(run(shop())));
  });

  it('a client whose first request comes after the end', () => {
    const clients = '- { name: late, arrival: { constant: 1/h } }';
    const { sojourns, metrics } = print(run(shop({ clients })));
    const { sojourns: before, metrics: as } = print(run(shop()));
    expect({ sojourns, metrics }).toEqual({ sojourns: before, metrics: as });
  });

  it('a worker that is never used moves no draw, so no time', () => {
    const workers = '- { name: d, backend: small, status: +D }';
    expect(print(run(shop({ workers }))).sojourns).toBe(print(run(shop())).sojourns);
  });

  it('the bins of the series', () => {
    const text = shop();
    const scenario = parseScenario(text, 'shop.yaml');
    const lbmethod = methodOf('byrequests');
    const task = { scenario, lbmethod, alternatives: lbmethods, replication: 0, warmupNs: 1e9 };
    expect(replicate({ ...task, binNs: 3e7 }).metrics).toEqual(run(text).metrics);
  });
});

describe('V60: all times doubled', () => {
  // Whole nanoseconds throughout, so that doubling is exact; randomness in what is drawn, not in how it rounds.
  const text = (f: number) => `
run: { requests: 4000 }
slo: ${60 * f}ms
balancer: { stickysession: S, workers: [ { name: a, route: a, backend: x, retry: ${f}s, timeout: ${400 * f}ms }, { name: b, route: b, backend: y, max: 5, acquire: ${80 * f}ms } ] }
backends:
  x: { slots: 3, service: { samples: [ ${5 * f}ms, ${11 * f}ms, ${70 * f}ms, ${130 * f}ms ] }, rtt: ${2 * f}ms }
  y: { slots: 4, queue: 9, service: { samples: [ ${7 * f}ms, ${13 * f}ms, ${101 * f}ms ] }, response: { errors: 1% } }
clients:
  - { name: people, arrival: { constant: ${8 / f}/s }, session: { requests: { geometric: 5 }, think: { samples: [ ${90 * f}ms, ${330 * f}ms ] } }, timeout: ${700 * f}ms, retry: { attempts: 1, backoff: ${40 * f}ms } }
  - { name: robots, arrival: { constant: ${16 / f}/s } }
events:
  - { at: ${20 * f}s, worker: a, crash: ${2 * f}s }
  - { at: ${40 * f}s, worker: b, hang: ${f}s }`;
  const single = play(text(1), { warmupNs: 1e9 });
  const double = play(text(2), { warmupNs: 2e9, binNs: 2e9 });

  it('doubles every sojourn, exactly', () => {
    expect(single.sojournMs.length).toBeGreaterThan(4000);
    expect(single.sojournMs.filter(Number.isNaN).length).toBeGreaterThan(10);
    expect(new Set(single.sojournMs).size).toBeGreaterThan(200);
    const ns = (ms: number) => Math.round(ms * 1e6);
    expect(double.sojournMs.map(ns)).toEqual(single.sojournMs.map((ms) => 2 * ns(ms)));
    expect(double.picked).toEqual(single.picked);
  });

  it('leaves counts and shares, doubles times and halves rates', () => {
    const factor = (name: string) => {
      if (/^(sojourn|waiting|failover)/.test(name)) return 2;
      return name === 'throughput' ? 0.5 : 1;
    };
    const scaled = metricNames.map((name) => single.metric(name) * factor(name));
    metricNames.forEach((name, i) => {
      // Quantiles lie in the middle of a bucket's whole nanoseconds.
      if (Number.isNaN(scaled[i])) expect(double.metric(name), name).toBeNaN();
      else expect(double.metric(name), name).toBeCloseTo(scaled[i], 5);
    });
    expect(double.workers.elected).toEqual(single.workers.elected);
  });
});
