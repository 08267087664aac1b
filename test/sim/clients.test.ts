import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model, type Witness } from '../../sim/model.ts';
import { streams } from '../../sim/streams.ts';
import { lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { everyTenth, methodOf, play } from './play.ts';

const one = 'balancer: { workers: [ { name: a } ] }';

describe('patience and retries', () => {
  const client = (rest: string, events = '') => `
run: { requests: 1 }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: 10ms, slots: 4 } }
clients: [ { name: c, arrival: { constant: 10/s }, ${rest} } ]
events: [ { at: 50ms, worker: a, slow: 10, for: 120ms }, ${events} ]`;
  // The request of 100 would take until 173: 70 ms at a tenth of the speed, then 3.

  it('a client gives up, and nobody hears the answer', () => {
    const run = play(client('timeout: 60ms'));
    expect(run.metric('errors.timeout')).toBe(1);
    expect(run.metric('errors.rate')).toBe(1);
    expect(run.sojournMs).toEqual([NaN]);
  });

  it('a client that has its answer in time does not', () => {
    expect(play(client('timeout: 74ms')).sojournMs).toEqual([73]);
  });

  it('the backend works on for the balancer, and busy counts it, until the answer', () => {
    const text = client('timeout: 60ms').replace('requests: 1', 'duration: 199ms');
    const run = play(text);
    expect(run.workers.busyMean[0]).toBeCloseTo(73 / 199, 12);
    expect(run.metric('utilization')).toBeCloseTo(73 / 199 / 4, 12);
  });

  it('tries again after its backoff: a sojourn counts from the first arrival', () => {
    // Gives up at 160, comes back at 210 and is served in 10.
    const run = play(client('timeout: 60ms, retry: { attempts: 1, backoff: 50ms }'));
    expect(run.sojournMs).toEqual([120]);
    expect(run.metric('attempts.mean')).toBe(2);
    expect(run.metric('errors.rate')).toBe(0);
  });

  it('tries again after an error, as often as it may', () => {
    const errors = (ms: number) => `{ at: 0s, worker: a, errors: 100%, for: ${ms}ms }`;
    const retry = 'retry: { attempts: 2, backoff: 200ms }';
    // At 100, 300 and 500: the last finds the errors over, or not.
    expect(play(client(retry, errors(400))).sojournMs).toEqual([410]);
    const failed = play(client(retry, errors(600)));
    expect(failed.metric('errors.backend')).toBe(1);
    expect(failed.metric('attempts.mean')).toBe(3);
  });

  it('each attempt has a patience of its own', () => {
    const retry = 'timeout: 60ms, retry: { attempts: 1, backoff: 0s }';
    const run = play(client(retry));
    // Comes back at 160, while slow until 170: 1 done, 9 left: ends at 179.
    expect(run.sojournMs).toEqual([79]);
  });
});

describe('closed users', () => {
  const closed = (rest: string) => `
run: { requests: 6 }
${one}
backends: { app: { service: 30ms } }
clients: [ { name: c, arrival: { closed: { users: 2, think: 100ms } }, ${rest} } ]`;

  it('start thinking, then ask, wait and think', () => {
    // Both at 100: served to 130 and 160; again at 230 and 260, 360 and 390.
    const run = play(closed(''));
    expect(run.sojournMs).toEqual([30, 60, 30, 30, 30, 30]);
    // The window ends with the sixth request, scheduled before the fifth one's departure at the same instant.
    expect(run.metric('throughput')).toBeCloseTo(4 / 0.39, 9);
  });

  it('with sessions think shortly between requests and long between sessions', () => {
    const times: number[] = [];
    const witness: Witness = {
      before({ tries }, nowNs) {
        if (tries === 0) times.push(nowNs / 1e6);
      },
      after() {},
    };
    const sessions = closed('session: { requests: 2, think: 10ms }').replace(
      'users: 2',
      'users: 1',
    );
    play(sessions, { witness });
    // Each request takes 30: thinks 100, asks, 10, asks, 100…
    expect(times.slice(0, 6)).toEqual([100, 140, 270, 310, 440, 480]);
  });
});

describe('sessions', () => {
  // One session of three requests at 1000, 1120 and 1240 (20 ms each and 100 between), or more later.
  const session = (rest: string, events = '', sticky = 'stickysession: S,', backend = '') => `
run: { duration: 1900ms }
balancer: { ${sticky} workers: [ { name: a, route: r1 }, { name: b, route: r2 } ] }
backends: { app: { service: 20ms, ${backend} } }
clients: [ { name: c, arrival: { constant: 1/s }, session: { requests: 3, think: 100ms, ${rest} } } ]
events: [ ${events} ]`;

  it('take the route of the first answer and keep it', () => {
    const run = play(session(''));
    expect(run.picked).toEqual([[0], [0], [0]]);
    expect([run.metric('sessions.moved'), run.metric('sessions.broken')]).toEqual([0, 0]);
    expect(run.metric('sticky.skew')).toBe(1); // one session on one of two workers
  });

  it.each(['sticky: cookie', 'sticky: path'])('keep it by %s', (sticky) => {
    expect(play(session(sticky)).picked).toEqual([[0], [0], [0]]);
  });

  it('without stickiness move, and are broken unless replicated', () => {
    const moved = play(session('', '', ''));
    expect(moved.picked).toEqual([[0], [1], [0]]);
    expect([moved.metric('sessions.moved'), moved.metric('sessions.broken')]).toEqual([1, 1]);
    const replicated = play(session('', '', '', 'sessions: replicated'));
    const { metric } = replicated;
    expect([metric('sessions.moved'), metric('sessions.broken')]).toEqual([1, 0]);
    expect(play(session('sticky: none')).picked).toEqual([[0], [1], [0]]);
  });

  it('are broken, not moved, when their worker has restarted meanwhile', () => {
    const run = play(session('', '{ at: 1050ms, worker: a, crash: 20ms }'));
    expect(run.picked).toEqual([[0], [0], [0]]);
    expect([run.metric('sessions.moved'), run.metric('sessions.broken')]).toEqual([0, 1]);
  });

  it('go elsewhere with a new route when their worker is gone', () => {
    const run = play(session('', '{ at: 1050ms, worker: a, crash: 9s }'));
    expect(run.picked).toEqual([[0], [0, 1], [1]]);
    expect([run.metric('sessions.moved'), run.metric('sessions.broken')]).toEqual([1, 1]);
  });

  it('are answered 503 instead under nofailover', () => {
    const sticky = 'stickysession: S, nofailover: On,';
    const run = play(session('', '{ at: 1050ms, worker: a, crash: 9s }', sticky));
    expect(run.picked).toEqual([[0], [0], []]);
    expect(run.metric('errors.unavailable')).toBeCloseTo(2 / 3, 12);
    expect(run.metric('sessions.moved')).toBe(0);
  });

  it('count once, where their first measured request was served', () => {
    // Sessions begin at 1000, 2000, 3000; a request of the first falls into the window as well.
    const text = session('').replace('think: 100ms', 'think: 600ms').replace('1900ms', '2s');
    const run = play(text, { warmupNs: 1.1e9 });
    // Window 1100 to 3100: 1620, 2240 of the first, 2000, 2620 of the second, 3000 of the third.
    expect(run.metric('attempts.mean')).toBe(1);
    expect([...run.workers.elected].reduce((sum, count) => sum + count)).toBe(5);
    expect(run.model.observations.sessions).toBe(3);
  });
});

describe('a trace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'));
  const entry = (address: string, second: number, bytes: number) =>
    `${address} - - [17/May/2015:10:05:0${second} +0000] "GET / HTTP/1.1" 200 ${bytes}`;
  const log = [entry('10.0.0.1', 0, 100), entry('10.0.0.2', 1, 5000), entry('10.0.0.1', 4, 300)];
  writeFileSync(join(folder, 'access.log'), log.join('\n'));
  const text = `
balancer: { stickysession: S, workers: [ { name: a, route: a }, { name: b, route: b } ] }
backends: { app: { service: 20ms } }
clients: [ { name: c, arrival: { trace: access.log } } ]`;

  it('has its arrivals, sizes and, by address, its sessions; it ends with its last request', () => {
    const run = play(text, { file: join(folder, 'hand.yaml') });
    expect(run.picked).toEqual([[0], [1], [0]]);
    expect(run.sojournMs).toEqual([20, 20, 20]);
    expect(run.model.observations.sessions).toBe(2);
    expect([...run.model.observations.bytes]).toEqual([2 * 215 + 400, 215 + 5000]);
    expect(Math.floor(run.model.observations.windowNs / 1e9)).toBe(4);
  });

  it('takes one proxy an address, or with `spread: request` one a request', () => {
    const seconds = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));
    const one = seconds.map((at) => entry('10.0.0.1', 0, 1).replace(':00 ', `:${at} `));
    writeFileSync(join(folder, 'one.log'), one.join('\n'));
    const proxies = (spread: string) => {
      const many = text
        .replace('{ stickysession: S,', '{ proxies: 2,')
        .replace('access.log }', `one.log }, spread: ${spread}`);
      const { model } = play(many, { file: join(folder, 'hand.yaml') });
      return model.proxies.map(({ balancer }) => {
        return balancer.workers.elected.reduce((sum, elected) => sum + elected, 0);
      });
    };
    expect(proxies('session').sort()).toEqual([0, 60]);
    expect(Math.min(...proxies('request'))).toBeGreaterThan(15); // 30 and a deviation of 3.9, the seed fixed
  });

  it('that is over before the warm-up has nothing to say', () => {
    const run = play(text, { file: join(folder, 'hand.yaml'), warmupNs: 10e9 });
    expect(run.metric('sojourn.mean')).toBeNaN();
    expect(run.metric('errors.rate')).toBeNaN();
    expect(run.metric('throughput')).toBeNaN();
    expect(run.metric('utilization')).toBeNaN();
    expect(run.metric('imbalance.peak')).toBeNaN();
  });
});

describe('common random numbers', () => {
  const text = (workers: string, more = '') => `
seed: 9
run: { requests: 400 }
balancer: { stickysession: S, workers: [ ${workers} ] }
backends:
  app: { service: { exponential: 20ms }, response: { bytes: { uniform: [1KiB, 9KiB] }, errors: 5% }, slots: 2 }
  other: { service: { exponential: 90ms } }
clients:
  - { name: people, arrival: { poisson: 8/s }, session: { requests: { geometric: 4 }, think: { exponential: 300ms } }, timeout: 1s, retry: { attempts: 1 } }
  - { name: robots, arrival: { poisson: 30/s } }
  - { name: users, arrival: { closed: { users: 5, think: { exponential: 400ms } } } }
  ${more}`;
  const workers = '{ name: a, route: a, backend: app }, { name: b, route: b, backend: app }';

  interface Draws {
    /** Of robots: instants and draws, in order of arrival. */
    readonly robots: number[][];
    /** Of each session of the others, by its key: the draws of its requests. */
    readonly sessions: Map<string, number[][]>;
    readonly begins: number[];
  }

  function drawsOf(scenarioText: string, lbmethod: string): Draws {
    const scenario = parseScenario(scenarioText, 'crn.yaml');
    const seen: Draws = { robots: [], sessions: new Map(), begins: [] };
    const witness: Witness = {
      before(flight) {
        const { name, retry } = scenario.clients[flight.client];
        if (flight.tries > 0 || flight.attemptsLeft < retry.attempts) return;
        const draws = [flight.serviceUniform, flight.bytesUniform, flight.errorUniform];
        if (name === 'robots') seen.robots.push([flight.arrivedNs, ...draws]);
        if (name !== 'people' && name !== 'users') return;
        const { slab } = model.clients.sessions;
        const session = flight.session;
        const key = `${name} ${slab.rows.key0[session]} ${slab.rows.key1[session]}`;
        if (!seen.sessions.has(key) && name === 'people') {
          seen.begins.push(flight.arrivedNs);
          draws.push(slab.rows.left[session]); // how long it will be
        }
        seen.sessions.set(key, [...(seen.sessions.get(key) ?? []), draws]);
      },
      after() {},
    };
    const stream = streams(scenario.seed, 0);
    const lbmethodOf = methodOf(lbmethod);
    const base = { scenario, alternatives: lbmethods, stream, warmupNs: 0, binNs: 1e9, witness };
    const model = new Model({ ...base, lbmethod: lbmethodOf });
    model.run();
    return seen;
  }

  /** What both runs got to see is the same. */
  function expectSame(a: Draws, b: Draws): void {
    for (const of of ['robots', 'begins'] as const) {
      const common = Math.min(a[of].length, b[of].length);
      expect(common).toBeGreaterThan(30);
      expect(a[of].slice(0, common)).toEqual(b[of].slice(0, common));
    }
    let compared = 0;
    for (const [key, requests] of a.sessions) {
      const others = b.sessions.get(key);
      if (others === undefined) continue;
      const common = Math.min(requests.length, others.length);
      expect(requests.slice(0, common)).toEqual(others.slice(0, common));
      compared += common;
    }
    expect(compared).toBeGreaterThan(100);
  }

  const base = drawsOf(text(workers), 'byrequests');

  it.each(['bybusyness', 'bytraffic', 'heartbeat', 'random'])(
    '%s meets the same requests',
    (name) => {
      expectSame(base, drawsOf(text(workers), name));
    },
  );

  it('so do a balancer with another worker, and one beside another class of clients', () => {
    expectSame(base, drawsOf(text(`${workers}, { name: c, backend: other }`), 'byrequests'));
    const more = '- { name: more, arrival: { poisson: 20/s }, session: { requests: 2 } }';
    expectSame(base, drawsOf(text(workers, more), 'byrequests'));
  });

  it('but another seed or replication does not', () => {
    const other = drawsOf(text(workers).replace('seed: 9', 'seed: 10'), 'byrequests');
    expect(other.robots[0]).not.toEqual(base.robots[0]);
    expect(other.begins[0]).not.toEqual(base.begins[0]);
  });

  it('a closed user draws anew for every request', () => {
    const draws = [...base.sessions].flatMap(([key, requests]) =>
      key.startsWith('users') ? requests.map(([service]) => service) : [],
    );
    expect(new Set(draws).size).toBe(draws.length);
  });
});

it('a route is given with a backend error too, as its header comes with every answer', () => {
  const text = everyTenth(
    3,
    'balancer: { stickysession: S, workers: [ { name: a, route: a }, { name: b, route: b } ] }\nevents: [ { at: 0s, worker: [a, b], errors: 100%, for: 10s } ]',
  ).replace(
    '{ constant: 10/s }',
    '{ closed: { users: 1, think: 1s } }, session: { requests: 3, think: 10ms }',
  );
  expect(play(text).picked).toEqual([[0], [0], [0]]);
});
