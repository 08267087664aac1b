/** Pauses, black holes, resets, cold starts and random faults, by hand. Arrivals at 100, 200, … ms. */
import { describe, expect, it } from 'vitest';
import { everyTenth, play } from './play.ts';

const one = 'balancer: { workers: [ { name: a } ] }';
const two = 'balancer: { workers: [ { name: a, retry: 1s }, { name: b, retry: 1s } ] }';

/** `count` requests to one worker that something befalls. */
const befalls = (count: number, event: string, backend = 'service: 20ms', balancer = one) =>
  play(everyTenth(count, `${balancer}\nevents: [ ${event} ]`, backend));

describe('pause', () => {
  it.each(['fifo', 'ps'])('stops work, which goes on where it was (%s)', (discipline) => {
    // 50 of 100 done at 1050; on from 1250.
    const backend = `service: 100ms, discipline: ${discipline}`;
    const pause = 'events: [ { at: 1050ms, worker: a, pause: 200ms } ]';
    const alone = everyTenth(1, `${one}\n${pause}`, backend).replace('10/s', '1/s');
    expect(play(alone).sojournMs).toEqual([300]);
  });

  it.each(['fifo', 'ps'])('lets come what comes (%s)', (discipline) => {
    const backend = `service: 20ms, slots: 2, discipline: ${discipline}`;
    const run = befalls(4, '{ at: 150ms, worker: a, pause: 300ms }', backend);
    // From 450 all three are worked on; two slots for three: the third waits, or all share.
    const late = discipline === 'fifo' ? [270, 170, 90] : [280, 180, 80];
    expect(run.sojournMs).toEqual([20, ...late]);
  });

  it('lasts until the last of several ends, and stretches no more than it should under slow', () => {
    const two = '{ at: 150ms, worker: a, pause: 100ms }, { at: 200ms, worker: a, pause: 100ms }';
    expect(befalls(1, two, 'service: 100ms').sojournMs).toEqual([250]);
    // 50 left at 150 take 100 when slow begins while all stands still.
    const slow =
      '{ at: 150ms, worker: a, pause: 100ms }, { at: 200ms, worker: a, slow: 2, for: 9s }';
    expect(befalls(1, slow, 'service: 100ms').sojournMs).toEqual([250]);
  });

  it('loses nothing, and a crash within loses all', () => {
    const crash = '{ at: 150ms, worker: a, pause: 500ms }, { at: 200ms, worker: a, crash: 10ms }';
    const run = befalls(3, crash, 'service: 100ms');
    // The first is reset at 200; the second meets the crash, which begins first; the third stands until 650.
    expect(run.sojournMs).toEqual([NaN, NaN, 450]);
  });
});

describe('blackhole', () => {
  const hole = '{ at: 150ms, worker: a, blackhole: 100ms }';

  it('loses a request on an open connection; it is sent again 200 ms later', () => {
    expect(befalls(3, hole).sojournMs).toEqual([20, 220, 20]);
  });

  it('loses an answer; the work is done once', () => {
    const run = befalls(1, hole, 'service: 100ms');
    expect(run.sojournMs).toEqual([300]); // ready at 200, sent again at 400
    expect(run.workers.elected[0]).toBe(1);
  });

  it('waits twice as long each time', () => {
    // Lost at 2000, 2200 and 2600; through at 3400.
    const long = 'events: [ { at: 1500ms, worker: a, blackhole: 1500ms } ]';
    const seldom = everyTenth(2, `${one}\n${long}`).replace('10/s', '1/s');
    expect(play(seldom).sojournMs).toEqual([20, 1420]);
  });

  it('loses the opening of a connection; it is tried again 1 s later', () => {
    const fresh = 'balancer: { workers: [ { name: a, disablereuse: On } ] }';
    expect(befalls(2, hole, 'service: 20ms', fresh).sojournMs).toEqual([20, 1020]);
  });

  it('ends in a failed connection after connectiontimeout, and another worker serves', () => {
    const impatient =
      'balancer: { workers: [ { name: a, connectiontimeout: 500ms }, { name: b } ] }';
    const run = befalls(1, '{ at: 0s, worker: a, blackhole: 10s }', 'service: 20ms', impatient);
    expect(run.sojournMs).toEqual([520]);
    expect(run.picked).toEqual([[0, 1]]);
  });

  it('ends in a time-out where a request was sent', () => {
    const impatient = 'balancer: { workers: [ { name: a, timeout: 150ms } ] }';
    const run = befalls(2, '{ at: 150ms, worker: a, blackhole: 1s }', 'service: 20ms', impatient);
    expect(run.sojournMs).toEqual([20, NaN]);
    expect(run.metric('errors.gateway')).toBe(0.5);
  });
});

describe('reset', () => {
  it('resets its share of the connections: 502, no failover, the worker stays', () => {
    const run = befalls(4, '{ at: 0s, worker: a, reset: 100%, for: 350ms }', 'service: 20ms', two);
    expect(run.picked).toEqual([[0], [1], [0], [1]]);
    expect(run.sojournMs).toEqual([NaN, 20, NaN, 20]);
    expect(run.metric('errors.gateway')).toBe(0.5);
  });

  it('is an independent chance beside errors', () => {
    const events =
      '{ at: 0s, worker: a, reset: 50%, for: 1h }, { at: 0s, worker: a, errors: 50%, for: 1h }';
    const run = befalls(10_000, events);
    // 50 % errors, 25 % resets: within five standard deviations, which 1 of 10^6 seeds would miss.
    expect(Math.abs(run.metric('errors.backend') - 0.5)).toBeLessThan(5 * 0.005);
    expect(Math.abs(run.metric('errors.gateway') - 0.25)).toBeLessThan(5 * 0.00434);
  });
});

describe('a cold start', () => {
  const crash = '{ at: 150ms, worker: a, crash: 100ms }';

  it('is slow for its time', () => {
    const run = befalls(5, crash, 'service: 20ms, cold: { slow: 3, for: 250ms }');
    expect(run.sojournMs).toEqual([20, NaN, 60, 60, 20]); // cold from 250 to 500
  });

  it('becomes less slow by and by', () => {
    // In steps of 50 ms. From 300 at 2.85 times, due at 357; the 7 left at 350 take 2.75 / 2.85 of that.
    const run = befalls(3, crash, 'service: 20ms, cold: { slow: 3, ramp: 1s }');
    expect(run.sojournMs).toEqual([20, NaN, 56.754386]);
    const late = befalls(13, crash, 'service: 20ms, cold: { slow: 3, ramp: 1s }');
    expect(late.sojournMs.at(-1)).toBe(20); // at 1300
  });

  it('begins again with another crash, and follows a hang', () => {
    const again = `${crash}, { at: 350ms, worker: a, crash: 10ms }`;
    const run = befalls(7, again, 'service: 20ms, cold: { slow: 3, for: 240ms }');
    // Cold from 250 and again from 360 to 600; the first end, at 490, is nobody's.
    expect(run.sojournMs).toEqual([20, NaN, NaN, 60, 60, 20, 20]);
    const hang = '{ at: 150ms, worker: a, hang: 100ms }';
    expect(befalls(3, hang, 'service: 20ms, cold: { slow: 3, for: 1s }').sojournMs).toEqual([
      20,
      NaN,
      60,
    ]);
  });
});

describe('faults', () => {
  const faults = (list: string, count = 7, rest = one) =>
    play(everyTenth(count, `${rest}\nfaults: [ ${list} ]`));

  it('come again and again, from the very start', () => {
    // Down from 250 to 350 and from 600 to 700.
    const run = faults('{ worker: a, crash: { up: 250ms, down: 100ms } }');
    expect(run.sojournMs).toEqual([20, 20, NaN, 20, 20, NaN, 20]);
  });

  it('pause, slow down and lose packets, too', () => {
    // Stands from 90 to 140, 230 to 280, 370 to 420, 510 to 560…
    const pause = faults('{ worker: a, pause: { up: 90ms, down: 50ms } }', 4);
    expect(pause.sojournMs).toEqual([60, 20, 20, 40]);
    const slow = faults('{ worker: a, slow: { factor: 2, up: 190ms, down: 100ms } }', 5);
    expect(slow.sojournMs).toEqual([20, 40, 20, 20, 40]); // from 190 to 290, from 480
    const hole = faults('{ worker: a, blackhole: { up: 190ms, down: 50ms } }', 2);
    expect(hole.sojournMs).toEqual([20, 220]);
    const hang = faults('{ worker: a, hang: { up: 190ms, down: 50ms } }', 3);
    expect(hang.sojournMs).toEqual([20, NaN, 20]);
  });

  it('hit all workers of a list at once', () => {
    const run = faults('{ worker: [a, b], crash: { up: 250ms, down: 100ms } }', 4, two);
    expect(run.sojournMs).toEqual([20, 20, NaN, 20]);
    expect(run.picked[2]).toEqual([0, 1]);
  });

  it('draw from streams of their own: what befalls one moves nothing of another', () => {
    const flaky = (name: string) =>
      `{ worker: ${name}, crash: { up: { exponential: 700ms }, down: { exponential: 200ms } } }`;
    const alone = 'balancer: { workers: [ { name: a, retry: 0s }, { name: b, status: +D } ] }';
    const a = faults(flaky('a'), 300, alone);
    const both = faults(`${flaky('b')}, ${flaky('a')}`, 300, alone);
    expect(both.sojournMs).toEqual(a.sojournMs);
    expect(a.metric('errors.rate')).toBeGreaterThan(0);
    const other = play(everyTenth(300, `seed: 2\n${alone}\nfaults: [ ${flaky('a')} ]`));
    expect(other.sojournMs).not.toEqual(a.sojournMs);
  });
});
