/** Single requests followed by hand, on scenarios small enough for that; `metrics.test.ts` does it for the metrics. */
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../src/scenario/metrics.ts';
import { everyTenth, play } from './play.ts';

const one = 'balancer: { workers: [ { name: a } ] }';
const two = 'balancer: { workers: [ { name: a }, { name: b } ] }';

describe('a station that is never busy', () => {
  // Arrivals at 100, 200, … 500; the window ends with the fifth; the first four depart inside it.
  const run = play(everyTenth(5, one));

  it.each([
    ['sojourn.mean', 20],
    ['sojourn.max', 20],
    ['waiting.mean', 0],
    ['throughput', 4 / 0.5],
    ['errors.rate', 0],
    ['errors.unfinished', 0],
    ['attempts.mean', 1],
    ['fairness.jain', 1],
    ['share.error', 0],
    ['imbalance.peak', 1],
    ['queue.max', 0],
    ['utilization', 80 / 500],
  ] as const)('%s', (name, value) => {
    expect(run.metric(name)).toBeCloseTo(value, 12);
  });

  it('has no data for what did not happen', () => {
    const absent = metricNames.filter((name) => Number.isNaN(run.metric(name)));
    expect(absent).toEqual([
      'sojourn.p90',
      'sojourn.p95',
      'sojourn.p99',
      'sojourn.p999',
      'fairness.window',
      'sessions.broken',
      'sessions.moved',
      'sticky.skew',
      'failover.detect',
      'failover.recover',
      'slo.attained',
    ]);
  });

  it('tells the worker its numbers', () => {
    expect(run.workers.elected[0]).toBe(5);
    expect(run.workers.share[0]).toBe(1);
    expect(run.workers.busyMean[0]).toBeCloseTo(0.16, 12);
    expect(run.workers.utilization[0]).toBeCloseTo(0.16, 12);
    expect(run.workers.sojourn?.mean[0]).toBe(20);
  });
});

describe('the network', () => {
  const backend = 'service: 20ms, rtt: 10ms';

  it('costs a round trip, and one more for a new connection', () => {
    expect(play(everyTenth(3, one, backend)).sojournMs).toEqual([40, 30, 30]);
  });

  it('opens a connection for each request without reuse', () => {
    const fresh = 'balancer: { workers: [ { name: a, disablereuse: On } ] }';
    expect(play(everyTenth(3, fresh, backend)).sojournMs).toEqual([40, 40, 40]);
  });

  it('opens a connection where all are in use', () => {
    // 150 ms of service at 10/s: the second finds the first still served.
    const busy = play(everyTenth(3, one, 'slots: 9, service: 150ms, rtt: 10ms'));
    expect(busy.sojournMs).toEqual([170, 170, 160]);
  });

  it('is not waiting, and takes no slot', () => {
    const run = play(everyTenth(3, one, backend));
    expect(run.metric('waiting.mean')).toBe(0);
    // From 100 to 140, 200 to 230, and at 300 the window ends; two served 20 ms each.
    expect(run.workers.busyMean[0]).toBeCloseTo(70 / 300, 12);
    expect(run.metric('utilization')).toBeCloseTo(40 / 300, 12);
  });

  it('a refused connection costs a round trip before the next try', () => {
    const run = play(
      everyTenth(3, `${two}\nevents: [ { at: 150ms, worker: a, crash: 1s } ]`, backend),
    );
    expect(run.picked).toEqual([[0], [1], [0, 1]]);
    // Refused after 10, then an idle connection to b.
    expect(run.sojournMs).toEqual([40, 40, 40]);
  });
});

describe('connections to a backend that restarts', () => {
  // The answer to the first request leaves the backend at 135, and the crash at 137 meets it on its way.
  const crash = (length: string) =>
    play(
      everyTenth(
        2,
        `${one}\nevents: [ { at: 137ms, worker: a, crash: ${length} } ]`,
        'service: 20ms, rtt: 10ms',
      ),
    );

  it('are gone, those with an answer on its way as well', () => {
    expect(crash('10ms').sojournMs).toEqual([40, 40]);
  });

  it('are refused while it is down', () => {
    expect(crash('1s').metric('errors.unavailable')).toBe(0.5);
  });
});

describe('a full waiting room', () => {
  it('answers 503 from the backend', () => {
    // Slot taken 100 to 350, place taken from 200.
    const run = play(everyTenth(4, one, 'service: 250ms, queue: 1'));
    expect(run.sojournMs).toEqual([250, 400, NaN, 450]);
    expect(run.metric('errors.backend')).toBe(0.25);
    expect(run.metric('errors.unavailable')).toBe(0);
  });

  it('or refuses, which puts the worker in error and tries another', () => {
    const run = play(everyTenth(4, two, 'service: 350ms, queue: { places: 0, full: refuse }'));
    // a and b are taken from 100 and 200; at 300 both refuse; at 400 all are in error, so none is,
    // and it is b's turn.
    expect(run.picked).toEqual([[0], [1], [0, 1], [1, 0]]);
    expect(run.metric('errors.unavailable')).toBe(0.5);
    expect(run.metric('attempts.mean')).toBe(1.5);
  });
});

describe('connections', () => {
  const worker = (rest: string) => `balancer: { workers: [ { name: a, max: 1, ${rest} } ] }`;

  it('max makes requests wait in the balancer', () => {
    // Served 100 to 250, the second from 250.
    const run = play(everyTenth(2, worker(''), 'slots: 5, service: 150ms'));
    expect(run.sojournMs).toEqual([150, 200]);
    expect(run.metric('waiting.mean')).toBe(25);
    expect(run.metric('queue.max')).toBe(1);
  });

  it('acquire bounds that wait: 503', () => {
    const backend = 'slots: 5, service: 150ms';
    const short = play(everyTenth(2, worker('acquire: 49ms'), backend));
    expect(short.sojournMs).toEqual([150, NaN]);
    expect(short.metric('errors.unavailable')).toBe(0.5);
    const long = play(everyTenth(2, worker('acquire: 51ms'), backend));
    expect(long.sojournMs).toEqual([150, 200]);
  });
});

it('balancer timeout: one request waits for a worker, the others meanwhile are answered 503', () => {
  // Down from 150 to 650; refused at 200, in error for one second. The third request, at 300, looks every
  // 20 ms and finds the worker at 1220; requests 4 to 12, from 400 to 1200, do not wait.
  const balancer = `balancer: { timeout: 2s, forcerecovery: Off, workers: [ { name: a, retry: 1s } ] }
events: [ { at: 150ms, worker: a, crash: 500ms } ]`;
  const run = play(everyTenth(14, balancer));
  expect(run.sojournMs).toEqual([20, NaN, 940, ...Array(9).fill(NaN), 20, 20]);
  expect(run.metric('errors.unavailable')).toBeCloseTo(10 / 14, 12);
  expect(run.metric('waiting.mean')).toBe(920 / 4);
  expect(run.metric('attempts.mean')).toBeCloseTo(5 / 14, 12);
});

it('a hot standby serves while the others cannot', () => {
  const balancer = 'balancer: { workers: [ { name: a, retry: 1s }, { name: b, status: +H } ] }';
  const crash = 'events: [ { at: 150ms, worker: a, crash: 500ms } ]';
  const run = play(everyTenth(14, `${balancer}\n${crash}`));
  const rest = [[0], [0, 1], ...Array(10).fill([1]), [0], [0]];
  expect(run.picked).toEqual(rest);
  expect(run.metric('share.error')).toBeCloseTo(11 / 15, 12);
});

it('a crash that nobody noticed stays unnoticed', () => {
  // a is down from 1.01 to 1.02, between two requests; what marks it at 2.1 are its own errors.
  const unseen = play(`
run: { duration: 5s }
balancer: { failonstatus: 500, workers: [ { name: a }, { name: b } ] }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { constant: 10/s } } ]
events:
  - { at: 1010ms, worker: a, crash: 10ms }
  - { at: 2s, worker: a, errors: 100%, for: 500ms }`);
  expect(unseen.metric('failover.detect')).toBeNaN();
});

it('what nobody answers before the drain is cut off is unfinished', () => {
  const patient = 'balancer: { workers: [ { name: a, timeout: 2h }, { name: b } ] }';
  const run = play(everyTenth(4, `${patient}\nevents: [ { at: 250ms, worker: a, hang: 1h } ]`));
  expect(run.metric('errors.unfinished')).toBe(0.25);
  expect(run.metric('errors.rate')).toBe(0.25);
  expect(run.unfinished).toBe(1);
  expect(run.simulatedNs).toBe(400e6 + 400e6 + 60e9);
});

describe('the window', () => {
  it('counts by arrival, first instant in and last instant out', () => {
    const run = play(everyTenth(1, one).replace('requests: 1', 'duration: 300ms'), {
      warmupNs: 2e8,
    });
    // Of 100, 200, 300, 400 and 500 the middle three.
    expect(run.metric('throughput')).toBeCloseTo(3 / 0.3, 12);
    expect(run.metric('attempts.mean')).toBe(1);
    expect(run.workers.elected[0]).toBe(3);
    expect(run.warmupRequests).toBe(1);
  });

  const silent = (run: string, profile: string) => `
run: { ${run} }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { profile: ${profile} } } ]`;

  it('is as long as it says, also when nobody comes any more', () => {
    const rates = '[ [0s, 50/s], [4s, 50/s], [4.1s, 0/s] ]';
    const run = play(silent('duration: 20s', rates));
    expect(run.simulatedNs).toBeGreaterThanOrEqual(20e9);
    expect(run.metric('throughput')).toBe(run.requests / 20);
  });

  const sessions = (run: string) => `
run: { ${run} }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: 1ms } }
clients:
  - name: c
    arrival: { profile: [ [0s, 10/s], [1s, 10/s], [1.001s, 0/s] ] }
    session: { requests: 20, think: 1s }`;

  it('goes on after the last arrival while sessions do, until it has its requests', () => {
    const whole = play(sessions('requests: 100000'));
    expect(whole.requests).toBeGreaterThan(40);
    expect(whole.requests % 20).toBe(0); // every session to its end
    const part = play(sessions('requests: 40'));
    expect(part.requests).toBe(40);
    expect(part.simulatedNs).toBeGreaterThan(1.1e9);
    expect(play(sessions('requests: 100000'), { warmupNs: 5e9 }).requests).toBeGreaterThan(40);
  });

  it('ends with the last arrival where it counts requests that never come', () => {
    const some = play(silent('requests: 1000', '[ [0s, 50/s], [4s, 50/s], [4.1s, 0/s] ]'));
    expect(some.requests).toBeLessThan(300);
    // 1e-6 requests are expected: a fresh seed would see one that often.
    const none = play(silent('requests: 10', '[ [0s, 0/s], [1us, 1/s], [2us, 0/s] ]'));
    expect(none.requests).toBe(0);
    expect(none.metric('errors.rate')).toBeNaN();
  });

  it('divides into bins, the last one included', () => {
    const run = play(everyTenth(1, one).replace('requests: 1', 'duration: 1s'), { binNs: 2.5e8 });
    expect(run.series.bins).toBe(4);
    // Arrivals at 100 to 900; busy 20 ms each.
    expect(run.series.arrivals.slice(0, 4)).toEqual([2, 2, 3, 2]);
    expect(run.series.busy.map((busy) => Math.round(busy * 250))).toEqual([40, 40, 60, 40]);
    expect(run.series.queue).toEqual([0, 0, 0, 0]);
  });

  it('its series counts errors when they happen and what waits', () => {
    const text = everyTenth(
      1,
      `${one}\nevents: [ { at: 600ms, worker: a, errors: 100%, for: 1s } ]`,
      'service: 150ms',
    ).replace('requests: 1', 'duration: 1s');
    const run = play(text, { binNs: 5e8 });
    // Waiting from 200, 300, 400, 500 for 50, 100, 150, 200 ms; before 500: 50 + 100 + 100.
    expect(run.series.queue[0]).toBeCloseTo(250 / 500, 12);
    expect(run.series.errors.slice(0, 2)).toEqual([0, 4]);
  });
});
