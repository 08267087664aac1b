/** Clients that try again: how long they wait, and whether they may. */
import { describe, expect, it } from 'vitest';
import { Retries } from '../../sim/retries.ts';
import type { RetrySpec } from '../../src/scenario/scenario.ts';
import { everyTenth, play } from './play.ts';

const plain: RetrySpec = {
  attempts: 9,
  backoffNs: 100,
  factor: 1,
  maxNs: Number.POSITIVE_INFINITY,
  jitter: 0,
  budget: null,
};
const retries = (spec: Partial<RetrySpec>, key = 0.25) =>
  new Retries({ ...plain, ...spec }, () => key);

describe('backoff', () => {
  const waits = (spec: Partial<RetrySpec>) =>
    [1, 2, 3, 4].map((attempt) => retries(spec).backoffNs(0.5, attempt));

  it('grows by its factor, up to the longest', () => {
    expect(waits({})).toEqual([100, 100, 100, 100]);
    expect(waits({ factor: 2 })).toEqual([100, 200, 400, 800]);
    expect(waits({ factor: 2, maxNs: 300 })).toEqual([100, 200, 300, 300]);
    expect(waits({ maxNs: 50 })).toEqual([50, 50, 50, 50]);
  });

  it('is shortened by up to its jitter, evenly, as a function of request and attempt', () => {
    const count = 10_000;
    const spec = { backoffNs: 1e6, jitter: 0.4 };
    const one = retries(spec);
    const drawn = Array.from({ length: count }, (_, i) => one.backoffNs(i / count, 1));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.6e6);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1e6);
    // Mean of a uniform: its standard error is 0.4e6 / sqrt(12 count); beyond five of them once in 10^6 seeds.
    const mean = drawn.reduce((sum, wait) => sum + wait, 0) / count;
    expect(Math.abs(mean - 0.8e6)).toBeLessThan((5 * 0.4e6) / Math.sqrt(12 * count));
    expect(retries(spec).backoffNs(0.5, 1)).toBe(one.backoffNs(0.5, 1));
    expect(one.backoffNs(0.5, 2)).not.toBe(one.backoffNs(0.5, 1));
    expect(retries(spec, 0.26).backoffNs(0.5, 1)).not.toBe(one.backoffNs(0.5, 1));
  });
});

describe('a budget', () => {
  it('is spent, saved up by requests, and not beyond its burst', () => {
    const one = retries({ budget: { ratio: 0.1, burst: 2 } });
    const spend = () => one.spend();
    const earn = (times: number) => {
      for (let i = 0; i < times; i++) one.earn();
    };
    expect([spend(), spend(), spend()]).toEqual([true, true, false]);
    earn(9);
    expect(spend()).toBe(false);
    earn(1);
    expect([spend(), spend()]).toEqual([true, false]);
    earn(1000);
    expect([spend(), spend(), spend()]).toEqual([true, true, false]);
  });

  it('bounds what clients add to an outage', () => {
    const text = (retry: string) =>
      `${everyTenth(20, 'balancer: { workers: [ { name: a } ] }').replace(
        '10/s }',
        `10/s }, retry: { ${retry} }`,
      )}\nevents: [ { at: 0s, worker: a, errors: 100%, for: 1h } ]`;
    expect(play(text('attempts: 2')).metric('attempts.mean')).toBe(3);
    // Three saved up; twenty requests pay for four more (the last of them at the twentieth).
    const bounded = text('attempts: 2, budget: { ratio: 20%, burst: 3 }');
    expect(play(bounded).metric('attempts.mean')).toBeLessThan(1.4);
    expect(play(bounded).metric('attempts.mean')).toBeGreaterThan(1.2);
  });

  it('waits as the client says', () => {
    const text = everyTenth(1, 'balancer: { workers: [ { name: a } ] }').replace(
      '10/s }',
      '10/s }, retry: { attempts: 3, backoff: 50ms, factor: 2 }',
    );
    // 500 at 100, 150 and 250; at 450 it is served.
    const errors = '\nevents: [ { at: 0s, worker: a, errors: 100%, for: 300ms } ]';
    expect(play(text + errors).sojournMs).toEqual([370]);
  });
});
