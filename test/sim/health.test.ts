/** Health checks and heartbeats in virtual time, by hand. Arrivals at 100, 200, … ms. */
import { describe, expect, it } from 'vitest';
import { HeartMonitor } from '../../sim/heart-monitor.ts';
import { Balancer, statusLetters } from '../../src/core/index.ts';
import { everyTenth, methodOf, play } from './play.ts';

const checked = (rest: string) =>
  `balancer: { workers: [ { name: a, retry: 1s, ${rest} }, { name: b } ] }`;
const firstPicks = (text: string) => play(text).picked.map(([worker]) => worker);

describe('a health check', () => {
  it('finds a crash before any request does, and its end', () => {
    // Checks at 200, 400, 600 and 800, each after the request of that instant. Down from 150 to 650.
    const tcp = checked('hcmethod: TCP, hcinterval: 100ms');
    const run = play(everyTenth(9, `${tcp}\nevents: [ { at: 150ms, worker: a, crash: 500ms } ]`));
    expect(run.picked).toEqual([[0], [1], [1], [1], [1], [1], [1], [1], [0]]);
    expect(run.metric('errors.rate')).toBe(0);
    expect(run.metric('failover.detect')).toBeCloseTo(0.05, 12);
  });

  it('counts failures and passes', () => {
    // Failures at 200 and 400: out. Passes at 800 and 1000: back for the request of 1100.
    const tcp = checked('hcmethod: TCP, hcinterval: 100ms, hcfails: 2, hcpasses: 2, status: +I');
    const crash = 'events: [ { at: 150ms, worker: a, crash: 500ms } ]';
    const run = play(everyTenth(11, `${tcp}\n${crash}`));
    expect(run.picked.map((workers) => workers[0])).toEqual([0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('counts failures in a row if asked to', () => {
    // Checks at 200 and 600 fail, the one at 400 between them passes.
    const crashes =
      'events: [ { at: 150ms, worker: a, crash: 100ms }, { at: 550ms, worker: a, crash: 100ms } ]';
    const picked = (more: string) => {
      const tcp = `hcmethod: TCP, hcinterval: 100ms, hcfails: 2, hcpasses: 9, status: +I${more}`;
      return play(everyTenth(10, `${checked(tcp)}\n${crashes}`)).picked.map(
        (workers) => workers[0],
      );
    };
    expect(picked('').slice(6)).toEqual([1, 1, 1, 1]);
    expect(picked(', hcconsecutive: On').slice(6)).toEqual([0, 1, 0, 1]);
  });

  it('over HTTP waits its turn: a busy backend fails it', () => {
    const text = (method: string) => `
run: { requests: 6 }
balancer: { workers: [ { name: a, timeout: 150ms, hcmethod: ${method}, hcinterval: 100ms }, { name: b } ] }
backends: { a: { service: 1s }, b: { service: 20ms } }
clients: [ { name: c, arrival: { constant: 10/s } } ]`;
    // a's only slot is taken from 100; the check of 200 fails at 350.
    expect(firstPicks(text('GET'))).toEqual([0, 1, 0, 1, 1, 1]);
    expect(firstPicks(text('TCP'))).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('over HTTP takes `check` of a slot', () => {
    // The check of 200 has a's slot until 250 (the request of 200 went to b), that of 400 until 450 behind none.
    const get = checked('hcmethod: HEAD, hcinterval: 100ms').replace(
      '{ name: b }',
      '{ name: b, status: +D }',
    );
    const run = play(everyTenth(4, get, 'service: 20ms, check: 50ms'));
    // 200 comes first and has the slot until 220, the check until 270; 300 finds it free.
    expect(run.sojournMs).toEqual([20, 20, 20, 20]);
    const longer = play(everyTenth(4, get, 'service: 20ms, check: 150ms'));
    expect(longer.sojournMs).toEqual([20, 20, 20 + 70, 20]); // until 370
  });

  it.each([
    ['%{REQUEST_STATUS} =~ /^[2345]/', false],
    ['%{REQUEST_STATUS} -lt 400', true],
    ['%{REQUEST_STATUS} == 200 && %{REQUEST_METHOD} == "GET"', true],
    ['%{REQUEST_STATUS} == 500', false],
  ])('passes answers by its expression: %s', (expression, found) => {
    const text = `
run: { requests: 9 }
balancer:
  hcexpr: { mine: '${expression}' }
  hctemplate: { often: { hcmethod: GET, hcinterval: 100ms, hcexpr: mine } }
  workers: [ { name: a, hctemplate: often }, { name: b } ]
backends: { app: { service: 20ms } }
clients: [ { name: c, arrival: { constant: 10/s } } ]
events: [ { at: 150ms, worker: a, errors: 100%, for: 500ms } ]`;
    // Out of turn from 200 on, or not at all; what passes errors alone is out before.
    expect(firstPicks(text).slice(2, 6)).toEqual(found ? [1, 1, 1, 1] : [0, 1, 0, 1]);
  });

  it.each([
    ['errors: 100%, for: 500ms', 'GET', true],
    ['errors: 100%, for: 500ms', 'TCP', false],
    ['hang: 500ms', 'TCP', false],
    ['hang: 500ms', 'OPTIONS', true],
    ['pause: 500ms', 'HEAD11', true],
    ['blackhole: 500ms', 'TCP', true],
  ])('%s, seen by %s: %s', (event, method, found) => {
    const limits = 'timeout: 60ms, connectiontimeout: 60ms, status: +I';
    const text = checked(`hcmethod: ${method}, hcinterval: 100ms, ${limits}`);
    const run = play(everyTenth(5, `${text}\nevents: [ { at: 150ms, worker: a, ${event} } ]`));
    expect(run.picked[4][0]).toBe(found ? 1 : 0); // the third request of a, did it not leave
  });

  it('leaves a worker that recovers from a partition to its own proxy', () => {
    const { model } = play(`
run: { duration: 3s }
balancer: { proxies: 2, workers: [ { name: a, hcmethod: TCP, hcinterval: 200ms, connectiontimeout: 50ms }, { name: b } ] }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { constant: 10/s } } ]
events: [ { at: 1s, proxy: 2, partition: a, for: 1h } ]`);
    const flags = model.proxies.map(({ balancer }) => statusLetters(balancer.workers.status[0]));
    expect(flags.map((letters) => letters.includes('C'))).toEqual([false, true]);
  });

  it('does not run where nobody asks for it, and `hctpsize` bounds how many run at once', () => {
    const slow = (size: string) => `
run: { duration: 1200ms }
balancer: { ${size} workers: [ ${['a', 'b', 'c'].map((name) => `{ name: ${name}, hcmethod: GET, hcinterval: 100ms }`).join(', ')} ] }
backends: { app: { service: 1ms, check: 300ms, slots: 9 } }
clients: [ { name: c, arrival: { constant: 1/s } } ]`;
    const busy = (text: string) => play(text).metric('utilization') * 27 * 1200;
    // All from 200 to 500, 700 to 1000 and 1200; one by one from 200 on without a pause. And one request of 1 ms.
    expect(busy(slow(''))).toBeCloseTo(2 * 3 * 300 + 1, 6);
    expect(busy(slow('hctpsize: 1,'))).toBeCloseTo(1000 + 1, 6);
  });
});

describe('heartbeats', () => {
  it('are published as last heard, with the age of the datagram', () => {
    const balancer = new Balancer({ lbmethod: methodOf('heartbeat'), workers: [{}, {}] });
    const monitor = new HeartMonitor(2);
    monitor.hear(0, 8, 1, 1e9);
    monitor.hear(1, 8, 1, 4e9);
    monitor.hear(0, 4, 5, 2e9);
    expect(balancer.pick(-1, 5e9)).toBe(-1); // nothing published yet
    monitor.publish(balancer);
    const elected = (nowNs: number) => Array.from({ length: 40 }, () => balancer.pick(-1, nowNs));
    expect(new Set(elected(11.5e9))).toEqual(new Set([0, 1]));
    expect(new Set(elected(12e9))).toEqual(new Set([1])); // the first was heard 10 s ago
    expect(new Set(elected(14e9))).toEqual(new Set([-1]));
  });

  it('may get lost, or not come through a partition', () => {
    const text = (rest: string) => `
run: { requests: 40 }
balancer: { lbmethod: heartbeat, ${rest} }
backends: { app: { service: 1ms, slots: 8 } }
clients: [ { name: c, arrival: { constant: 1/s } } ]`;
    const errors = (rest: string, events = '') =>
      play(text(rest) + events, { lbmethod: 'heartbeat' }).metric('errors.unavailable');
    const workers = 'workers: [ { name: a }, { name: b } ]';
    expect(errors(workers)).toBe(0);
    expect(errors(`heartbeat: { loss: 100% }, ${workers}`)).toBe(1);
    expect(errors(`heartbeat: { interval: 11s, publish: 11s }, ${workers}`)).toBeCloseTo(
      3 / 40,
      12,
    );
    const cut = '\nevents: [ { at: 0s, worker: [a, b], blackhole: 1h } ]';
    expect(errors(workers, cut)).toBeGreaterThan(0.7); // after 10 s nobody is known any more
  });
});
