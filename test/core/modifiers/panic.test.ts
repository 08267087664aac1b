/** The panic threshold by hand, under four lbmethods: with too few usable workers all of the set serve. */
import { expect, test } from 'vitest';
import type { Balancer, WorkerConfig } from '../../../src/core/index.ts';
import { Exchanges, outcomes } from '../../../src/core/index.ts';
import { balancerOf } from '../lbmethods/schedule.ts';
import { SECOND, scheduleAt } from './worlds.ts';

const panic = 0.5;
const withThreshold = (workers: readonly WorkerConfig[], name = 'byrequests') =>
  balancerOf(name, workers, { modifiers: { panic } });

const down = { status: '+C' };
const four = [{}, {}, {}, {}];

/** The candidates of the next pick, as letters. */
function offered(balancer: Balancer, seconds = 1): string {
  balancer.search(seconds * SECOND);
  const { candidate } = balancer.workers;
  return [...candidate.slice(0, balancer.views.candidateCount[0])].map((i) => 'abcdef'[i]).join('');
}

test.each(['byrequests', 'bybusyness'])('%s: one usable of four: all take turns', (name) => {
  expect(scheduleAt(withThreshold([{}, down, down, down], name), 1, 8)).toBe('abcdabcd');
});

test('random: one usable of four gets no more than its part', () => {
  const dealt = scheduleAt(withThreshold([{}, down, down, down], 'random'), 1, 400);
  // A binomial of 400 and 1/4 is beyond 150 once in a million; the seed is fixed.
  expect(dealt.replaceAll(/[^a]/g, '').length).toBeLessThan(150);
});

test.each([
  ['half is enough', [{}, {}, down, down], 'ab'],
  ['less than half is not', [{}, down, down, down], 'abcd'],
  ['nobody is not', [down, down, down, down], 'abcd'],
  ['who is in error, too, is used', [{}, down, { status: '+C+S' }, down], 'abd'],
  [
    'who is taken out is neither counted nor used',
    [{}, down, { status: '+D' }, { status: '+N' }],
    'a',
  ],
  ['a spare that stands in counts', [{}, down, down, { status: '+R' }], 'ad'],
  ['and goes on', [{}, down, down, down, down, { status: '+R' }], 'afbcde'],
  ['standbys that stand in count', [down, down, { status: '+H' }], 'c'],
  ['a set that serves in place of another is judged alone', [down, down, { lbset: 1 }], 'c'],
  ['with nobody anywhere it is the lowest set', [{ lbset: 1, ...down }, down, down], 'bc'],
])('%s', (_, workers, letters) => {
  expect(offered(withThreshold(workers))).toBe(letters);
});

test('errors count, and the panic ends with them', () => {
  const balancer = withThreshold(four.map(() => ({ retrySeconds: 5 })));
  for (const worker of [0, 1, 2]) balancer.fail(worker, SECOND);
  expect(offered(balancer, 2)).toBe('dabc');
  expect(balancer.modifiers!.panics).toBe(true);
  expect(offered(balancer, 7)).toBe('abcd');
  expect(balancer.modifiers!.panics).toBe(false);
});

test('a method that looks at every worker panics, too', () => {
  const balancer = withThreshold([{}, down, down], 'heartbeat');
  for (const worker of [0, 1]) balancer.heartbeat(worker, 4, 1, SECOND);
  expect(offered(balancer)).toBe('a'); // one of the two that were heard of
  balancer.heartbeat(2, 4, 1, SECOND);
  expect(offered(balancer)).toBe('abc');
});

test('a try in panic connects, and fails over when it fails', () => {
  const balancer = withThreshold([down, down, down]);
  const exchanges = new Exchanges(balancer);
  const exchange = exchanges.open(null);
  expect(exchanges.begin(exchange, 1)).toBe('dispatch');
  expect(exchanges.connected(exchange, 2)).toBe('send');
  expect(exchanges.settle(exchange, outcomes.connectFailed, 0, 3)).toBe('dispatch');
  expect(exchange.tries).toBe(2);
});

test('without the modifier the same try is refused', () => {
  const exchanges = new Exchanges(balancerOf('byrequests', [down, down, down]));
  const exchange = exchanges.open(null);
  expect(exchanges.begin(exchange, 1)).toBe('done');
  expect(exchange.status).toBe(503);
});
