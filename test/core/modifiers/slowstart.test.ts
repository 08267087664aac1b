/** Slow start by hand, under four lbmethods: who comes back gets a growing part of its load factor. */
import { expect, test } from 'vitest';
import type { Balancer } from '../../../src/core/index.ts';
import { balancerOf, chiSquare, chiSquareAtMillionth, schedule } from '../lbmethods/schedule.ts';
import { failTimes, fiveInARow, SECOND, scheduleAt, tenSeconds } from './worlds.ts';

const two = [{ retrySeconds: 1 }, { retrySeconds: 1 }];

/** b has failed at 0 s and is retried after 1 s. */
function returning(name: string, slowstart = tenSeconds): Balancer {
  const balancer = balancerOf(name, two, { modifiers: { slowstart } });
  balancer.fail(1, 0);
  expect(scheduleAt(balancer, 1, 1)).toBe('a');
  balancer.workers.lbstatus.fill(0);
  return balancer;
}

/** Factors of a and b that methods see, at `seconds` after b came back. */
function factorsAt(balancer: Balancer, seconds: number): number[] {
  const backNs = balancer.modifiers!.slowStart.sinceNs[1];
  balancer.search(backNs + seconds * SECOND);
  return [...balancer.modifiers!.lbfactor];
}

test.each(['byrequests', 'bybusyness'])('%s: 100 against 10 deals b once in eleven', (name) => {
  const balancer = returning(name);
  // b is up by 10 a pick, a down by 10: after five picks 60 beats 50.
  expect(scheduleAt(balancer, 2, 11)).toBe('aaaaabaaaaa');
});

test.each(['byrequests', 'bybusyness'])('%s: after half of the window 100 against 50', (name) => {
  const balancer = returning(name);
  scheduleAt(balancer, 2, 11);
  expect(scheduleAt(balancer, 7, 6)).toBe('abaaba');
  expect(scheduleAt(balancer, 12, 4)).toBe('abab');
});

test('bytraffic: a request counts ten times on b at first, then twice', () => {
  const balancer = returning('bytraffic');
  const dealt = (seconds: number, count: number) => {
    let all = '';
    for (let i = 0; i < count; i++) {
      const letter = scheduleAt(balancer, seconds, 1);
      balancer.workers.read['ab'.indexOf(letter)] += 1000;
      all += letter;
    }
    return all;
  };
  expect(dealt(2, 12)).toBe('abaaaaaaaaaa'); // a: 0, 10, 20 ... ; b: 0, 100
  balancer.workers.read.fill(0);
  expect(dealt(7, 8)).toBe('abaabaab'); // a: 0, 10, 20, 30 ...; b: 0, 20, 40
});

test('random: a third goes to b at half of the window', () => {
  const balancer = returning('random');
  scheduleAt(balancer, 2, 1); // finds b back
  const dealt = scheduleAt(balancer, 7, 6000);
  const toB = dealt.replaceAll('a', '').length;
  // Fails by chance once in a million; the seed is fixed.
  expect(chiSquare([6000 - toB, toB], [4000, 2000])).toBeLessThan(chiSquareAtMillionth[0]);
});

test('the part grows a step at a time, from the first election that finds the worker back', () => {
  const balancer = returning('byrequests');
  scheduleAt(balancer, 2, 1);
  const seen = [0, 0.999999999, 1, 3.5, 9.999999999, 10].map((s) => factorsAt(balancer, s)[1]);
  expect(seen).toEqual([10, 10, 10, 30, 90, 100]);
});

test('aggression 2 begins with the square root', () => {
  const balancer = returning('byrequests', { ...tenSeconds, aggression: 2 });
  scheduleAt(balancer, 2, 1);
  // The first step is that of a millisecond, 1 % of the window's root: below min.
  const seen = [0, 1, 4, 9].map((s) => factorsAt(balancer, s)[1]);
  expect(seen).toEqual([10, 32, 63, 95]); // 100 times the roots of 0.1, 0.4 and 0.9
});

test('a load factor is scaled as it is now, and never below a hundredth', () => {
  const balancer = returning('byrequests', { ...tenSeconds, min: 0 });
  scheduleAt(balancer, 2, 1);
  expect(factorsAt(balancer, 0)).toEqual([100, 1]);
  balancer.manageWorker(1, { loadfactor: 4 });
  expect(factorsAt(balancer, 5)).toEqual([100, 200]);
});

test('nobody starts slowly when the balancer does', () => {
  const balancer = balancerOf('byrequests', two, { modifiers: { slowstart: tenSeconds } });
  expect(schedule(balancer, 4)).toBe('abab');
});

test.each([
  [
    'an enabled worker',
    (b: Balancer) => b.manageWorker(1, { status: { D: true } }),
    (b: Balancer) => b.manageWorker(1, { status: { D: false } }),
  ],
  [
    'a passed health check',
    (b: Balancer) => b.checked(1, false, SECOND),
    (b: Balancer) => b.checked(1, true, 2 * SECOND),
  ],
])('%s starts slowly', (_, leave, comeBack) => {
  const balancer = balancerOf('byrequests', two, { modifiers: { slowstart: tenSeconds } });
  leave(balancer);
  scheduleAt(balancer, 1, 1);
  comeBack(balancer);
  scheduleAt(balancer, 2, 1);
  expect([...balancer.modifiers!.lbfactor]).toEqual([100, 10]);
});

test('so does one whose ejection is over, and one that is added', () => {
  const modifiers = { slowstart: tenSeconds, outlier: fiveInARow };
  const balancer = balancerOf('byrequests', two, { modifiers, growth: 1 });
  failTimes(balancer, 1, 5, 0);
  expect(balancer.addWorker()).toBe(2);
  expect(scheduleAt(balancer, 1, 3)).toBe('aaa');
  balancer.manageWorker(2, { status: { D: false } });
  scheduleAt(balancer, 30, 1);
  expect([...balancer.modifiers!.lbfactor]).toEqual([100, 10, 10]);
});

test('a sticky hit charges the load factors that the method sees', () => {
  const workers = [{ route: 'a' }, { route: 'b', retrySeconds: 1 }];
  const modifiers = { slowstart: tenSeconds };
  const balancer = balancerOf('byrequests', workers, { stickysession: 'S', modifiers });
  balancer.fail(1, 0);
  scheduleAt(balancer, 1, 1);
  scheduleAt(balancer, 2, 1);
  balancer.workers.lbstatus.fill(0);
  balancer.pick(balancer.routeId('a'), 2 * SECOND + 1);
  expect([...balancer.workers.lbstatus]).toEqual([-10, 10]);
});
