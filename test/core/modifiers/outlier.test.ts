/** Outlier ejection by hand: when, for how long, how many, and what it does to elections of any lbmethod. */
import { expect, test } from 'vitest';
import type { Balancer } from '../../../src/core/index.ts';
import { Exchanges, outcomes, statusText } from '../../../src/core/index.ts';
import { balancerOf } from '../lbmethods/schedule.ts';
import { failTimes, fiveInARow, SECOND, scheduleAt } from './worlds.ts';

const workers = (count: number) => Array.from({ length: count }, () => ({}));
const withRule = (count: number, outlier: Partial<typeof fiveInARow> = {}, name = 'byrequests') =>
  balancerOf(name, workers(count), { modifiers: { outlier: { ...fiveInARow, ...outlier } } });

/** Letters of the workers that are ejected. */
const ejected = ({ workers: { status } }: Balancer) =>
  [...status]
    .flatMap((bits, i) =>
      statusText(bits).includes('Ejct') ? 'abcdefghijklmnopqrstuvwxyz'[i] : [],
    )
    .join('');

/** `percent` of 100 tries on a worker succeed, for each of `percents`. */
function interval(balancer: Balancer, percents: readonly number[], seconds: number, tries = 100) {
  percents.forEach((percent, worker) => {
    for (let i = 0; i < tries; i++) {
      const ok = (i * percent) % 100 < percent; // spread evenly: no five failures in a row at 20 % or more
      balancer.complete(worker, ok, 1e6, seconds * SECOND);
    }
  });
}

test.each([
  ['byrequests', 'abc', 'acac', 'abc'],
  ['bybusyness', 'abc', 'acac', 'abc'],
  ['bytraffic', 'aaa', 'aaaa', 'aaa'],
])(
  '%s deals among those that are not ejected, up to the last instant',
  (name, before, during, after) => {
    const balancer = withRule(3, {}, name);
    expect(scheduleAt(balancer, 1, 3)).toBe(before);
    const bad = name === 'bytraffic' ? 2 : 1;
    failTimes(balancer, bad, 4, 2);
    expect(ejected(balancer)).toBe('');
    failTimes(balancer, bad, 1, 2);
    expect(ejected(balancer)).toBe('abc'[bad]);
    expect(scheduleAt(balancer, 3, 4)).toBe(during);
    expect(scheduleAt(balancer, 32 - 1e-9, 1)).not.toBe('abc'[bad]);
    expect(ejected(balancer)).toBe('abc'[bad]);
    balancer.workers.lbstatus.fill(0);
    expect(scheduleAt(balancer, 32, 3)).toBe(after);
    expect(ejected(balancer)).toBe('');
  },
);

test('a success begins the row of failures anew', () => {
  const balancer = withRule(2);
  failTimes(balancer, 0, 4, 0);
  balancer.complete(0, true, 1e6, 0);
  failTimes(balancer, 0, 4, 0);
  expect(ejected(balancer)).toBe('');
});

test('the nth ejection in a row lasts n times as long, up to the maximum', () => {
  const balancer = withRule(2, { maxEjectionNs: 75 * SECOND });
  const lasts: number[] = [];
  let seconds = 1;
  for (let n = 0; n < 4; n++) {
    failTimes(balancer, 1, 5, seconds);
    const untilNs = balancer.modifiers!.outlier.ejectedUntilNs[1];
    lasts.push(untilNs / SECOND - seconds);
    seconds = untilNs / SECOND;
    scheduleAt(balancer, seconds, 1);
  }
  expect(lasts).toEqual([30, 60, 75, 75]);
});

test('each interval without ejection forgives one', () => {
  const balancer = withRule(2);
  const until = () => balancer.modifiers!.outlier.ejectedUntilNs[1] / SECOND;
  failTimes(balancer, 1, 5, 1); // until 31; intervals end at 11, 21, 31, 41, ...
  scheduleAt(balancer, 41, 1); // it stayed from 31 to 41
  failTimes(balancer, 1, 5, 42);
  expect(until()).toBe(72);
  scheduleAt(balancer, 90, 1); // from 72 to 81 is less than an interval
  failTimes(balancer, 1, 5, 90);
  expect(until()).toBe(150);
  scheduleAt(balancer, 172, 1); // one whole interval, to 161, or two, to 171: both ejections are forgiven
  failTimes(balancer, 1, 5, 172);
  expect(until()).toBe(202);
});

test.each([
  [4, 'a'],
  [19, 'a'],
  [20, 'ab'],
] as const)('of %i workers at most 10 percent are ejected, and one: %s', (count, letters) => {
  const balancer = withRule(count);
  for (let worker = 0; worker < 4; worker++) failTimes(balancer, worker, 5, 0);
  expect(ejected(balancer)).toBe(letters);
});

test('a share of 0 ejects nobody', () => {
  const balancer = withRule(2, { maxEjected: 0 });
  failTimes(balancer, 0, 5, 0);
  expect(ejected(balancer)).toBe('');
});

const successRate = { stdevs: 1.9, hosts: 5, requests: 100 };

test('rate of success: one of five, at 50 %, is two deviations below the mean', () => {
  // mean 90 %, deviation sqrt((4 x 10 x 10 + 40 x 40) / 5) = 20 %: the threshold is 52 %.
  const balancer = withRule(5, { successRate });
  interval(balancer, [100, 100, 50, 100, 100], 1);
  expect(ejected(balancer)).toBe('');
  scheduleAt(balancer, 11, 1);
  expect(ejected(balancer)).toBe('c');
  expect(balancer.modifiers!.why(2, 11 * SECOND)).toBe(
    'ejected for its rate of success, back in 30.0 s',
  );
});

test.each([
  ['two of five are only 1.2 deviations below', [100, 50, 50, 100, 100], 100, 5],
  ['four workers are too few', [100, 50, 100, 100], 100, 4],
  ['99 requests are too few', [100, 50, 100, 100, 100], 99, 5],
])('rate of success: %s', (_, percents, tries, count) => {
  const balancer = withRule(count, { successRate });
  interval(balancer, percents, 1, tries);
  scheduleAt(balancer, 11, 1);
  expect(ejected(balancer)).toBe('');
});

test('equal rates do not differ, whatever their mean is rounded to', () => {
  const balancer = withRule(3, {
    consecutive5xx: 0,
    successRate: { stdevs: 0.1, hosts: 3, requests: 1 },
  });
  for (const percent of [10, 30, 70, 90]) {
    interval(balancer, [percent, percent, percent], balancer.views.lastNs[0] / SECOND + 1);
    scheduleAt(balancer, balancer.views.lastNs[0] / SECOND + 11, 1);
    expect(ejected(balancer)).toBe('');
  }
});

test('rates are those of one interval', () => {
  const balancer = withRule(5, { successRate });
  interval(balancer, [100, 100, 50, 100, 100], 1, 60);
  scheduleAt(balancer, 11, 1);
  interval(balancer, [100, 100, 50, 100, 100], 12, 60);
  scheduleAt(balancer, 21, 1);
  expect(ejected(balancer)).toBe('');
});

test('share of failures: the threshold itself ejects', () => {
  const failurePercentage = { threshold: 0.5, hosts: 2, requests: 50 };
  const one = withRule(2, { failurePercentage });
  interval(one, [100, 51], 1);
  scheduleAt(one, 11, 1);
  expect(ejected(one)).toBe('');
  const other = withRule(2, { failurePercentage });
  interval(other, [100, 50], 1);
  other.complete(0, true, 1e6, 11 * SECOND); // a try that ends looks, too
  expect(ejected(other)).toBe('b');
});

test('answers of 500 and tries without an answer both count, through an exchange', () => {
  const balancer = balancerOf('byrequests', [{ status: '+I' }, {}], {
    maxattempts: 0,
    modifiers: { outlier: fiveInARow },
  });
  const exchanges = new Exchanges(balancer);
  const ends = [
    [outcomes.answered, 500],
    [outcomes.timedOut, 0],
    [outcomes.connectFailed, 0],
  ] as const;
  let nowNs = 0;
  for (let i = 0; i < 9; i++) {
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, nowNs++);
    const [outcome, status] = exchange.worker === 0 ? ends[i % 3]! : [outcomes.answered, 200];
    exchanges.settle(exchange, outcome, status, nowNs++);
    exchanges.close(exchange);
  }
  expect(ejected(balancer)).toBe('a');
});

test('a try under way on a worker that is ejected meanwhile goes on there', () => {
  const balancer = balancerOf('byrequests', workers(2), { modifiers: { outlier: fiveInARow } });
  const exchanges = new Exchanges(balancer);
  const exchange = exchanges.open(null);
  exchanges.begin(exchange, 0);
  failTimes(balancer, 0, 5, 0);
  expect(exchanges.connected(exchange, 1)).toBe('send');
});

test('a sticky session leaves a worker while it is ejected; with nofailover it waits for the end', () => {
  for (const nofailover of [false, true]) {
    const balancer = balancerOf('byrequests', [{ route: 'a' }, { route: 'b' }], {
      stickysession: 'S',
      nofailover,
      modifiers: { outlier: fiveInARow },
    });
    failTimes(balancer, 0, 5, 0);
    const route = balancer.routeId('a');
    expect(balancer.pick(route, SECOND)).toBe(nofailover ? -1 : 1);
    expect(balancer.pick(route, 30 * SECOND)).toBe(0);
    expect(balancer.via).toBe('sticky');
  }
});

test('a spare stands in for an ejected worker', () => {
  const balancer = balancerOf('byrequests', [{}, {}, { status: '+R' }], {
    modifiers: { outlier: fiveInARow },
  });
  failTimes(balancer, 0, 5, 0);
  expect(scheduleAt(balancer, 1, 4)).toBe('bcbc');
});
