/** Methods that look at load factors, requests in flight and bytes. */
import { example } from './example.ts';

export const byrequests = [
  example(
    { a: 3, b: 2, c: 1 },
    [
      ['request', 'a', 'a 3, b 2, c 1'],
      ['request', 'b', 'a -3 + 3 = 0, b 4, c 2'],
      ['request', 'a', 'a 3, b -2 + 2 = 0, c 3: the earlier'],
      ['request', 'c', 'a 0, b 2, c 4'],
      ['request', 'b', 'a 3, b 4, c -2 + 1 = -1'],
      ['request', 'a', 'a 6, b 0, c 0; then all are 0 again'],
    ],
    { note: 'each gets its load factor, the greatest serves and pays 6, the sum of all' },
  ),
];

export const bytraffic = [
  example(
    { a: 2, b: 1 },
    [
      ['request', 'a', 'a 0, b 0: the earlier'],
      ['a moves 200 + 6000 bytes', '', 'a 200 / 2 + 6000 / 2 = 3100'],
      ['request', 'b', 'a 3100, b 0'],
      ['b moves 200 + 1000 bytes', '', 'b 200 + 1000 = 1200'],
      ['request', 'b', 'a 3100, b 1200'],
      ['b moves 200 + 3000 bytes', '', 'b 400 + 4000 = 4400'],
      ['request', 'a', 'a 3100, b 4400'],
    ],
    { note: 'bytes of requests and of responses, over the load factor: the least serves' },
  ),
];

export const bybusyness = [
  example(
    { a: 2, b: 1 },
    [
      ['request', 'a', 'in flight 0 and 0: by lbstatus, a 2, b 1'],
      ['request', 'b', 'in flight 1 and 0 (lbstatus -1 + 2 = 1 and 1 + 1 = 2)'],
      ['request', 'a', 'in flight 1 and 1: by lbstatus, a 1 + 2 = 3, b -1 + 1 = 0'],
      ['request', 'b', 'in flight 2 and 1, whatever the factors'],
      ['b answers in 5ms', '', 'in flight 2 and 1'],
      ['request', 'b', 'in flight 2 and 1'],
    ],
    {
      note: 'fewest in flight; with every election lbstatus grows as in byrequests, and breaks ties',
    },
  ),
];

export const random = [
  example(
    { a: 2, b: 1, c: 1 },
    [
      ['request', 'a', '0.31 × 4 = 1.24', [0.31]],
      ['request', 'b', '0.60 × 4 = 2.40', [0.6]],
      ['request', 'a', '0.49 × 4 = 1.96', [0.49]],
      ['request', 'c', '0.75 × 4 = 3', [0.75]],
    ],
    { note: 'load factors end to end: a has 0 to 2, b 2 to 3, c 3 to 4' },
  ),
];

export const swrr = [
  example(
    { a: 5, b: 1, c: 1 },
    [
      ['request', 'a', 'a 5, b 1, c 1'],
      ['request', 'a', 'a -2 + 5 = 3, b 2, c 2'],
      ['request', 'b', 'a -4 + 5 = 1, b 3, c 3: the earlier'],
      ['request', 'a', 'a 6, b -4 + 1 = -3, c 4'],
      ['request', 'c', 'a -1 + 5 = 4, b -2, c 5'],
      ['request', 'a', 'a 9, b -1, c -2 + 1 = -1'],
      ['request', 'a', 'a 2 + 5 = 7, b 0, c 0; then all are 0 again'],
    ],
    { note: 'each gets its weight, the greatest serves and pays 7, the sum of all' },
  ),
  example(
    { a: 3, b: 1 },
    [
      ['request', 'a', 'a 3, b 1'],
      ['a fails in 1ms', '', 'weight of a 3 - 3 = 0; it rests for 10s'],
      ['request', 'b', 'b 1 + 1 = 2, alone; pays 1'],
      ['at 11s', '', 'a is back'],
      ['request', 'b', 'a -1 + 0, b 1 + 1 = 2; pays 1; weight of a 1'],
      ['request', 'b', 'a -1 + 1 = 0, b 2; pays 2; weight of a 2'],
      ['request', 'a', 'a 0 + 2 = 2, b 0 + 1 = 1; pays 3; weight of a 3'],
      ['request', 'b', 'b 1 + 1 = 2, alone: a has one request to prove itself; pays 1'],
      ['a answers in 10ms', '', 'a has'],
      ['request', 'a', 'a -1 + 3 = 2, b 1 + 1 = 2: the earlier'],
    ],
    { note: 'a failure takes weight / maxFails; each pick gives 1 back' },
  ),
];

export const edf = [
  example(
    { a: 3, b: 2, c: 1 },
    [
      ['request', 'a', 'a 1/3, b 1/2, c 1'],
      ['request', 'b', 'a 2/3, b 1/2, c 1'],
      ['request', 'a', 'a 2/3, b 1, c 1'],
      ['request', 'c', 'a 1, b 1, c 1: c waits longest, then b, then a'],
      ['request', 'b', 'a 1, b 1, c 2'],
      ['request', 'a', 'a 1, b 3/2, c 2'],
    ],
    { note: 'a worker of factor w is due every 1/w: the first one due serves' },
  ),
];

export const first = [
  example(
    { a: 2, b: 1 },
    [
      ['request', 'a', 'a 0 of 2'],
      ['request', 'a', 'a 1 of 2'],
      ['request', 'b', 'a is full, b 0 of 1'],
      ['a answers in 5ms', '', 'a 1 of 2'],
      ['request', 'a', 'a 1 of 2'],
      ['request', 'a', 'all full, 2/2 and 1/1: the earlier, where it waits'],
      ['request', 'b', 'all full, 3/2 and 1/1'],
    ],
    { max: true },
  ),
];

export const p2c = [
  example(
    { a: 1, b: 1, c: 1 },
    [
      ['request', 'a', 'a, then the second of b, c: c; 0 and 0, drawn first', [0.1, 0.8]],
      ['request', 'b', 'a, then the first of b, c: b; 1 and 0', [0.1, 0.2]],
      ['request', 'c', 'c, then the second of a, b: b; 0 and 1', [0.9, 0.6]],
      ['request', 'b', 'b, then the first of a, c: a; 1 and 1, drawn first', [0.5, 0.3]],
    ],
    { note: 'a draw × 3 says who is drawn first, another × 2 who of the others' },
  ),
];

export const leastconn = [
  example({ a: 1, b: 1, c: 2 }, [
    ['request', 'a', 'all idle, in turn'],
    ['request', 'b', 'b and c idle, in turn'],
    ['request', 'c', 'c idle'],
    ['request', 'c', 'a (1 + 1) / 1 = 2, b 2, c (1 + 1) / 2 = 1'],
    ['request', 'c', 'a 2, b 2, c (2 + 1) / 2 = 1.5'],
    ['request', 'a', 'a 2, b 2, c (3 + 1) / 2 = 2: elected longest ago'],
  ]),
  example(
    { a: 1, b: 1, c: 2 },
    [
      ['request', 'c', 'all 0: a 1, b 1, c 2; c pays 4'],
      ['request', 'a', 'a 0, b 0, c 1/2: of a 1 + 1 and b 1 + 1 the earlier; pays 2'],
      ['request', 'b', 'a 1, b 0, c 1/2'],
      ['request', 'c', 'a 1, b 1, c 1/2'],
    ],
    { set: { variant: 'nginx' }, note: 'requests / factor; among equals as swrr' },
  ),
  example(
    { a: 1, b: 2 },
    [
      ['request', 'b', 'a 1, b 1/2; then b at 1/2 + 1/2 = 1'],
      ['request', 'a', 'a 1, b 1: a waits longer; then a at 1 + 1 = 2'],
      ['request', 'b', 'a 2, b 1; then b, with one in flight, at 1 + 2/2 = 2'],
      ['request', 'a', 'a 2, b 2: a waits longer; then a at 2 + 2 = 4'],
      ['request', 'b', 'a 4, b 2; then b, with two in flight, at 2 + 3/2'],
      ['request', 'b', 'a 4, b 3 1/2'],
    ],
    { set: { variant: 'envoy' }, note: 'unequal factors: due every (requests + 1) / factor' },
  ),
  example(
    { a: 1, b: 1, c: 1 },
    [
      ['request', 'a', 'a and c: 0 and 0, drawn first', [0.1, 0.8]],
      ['request', 'a', 'a and a again', [0.2, 0.3]],
      ['request', 'c', 'a and c: 2 and 0', [0.1, 0.9]],
    ],
    {
      set: { variant: 'envoy' },
      note: 'equal factors: two draws × 3, and the same may come twice',
    },
  ),
];
