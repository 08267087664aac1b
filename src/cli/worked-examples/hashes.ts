/**
 * Methods that elect by a key: numbers in hexadecimal. CRC-32 as zlib has it; fmix32 is MurmurHash3's finalizer;
 * arithmetic modulo 2^32.
 */
import { example } from './example.ts';

const mixed = 'mixed: fmix32(CRC-32 of the key × 85ebca6b)';
const points = `${mixed}; points: fmix32((CRC-32 of name and a zero byte ^ (i ^ i / 65536) × 9e3779b1) × 85ebca6b), i = 0, 1, …`;

export const source = [
  example(
    { a: 2, b: 1 },
    [
      ['request of 10.0.0.1', 'b', '26fec193, mixed d892453c: 0.846 × 3 = 2.54'],
      ['request of 10.0.0.2', 'b', 'bff79029, mixed b2a35039: 0.698 × 3 = 2.09'],
      ['request of 10.0.0.4', 'a', '5694351c, mixed 8194be79: 0.506 × 3 = 1.52'],
      ['request of 10.0.0.1', 'b', 'as before'],
    ],
    { note: `a has 0 to 2, b 2 to 3; ${mixed}, as a part of 2^32` },
  ),
];

export const uri = [
  example(
    { a: 2, b: 1 },
    [
      ['request of /a', 'a', '69707b5c, mixed 24b62713: 0.143 × 3 = 0.43'],
      ['request of /c', 'b', '877e1a70, mixed f773a652: 0.967 × 3 = 2.90'],
      ['request of /e', 'b', '6e1dbf45, mixed bb5cc576: 0.732 × 3 = 2.20'],
      ['request of /a', 'a', 'as before'],
    ],
    { note: `a has 0 to 2, b 2 to 3; ${mixed}, as a part of 2^32` },
  ),
];

export const ketama = [
  example(
    { a: 1, b: 1 },
    [
      ['request of /a', 'a', '69707b5c: next is 726a7d5c'],
      ['request of /c', 'a', '877e1a70: next is 8e81a578'],
      ['request of /b', 'b', 'f0792ae6: next is f4fe0ff2'],
      ['b is disabled', '', ''],
      ['request of /b', 'a', 'past f4fe0ff2 of b, round to 726a7d5c'],
      ['request of /c', 'a', 'as before'],
    ],
    {
      set: { points: 2 },
      note: 'points: CRC-32 of name, a zero byte, port and the point before (at first 0), low byte first; a 726a7d5c, 8e81a578; b e3226cd5, f4fe0ff2',
    },
  ),
];

export const ringhash = [
  example(
    { a: 2, b: 1 },
    [
      ['request of /a', 'b', '69707b5c, mixed 24b62713: next is 3070ddf7'],
      ['request of /c', 'a', '877e1a70, mixed f773a652: round to 1be8fcb4'],
      ['b is disabled', '', ''],
      ['request of /a', 'a', 'past 3070ddf7 of b, to 4d6bc64d'],
      ['request of /c', 'a', 'as before'],
    ],
    {
      set: { minSize: 3 },
      note: `least share 1/3 × minSize 3 is 1 point of b, and 2 of a; a 1be8fcb4, 4d6bc64d; b 3070ddf7; ${points}`,
    },
  ),
];

export const maglev = [
  example(
    { a: 1, b: 1 },
    [
      ['request of /a', 'b', '69707b5c, mixed 24b62713 modulo 7: place 1'],
      ['request of /c', 'a', '877e1a70, mixed f773a652 modulo 7: place 5'],
      ['request of /e', 'a', '6e1dbf45, mixed bb5cc576 modulo 7: place 3'],
    ],
    {
      set: { size: 7 },
      note: `from i = 1 and 2: a begins at 5 and steps 2, wants 5 0 2 4 6 1 3; b at 4, steps 4, wants 4 1 5 2 6 3 0; in turn a 5, b 4, a 0, b 1, a 2, b 6, a 3; ${points}; begins at the one modulo 7, steps by the other modulo 6, plus 1`,
    },
  ),
];

export const rendezvous = [
  example(
    { a: 2, b: 1 },
    [
      [
        'request of /a',
        'a',
        'a ca5bf695, 2 / -ln 0.7905 = 8.51; b cf25e733, 1 / -ln 0.8092 = 4.72',
      ],
      [
        'request of /b',
        'b',
        'a 5691e8d7, 2 / -ln 0.3382 = 1.84; b c374f874, 1 / -ln 0.7635 = 3.71',
      ],
      [
        'request of /e',
        'a',
        'a 35ad757c, 2 / -ln 0.2097 = 1.28; b 3848b5eb, 1 / -ln 0.2199 = 0.66',
      ],
      ['a is disabled', '', ''],
      ['request of /a', 'b', 'b alone'],
      ['request of /b', 'b', 'as before'],
    ],
    {
      note: 'lots: fmix32((k ^ (w ^ w / 65536) × 9e3779b1) × 85ebca6b), k the CRC-32 of the key, w that of name and a zero byte',
    },
  ),
];

export const boundedload = [
  example(
    { a: 1, b: 1 },
    [
      ['request of /a', 'b', 'next is 3070ddf7 of b: 0 in flight < ceil(1.25 × 1 / 2) = 1'],
      ['request of /a', 'b', '1 < ceil(1.25 × 2 / 2) = 2'],
      ['request of /a', 'a', '2 = ceil(1.25 × 3 / 2) = 2: on to 4d6bc64d'],
      ['request of /a', 'b', '2 < ceil(1.25 × 4 / 2) = 3'],
    ],
    {
      set: { points: 2 },
      note: `/a is 69707b5c, mixed 24b62713; a 1be8fcb4, 4d6bc64d; b 3070ddf7, fb606a98; ${points}`,
    },
  ),
];
