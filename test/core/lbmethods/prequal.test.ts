/** prequal: hot and cold, by hand; ages, uses and removals of answers. */
import { describe, expect, test } from 'vitest';
import { viewsOver } from '../../../src/core/columns.ts';
import {
  add,
  after,
  best,
  oldest,
  poolColumns,
  poolRows,
  poolSizeColumns,
  remove,
  worst,
} from '../../../src/core/lbmethods/prequal/pool.ts';
import {
  PROBES_MAX,
  probeColumns,
  probeEndColumns,
  receive,
  send,
} from '../../../src/core/lbmethods/prequal/probes.ts';
import { note, quantile, quantileTables } from '../../../src/core/lbmethods/prequal/quantile.ts';
import { NONE } from '../../../src/core/state.ts';
import { balancerOf, factors, letters } from './schedule.ts';

function poolOf(answers: number, entries: readonly (readonly [rif: number, ms: number])[]) {
  const tables = [
    { columns: poolColumns, rows: poolRows(answers) },
    { columns: poolSizeColumns, rows: 1 },
  ] as const;
  const [pool, poolSize] = viewsOver(new ArrayBuffer(4096), tables);
  const state = { pool, poolSize };
  entries.forEach(([rif, ms], worker) => {
    const row = add(state);
    pool.worker[row] = worker;
    pool.rif[row] = rif;
    pool.latencyNs[row] = ms * 1e6;
  });
  return state;
}

function inOrder(state: ReturnType<typeof poolOf>): string {
  let text = '';
  for (let row = oldest(state); row !== NONE; row = after(state, row)) {
    text += letters[state.pool.worker[row]];
  }
  return text;
}

describe('the pool', () => {
  test.each([
    // threshold, best and worst of a (1, 30 ms), b (3, 10 ms), c (9, 5 ms), d (7, 1 ms)
    [9, 'd', 'a'], // all cold: fastest, slowest
    [5, 'b', 'c'], // a and b cold: b faster; the hottest of c and d
    [2, 'a', 'c'],
    [0, 'a', 'c'], // all hot: fewest in flight, most in flight
  ])('threshold %d: best %s, worst %s', (threshold, good, bad) => {
    const state = poolOf(4, [
      [1, 30],
      [3, 10],
      [9, 5],
      [7, 1],
    ]);
    const workers = [best(state, threshold), worst(state, threshold)].map(
      (row) => state.pool.worker[row],
    );
    expect(workers.map((worker) => letters[worker])).toEqual([good, bad]);
  });

  test('keeps the order of age through removals, and a full one loses its oldest', () => {
    const state = poolOf(4, [
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    remove(state, after(state, oldest(state)));
    expect(inOrder(state)).toBe('acd');
    for (const worker of [4, 5]) state.pool.worker[add(state)] = worker;
    expect(inOrder(state)).toBe('cdef');
  });
});

test('the quantile of the last 128 numbers', () => {
  const tables = [quantileTables.recent, quantileTables.counts, quantileTables.seen] as const;
  const [recent, counts, seen] = viewsOver(new ArrayBuffer(8192), tables);
  const state = { recent, counts, seen };
  expect(quantile(state, 0.84)).toBe(0);
  for (let i = 1; i <= 100; i++) note(state, i);
  expect([quantile(state, 0.84), quantile(state, 0.5), quantile(state, 1)]).toEqual([84, 50, 100]);
  for (let i = 0; i < 128; i++) note(state, 7); // those before are forgotten
  expect([quantile(state, 0.01), quantile(state, 1)]).toEqual([7, 7]);
});

test('the overrun are avoided, and the fast preferred, once probes have told', () => {
  const workers = factors(1, 1, 1, 1, 1, 1, 1, 1);
  const balancer = balancerOf('prequal', workers, { rng: [3, 1, 4, 1] }, { hot: 0.6 });
  const load = { slots: 8, rate: 100, serviceNs: 1e6 };
  workers.forEach((_, worker) => {
    balancer.load(worker, { ...load, jobs: 2, sojournNs: worker === 1 ? 5e6 : 50e6 }, 0);
  });
  balancer.load(2, { ...load, jobs: 90, sojournNs: 1e6 }, 0); // fast, and overrun: above the 60 % quantile
  const counts = workers.map(() => 0);
  for (let i = 0; i < 400; i++) counts[balancer.search(i * 1e6)]++;
  // Three probes of eight find b in every third request; its answers are used first. c is elected by chance at the start.
  expect(counts[2]).toBeLessThan(4);
  expect(counts[1]).toBeGreaterThan(2 * Math.max(...counts.filter((_, worker) => worker !== 1)));
});

test('answers of more than a second ago are not used', () => {
  const balancer = balancerOf('prequal', factors(1, 1), { rng: [3, 1, 4, 1] });
  balancer.load(0, { slots: 8, rate: 1, jobs: 5, serviceNs: 1, sojournNs: 9e6 }, 0);
  const spread = new Set<number>();
  for (let i = 0; i < 60; i++) spread.add(balancer.search(i * 2e9));
  expect(spread.size).toBe(2); // each election finds an empty pool: at random
});

describe('probes under way', () => {
  function none() {
    const tables = [
      { columns: probeColumns, rows: PROBES_MAX },
      { columns: probeEndColumns, rows: 1 },
    ] as const;
    const [probes, probeEnds] = viewsOver(new ArrayBuffer(65_536), tables);
    return { probes, probeEnds };
  }
  const received = (state: ReturnType<typeof none>, nowNs: number) => {
    let asked = '';
    for (let row = receive(state, nowNs); row !== -1; row = receive(state, nowNs)) {
      asked += letters[state.probes.asked[row]];
    }
    return asked;
  };

  test('are known when their time has come, in the order in which they were sent', () => {
    const state = none();
    for (const [worker, knownNs] of [10, 10, 12].entries()) send(state, worker, 1, 1, knownNs);
    expect([9, 10, 11, 12, 99].map((nowNs) => received(state, nowNs))).toEqual([
      '',
      'ab',
      '',
      'c',
      '',
    ]);
  });

  test('are so many at most; the places are used again', () => {
    const state = none();
    for (let i = 0; i < PROBES_MAX + 3; i++) send(state, 0, 1, 1, 1);
    expect(received(state, 1)).toHaveLength(PROBES_MAX);
    send(state, 1, 1, 1, 2);
    expect(received(state, 2)).toBe('b');
  });
});

test('with a delay nothing is known before it is over, and then what was so when they were sent', () => {
  const workers = factors(1, 1, 1, 1, 1, 1, 1, 1);
  const balancer = balancerOf('prequal', workers, { rng: [3, 1, 4, 1] }, { delay: 500e6 });
  const says = (worker: number, sojournNs: number) =>
    balancer.load(worker, { slots: 8, rate: 100, serviceNs: 1e6, jobs: 2, sojournNs }, 0);
  workers.forEach((_, worker) => {
    says(worker, worker === 1 ? 5e6 : 50e6);
  });
  const electedOften = (fromMs: number) => {
    const counts = workers.map(() => 0);
    for (let i = 0; i < 400; i++) counts[balancer.search((fromMs + i) * 1e6)]++;
    return counts[1] > 2 * Math.max(...counts.filter((_, worker) => worker !== 1));
  };
  expect(electedOften(0)).toBe(false);
  for (let i = 0; i < 200; i++) says(1, 90e6); // b has become the slowest, unknown to answers on their way
  expect(electedOften(500)).toBe(true);
  expect(electedOften(1000)).toBe(false);
});
