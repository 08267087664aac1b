import { describe, expect, it } from 'vitest';
import { everyTenth, play } from './play.ts';

const one = 'balancer: { workers: [ { name: a } ] }';
const two = 'balancer: { workers: [ { name: a, retry: 1s }, { name: b, retry: 1s } ] }';

describe('slow', () => {
  it('stretches work under way and only for its time', () => {
    // 100 ms of work from 100: 50 done at 150, 33.3 more at a third of the speed until 250, 16.7 left.
    const slow = everyTenth(
      1,
      `${one}\nevents: [ { at: 150ms, worker: a, slow: 3, for: 100ms } ]`,
      'service: 100ms',
    );
    expect(play(slow).sojournMs).toEqual([166.666667]);
    const shared = slow
      .replace('service: 100ms', 'service: 100ms, discipline: ps')
      .replace('10/s', '1/s') // alone in the station
      .replace('at: 150ms', 'at: 1050ms');
    expect(play(shared).sojournMs).toEqual([166.666667]);
  });

  it('multiplies where two overlap', () => {
    const events = `events:
  - { at: 0s, worker: a, slow: 2, for: 300ms }
  - { at: 0s, worker: a, slow: 1.5, for: 200ms }`;
    // Service 20: at 100 three times as long, at 200 (the end comes first) twice, at 300 once.
    expect(play(everyTenth(3, `${one}\n${events}`)).sojournMs).toEqual([60, 40, 20]);
  });

  it('is not waiting', () => {
    const slow = `${one}\nevents: [ { at: 0s, worker: a, slow: 3, for: 1s } ]`;
    const run = play(everyTenth(2, slow));
    expect(run.sojournMs).toEqual([60, 60]);
    expect(run.metric('waiting.mean')).toBe(0);
  });
});

describe('errors', () => {
  it('answers 500 at once, for its time, first instant in and last instant out', () => {
    const events = 'events: [ { at: 200ms, worker: a, errors: 100%, for: 200ms } ]';
    const run = play(everyTenth(5, `${one}\n${events}`));
    expect(run.sojournMs).toEqual([20, NaN, NaN, 20, 20]);
    expect(run.metric('errors.backend')).toBe(0.4);
    expect(run.metric('errors.rate')).toBe(0.4);
    expect(run.workers.errors[0]).toBe(0.4);
    expect(run.metric('utilization')).toBeCloseTo(40 / 500, 12); // the last one begins at the end
  });

  it('does not take the worker out, unless failonstatus says so', () => {
    const events = 'events: [ { at: 0s, worker: a, errors: 100%, for: 10s } ]';
    expect(play(everyTenth(4, `${two}\n${events}`)).picked).toEqual([[0], [1], [0], [1]]);
    const fails = two.replace('{ workers', '{ failonstatus: 500, workers');
    expect(play(everyTenth(4, `${fails}\n${events}`)).picked).toEqual([[0], [1], [1], [1]]);
  });
});

describe('crash', () => {
  // Service 20 ms at 100, 200, …, dealt a b a b. a is down from 110 to 1110.
  const crash = everyTenth(20, `${two}\nevents: [ { at: 110ms, worker: a, crash: 1s } ]`);
  const run = play(crash);

  it('resets what is under way: 502, and no other try', () => {
    expect(run.sojournMs[0]).toBeNaN();
    expect(run.picked[0]).toEqual([0]);
    expect(run.metric('errors.gateway')).toBe(1 / 20);
  });

  it('refuses connections: the worker is in error, the request goes elsewhere', () => {
    expect(run.picked[2]).toEqual([0, 1]);
    expect(run.sojournMs[2]).toBe(20);
    expect(run.metric('failover.detect')).toBeCloseTo(0.3 - 0.11, 12);
  });

  it('leaves the worker alone for its retry time, which ends after, not at, one second', () => {
    // In error at 300; at 1300 not yet; at 1400 a is back, and b, whose lbstatus is ahead, goes first.
    const rest = run.picked.slice(3).map(([worker]) => worker);
    expect(rest).toEqual([...Array(11).fill(1), 0, 1, 0, 1, 0, 1]);
    expect([...run.workers.elected]).toEqual([5, 16]);
    expect(run.metric('attempts.mean')).toBe(21 / 20);
  });

  it('answers 503 when nobody is left', () => {
    const alone = play(everyTenth(5, `${one}\nevents: [ { at: 150ms, worker: a, crash: 200ms } ]`));
    // Down from 150 to 350. In error at 200, which a pick with everybody in error lifts: refused again at 300.
    expect(alone.sojournMs).toEqual([20, NaN, NaN, 20, 20]);
    expect(alone.metric('errors.unavailable')).toBe(0.4);
    expect(alone.picked).toEqual([[0], [0], [0], [0], [0]]);
  });
});

describe('hang', () => {
  const hang = 'events: [ { at: 250ms, worker: a, hang: 500ms } ]';

  it('holds what comes and resets it at the end', () => {
    const run = play(everyTenth(10, `${two}\n${hang}`));
    // a gets 100, 300, 500, 700, 900; from 250 to 750 it holds.
    expect(run.sojournMs.map((ms) => Number.isNaN(ms))).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(run.metric('errors.gateway')).toBe(0.3);
  });

  it('makes the balancer time out: 502, and the worker stays in', () => {
    const balancer = 'balancer: { workers: [ { name: a, timeout: 150ms }, { name: b } ] }';
    const run = play(everyTenth(10, `${balancer}\n${hang}`));
    expect(run.picked.map(([worker]) => worker)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    expect(run.metric('errors.gateway')).toBe(0.3);
    // Held from 300, 500 and 700 for 150 ms each (the last until the reset at 750).
    expect(run.workers.busyMean[0]).toBeCloseTo((20 + 150 + 150 + 50 + 20) / 1000, 12);
  });

  it('with failontimeout takes the worker out at the first', () => {
    const balancer =
      'balancer: { failontimeout: On, workers: [ { name: a, timeout: 150ms }, { name: b } ] }';
    const run = play(everyTenth(10, `${balancer}\n${hang}`));
    expect(run.picked.map(([worker]) => worker)).toEqual([0, 1, 0, 1, 1, 1, 1, 1, 1, 1]);
    expect(run.metric('errors.gateway')).toBe(0.1);
  });
});

describe('the manager', () => {
  it('drains a worker, which then gets nothing new', () => {
    const events = 'events: [ { at: 350ms, manager: { worker: a, status: +N } } ]';
    const run = play(everyTenth(6, `${two}\n${events}`));
    expect(run.picked.map(([worker]) => worker)).toEqual([0, 1, 0, 1, 1, 1]);
  });

  it('counts its times from the end of the warm-up', () => {
    const events = 'events: [ { at: 350ms, manager: { worker: a, status: +D } } ]';
    const run = play(everyTenth(6, `${two}\n${events}`), { warmupNs: 2e8 });
    // The first arrives during the warm-up, at 100; that of 200 is the first to count.
    expect(run.picked.map(([worker]) => worker)).toEqual([0, 1, 0, 1, 0, 1, 1]);
    expect(run.warmupRequests).toBe(1);
  });

  it('switches the lbmethod, which starts afresh', () => {
    // 2:1 gives a b a | a b a; the switch after 200 ms resets lbstatus: a a first, not the a of the third turn.
    const weighted =
      'balancer: { workers: [ { name: a, loadfactor: 2 }, { name: b, loadfactor: 1 } ] }';
    const stay = play(everyTenth(6, weighted));
    expect(stay.picked.map(([worker]) => worker)).toEqual([0, 1, 0, 0, 1, 0]);
    const events = 'events: [ { at: 150ms, manager: { lbmethod: bybusyness } } ]';
    const change = play(everyTenth(4, `${weighted}\n${events}`));
    expect(change.picked.map(([worker]) => worker)).toEqual([0, 0, 1, 0]);
  });

  it('changes a load factor', () => {
    const events = 'events: [ { at: 50ms, manager: { worker: b, loadfactor: 3 } } ]';
    const run = play(everyTenth(8, `${two}\n${events}`));
    expect([...run.workers.elected]).toEqual([2, 6]);
  });
});
