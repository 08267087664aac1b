/** bytraffic: bytes per hundredth of load factor, by two separate integer divisions (spec 3.3). */
import { expect, test } from 'vitest';
import { balancerOf, factors, lbstatus, letters, schedule } from './schedule.ts';

type Traffic = [sent: number, read: number][];

/** Who is elected when the workers have moved these bytes. */
function electedAfter(traffic: Traffic, loadfactors: number[]): string {
  const balancer = balancerOf('bytraffic', factors(...loadfactors));
  traffic.forEach(([sent, read], worker) => {
    balancer.workers.transferred[worker] = sent;
    balancer.workers.read[worker] = read;
  });
  return schedule(balancer, 1);
}

test.each<[Traffic, number[], string]>([
  [
    [
      [0, 0],
      [0, 0],
    ],
    [1, 1],
    'a',
  ], // equal: the earlier one
  [
    [
      [100, 0],
      [0, 0],
    ],
    [1, 1],
    'b',
  ],
  [
    [
      [99, 99],
      [0, 0],
    ],
    [1, 1],
    'a',
  ], // 0 + 0: differences below 100 bytes vanish in each division
  [
    [
      [50, 150],
      [100, 100],
    ],
    [1, 1],
    'a',
  ], // 0 + 1 against 1 + 1
  [
    [
      [199, 0],
      [0, 199],
    ],
    [1, 1],
    'a',
  ], // 1 + 0 against 0 + 1
  [
    [
      [300, 0],
      [599, 0],
    ],
    [1, 2],
    'b',
  ], // 3 against 2
  [
    [
      [300, 0],
      [600, 0],
    ],
    [1, 2],
    'a',
  ],
  [
    [
      [113, 0],
      [100, 0],
    ],
    [1.14, 1],
    'a',
  ], // 1.14 is 113 hundredths, cut: 1 against 1
  [
    [
      [4503599627370400, 0],
      [4503599627370500, 0],
    ],
    [1, 1],
    'a',
  ], // exact far beyond 32 bits
  [
    [
      [4503599627370500, 0],
      [4503599627370499, 0],
    ],
    [1, 1],
    'b',
  ],
])('after %j with factors %j: %s', (traffic, loadfactors, elected) => {
  expect(electedAfter(traffic, loadfactors)).toBe(elected);
});

test('a schedule by hand: factors 1 and 2, every answer 300 bytes', () => {
  // a: 3 a request, b: 1 a request (150 hundredths cut to 1, 3 after two, 4 after three, 6 after four)
  const balancer = balancerOf('bytraffic', factors(1, 2));
  let elected = '';
  for (let i = 0; i < 6; i++) {
    const worker = letters.indexOf(schedule(balancer, 1));
    balancer.workers.read[worker] += 300;
    elected += letters[worker];
  }
  expect(elected).toBe('abbabb');
});

test('lbstatus is neither read nor changed', () => {
  const balancer = balancerOf('bytraffic', factors(1, 1));
  balancer.workers.lbstatus.set([-500, 500]);
  expect(schedule(balancer, 3)).toBe('aaa');
  expect(lbstatus(balancer)).toEqual([-500, 500]);
});
