/** Methods that look at response times, and at what backends say of themselves. */
import { example } from './example.ts';

export const heartbeat = [
  example(
    { a: 1, b: 1, c: 1 },
    [
      ['host a: 8 idle, 1 busy', '', '8'],
      ['host b: 8 idle, 0 busy', '', 'none busy: a quarter, 2'],
      ['host c: 0 idle, 8 busy', '', '0; 10 in all'],
      ['request', 'a', '0.31 × 11 = 3.41: number 3', [0.31]],
      ['request', 'b', '0.75 × 11 = 8.25: number 8', [0.75]],
      ['request', 'c', '0.95 × 11 = 10.45: number 10, behind all slots: the last', [0.95]],
      ['at 10s', '', 'nobody was heard from for 10 seconds'],
      ['request', 'nobody', ''],
    ],
    { note: 'numbers 0 to the sum, inclusive: a has 0 to 7, b 8 and 9' },
  ),
];

export const heartbeatProportional = [
  example(
    { a: 1, b: 1, c: 1 },
    [
      ['host a: 8 idle, 1 busy', '', '8'],
      ['host b: 8 idle, 0 busy', '', '8'],
      ['host c: 0 idle, 8 busy', '', '0; 16 in all'],
      ['request', 'a', '0.31 × 16 = 4.96', [0.31]],
      ['request', 'b', '0.75 × 16 = 12', [0.75]],
      ['request', 'b', '0.95 × 16 = 15.2', [0.95]],
    ],
    { note: 'a has 0 to 8, b 8 to 16, c nothing' },
  ),
];

export const peakewma = [
  example(
    { a: 1, b: 1 },
    [
      ['request', 'a', 'not heard from, none under way: 0 and 0, drawn first', [0.1, 0.5]],
      ['request', 'b', 'one under way to a, which is not heard from', [0.1, 0.5]],
      ['a answers in 100ms', '', 'a 100'],
      ['b answers in 40ms', '', 'b 40'],
      ['request', 'b', 'a 100 × 1, b 40 × 1', [0.1, 0.5]],
      ['request', 'b', 'a 100, b 40 × 2 = 80', [0.1, 0.5]],
      ['request', 'a', 'a 100, b 40 × 3 = 120', [0.1, 0.5]],
      ['b answers in 60ms', '', 'b 60: a peak counts in full'],
      ['request', 'b', 'a 100 × 2 = 200, b 60 × 2 = 120', [0.1, 0.5]],
      ['at 10s', '', 'one decay: a 100 / e = 36.8, b 60 / e = 22.1'],
      ['b fails in 1ms', '', 'a failure counts as 5 s: b 5000'],
      ['request', 'a', 'a 36.8 × 2 = 73.6, b 5000 × 2', [0.1, 0.5]],
    ],
    { note: 'latency × (requests + 1); of two workers both are drawn, the draw says which first' },
  ),
];

export const leasttime = [
  example(
    { a: 1, b: 1 },
    [
      ['request', 'a', 'no times yet, 0 and 0: in turn'],
      ['request', 'b', '0 and 0: in turn'],
      ['a answers in 90ms', '', 'a 90, counts 100'],
      ['b answers in 30ms', '', 'b 30, counts 40'],
      ['request', 'b', 'a 100 × 1, b 40 × 1'],
      ['request', 'b', 'a 100, b 40 × 2 = 80'],
      ['request', 'a', 'a 100, b 40 × 3 = 120'],
      ['a answers in 10ms', '', 'a 0.95 × 90 + 0.05 × 10 = 86, counts 100'],
      ['request', 'a', 'a 100, b 120'],
      ['at 10s', '', 'not renewed, so halved: a 43, counts 60; b 15, counts 20'],
      ['request', 'b', 'a 60 × 2 = 120, b 20 × 3 = 60'],
    ],
    { note: 'time × (requests + 1); times count in steps of 20 ms, rounded up' },
  ),
];

export const prequal = [
  example(
    { a: 1, b: 1, c: 1 },
    [
      ['a holds 1, served one in 50ms', '', ''],
      ['b holds 3, served one in 20ms', '', ''],
      ['c holds 0, served one in 90ms', '', ''],
      ['request', 'b', 'no answers: 0.4 × 3 = 1.2, the second; asks a', [0.4, 0.1]],
      ['request', 'c', 'one answer, a: 1, 50 ms: by chance; asks b', [0.5, 0.9, 0.4]],
      [
        'request',
        'a',
        'answers a: 1, 50 ms; b: 3, 20 ms. Half of 1, 3 are up to 1: b is hot; asks c',
        [0.5, 0.2, 0.9],
      ],
      [
        'request',
        'c',
        'c: 0, 90 ms in the place of a. Half of 1, 3, 0 are up to 1: b is hot; asks a',
        [0.5, 0.2, 0.1],
      ],
    ],
    {
      set: { pool: 2, probes: 1, removals: 0, hot: 0.5 },
      note: 'an answer is good for (1 + delta) / ((1 - 2/3) × 1 - 0) = 6 uses. Draws: one to round that for each answer, one in case there are fewer than two, one for whom to ask',
    },
  ),
];

export const c3 = [
  example(
    { a: 1, b: 1 },
    [
      ['request', 'a', 'neither was heard from: the earlier'],
      ['request', 'b', 'b was not heard from and has nothing to do'],
      ['a answers in 30ms', '', 'a R 30'],
      ['a holds 1, served one in 10ms', '', 'a q 1, S 10'],
      ['b answers in 92ms', '', 'b R 92'],
      ['b holds 0, served one in 4ms', '', 'b q 0, S 4'],
      ['request', 'b', 'a 30 + (2³ - 1) × 10 = 100, b 92 + (1³ - 1) × 4 = 92'],
      ['request', 'a', 'a 100, b 92 + (2³ - 1) × 4 = 120'],
      ['request', 'b', 'a 30 + (3³ - 1) × 10 = 290, b 120'],
      ['b answers in 12ms', '', 'b R 0.9 × 12 + 0.1 × 92 = 20'],
      ['b holds 1, served one in 4ms', '', 'b q 0.9 × 1 + 0.1 × 0 = 0.9'],
      ['request', 'b', 'a 290, b 20 + (2.9³ - 1) × 4 = 113.6'],
    ],
    { note: 'R + (q̂³ - 1) × S with q̂ = 1 + requests under way + q' },
  ),
];

export const jiq = [
  example(
    { a: 1, b: 1, c: 1 },
    [
      ['c holds 0', '', 'free: c'],
      ['a holds 0', '', 'free: c, a'],
      ['b holds 0', '', 'free: c, a, b'],
      ['request', 'c', ''],
      ['c holds 1', '', 'free: a, b'],
      ['a holds 1', '', 'another balancer was faster; free: b'],
      ['request', 'b', 'a has no slot free any more'],
      ['b holds 1', '', 'free: nobody'],
      ['request', 'b', '0.5 × 3 = 1.5: the second', [0.5]],
      ['a holds 0', '', 'free: a'],
      ['request', 'a', ''],
    ],
    { note: 'one slot each' },
  ),
];

const reports = [
  ['a holds 3 at 100/s', '', ''],
  ['b holds 2 at 100/s', '', ''],
  ['c holds 4 at 300/s', '', ''],
] as const;

export const jsq = [
  example({ a: 1, b: 1, c: 1 }, [
    ...reports,
    ['request', 'c', 'a 3/100, b 2/100, c 4/300 = 1.33/100'],
    ['c holds 9 at 300/s', '', 'c 3/100'],
    ['request', 'b', 'a 3/100, b 2/100, c 3/100'],
    ['b holds 3 at 100/s', '', 'b 3/100'],
    ['request', 'c', 'three alike: 0.7 × 3 = 2.1, the third', [0.7]],
  ]),
];

export const sed = [
  example({ a: 1, b: 1, c: 1 }, [
    ...reports,
    ['request', 'c', 'a (3 + 1) / 100, b 3/100, c 5/300 = 1.67/100'],
    ['a holds 0 at 100/s', '', 'a 1/100'],
    ['c holds 1 at 300/s', '', 'c 2/300 = 0.67/100'],
    ['request', 'c', 'c, although a is idle'],
    ['c holds 6 at 300/s', '', 'c 7/300 = 2.33/100'],
    ['request', 'a', 'a 1/100, b 3/100, c 2.33/100'],
  ]),
];
