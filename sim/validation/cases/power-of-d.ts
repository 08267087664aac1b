/** Two choices: with few workers against the exact chain, with many against the supermarket model. */
import { powerOfDSojourn, supermarketSojourn } from '../../theory/index.ts';
import { type Case, metric } from '../case.ts';
import { station } from '../station.ts';

const few = [
  { workers: 2, distinct: true, load: 0.8, longest: 40, within: 0.02 },
  { workers: 2, distinct: false, load: 0.8, longest: 50, within: 0.02 },
  { workers: 3, distinct: true, load: 0.7, longest: 22, within: 0.02 },
].map(({ workers, distinct, load, longest, within }) =>
  station({
    id: 'p2c',
    title: `p2c over ${workers} workers, ${distinct ? 'distinct' : 'with replacement'}, load ${load}: the exact chain`,
    workers,
    load,
    lbmethod: `{ p2c: { choices: 2, distinct: ${distinct} } }`,
    thousands: 400,
    checks: [
      metric('sojourn.mean', () => powerOfDSojourn(workers, 2, distinct, load, longest), within),
    ],
  }),
);

const many = [0.5, 0.8, 0.9].map((load) =>
  station({
    id: 'supermarket',
    title: `p2c over 100 workers, load ${load}: 0 to 2.5 % above infinitely many`,
    workers: 100,
    load,
    lbmethod: 'p2c',
    thousands: 600,
    checks: [{ ...metric('sojourn.mean', () => supermarketSojourn(2, load), 0.015), above: 0.025 }],
  }),
);

const shortest = [
  { workers: 2, lbmethod: 'jsq', choices: 2, load: 0.8, longest: 40 },
  { workers: 3, lbmethod: 'jsq', choices: 3, load: 0.7, longest: 22 },
  {
    workers: 4,
    lbmethod: '{ p2c: { choices: 3, distinct: true } }',
    choices: 3,
    load: 0.7,
    longest: 14,
  },
].map(({ workers, lbmethod, choices, load, longest }) =>
  station({
    id: workers === choices ? 'jsq' : 'p3c',
    title: `${workers === choices ? 'jsq' : 'p2c with 3 choices'} over ${workers} workers, load ${load}: the exact chain`,
    workers,
    load,
    lbmethod,
    thousands: 400,
    checks: [
      metric('sojourn.mean', () => powerOfDSojourn(workers, choices, true, load, longest), 0.02),
    ],
  }),
);

export const powerOfD: readonly Case[] = [...few, ...shortest, ...many];
