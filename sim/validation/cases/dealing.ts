/** How methods deal balls, keys and turns, without time (V49, V51, V52, V54). */
import { Balancer, type LbMethod, NO_ROUTE, withParameters } from '../../../src/core/index.ts';
import { roughness } from '../../check/sequence.ts';
import type { Uniform } from '../../streams.ts';
import { fullestOfTwoChoices, ringVariation } from '../../theory/index.ts';
import type { Case, CountedCase, IdentityCase } from '../case.ts';
import { compared, registered } from '../identities.ts';

function method(name: string, values: Readonly<Record<string, number>> = {}): LbMethod {
  return withParameters(registered(name), values);
}

/** Picks of each worker; `keys` yields the key of each request. Nothing ends with `stays`, else each at once. */
function picks(balancer: Balancer, count: number, key: () => number, stays: boolean): Float64Array {
  const picked = new Float64Array(balancer.workers.busy.length);
  for (let i = 0; i < count; i++) {
    const worker = balancer.pick(NO_ROUTE, i, key());
    picked[worker]++;
    if (!stays) balancer.release(worker);
  }
  return picked;
}

const wordOf = (uniform: Uniform) => Math.floor(uniform() * 4294967296);
const wordsOf = (uniform: Uniform) =>
  [0, 0, 0, 0].map(() => wordOf(uniform)) as [number, number, number, number];

/** Simulations of others (2.612 ± 0.05, 3.015 ± 0.02, 101.90 ± 0.05) where the exact sum has too many states. */
const balls = [
  { count: 10, bins: 10, replications: 2000, exact: () => fullestOfTwoChoices(10, 10) },
  { count: 40, bins: 4, replications: 2000, exact: () => fullestOfTwoChoices(40, 4) },
  { count: 100, bins: 100, replications: 400, exact: () => 2.562, above: 0.1 / 2.562 },
  { count: 1000, bins: 1000, replications: 100, exact: () => 2.995, above: 0.04 / 2.995 },
  { count: 10_000, bins: 100, replications: 100, exact: () => 101.85, above: 0.1 / 101.85 },
].map(
  ({ count, bins, replications, exact, above = 0 }): CountedCase => ({
    kind: 'counted',
    id: 'V49',
    title: `p2c: the fullest of ${bins} workers after ${count} requests that never end`,
    replications,
    picks: count,
    checks: [{ of: 'busy, largest', exact, above, within: 0.02 }],
    count(stream) {
      const workers = Array.from({ length: bins }, () => ({}));
      const rng = wordsOf(stream('policy'));
      const balancer = new Balancer({ lbmethod: method('p2c'), workers, rng });
      return [Math.max(...picks(balancer, count, () => 0, true))];
    },
  }),
);

const RING_KEYS = 4000;
/** ketama's CRC-32 spreads one point of each of some similar names better than chance, many as chance does. */
const rings = [
  { name: 'ringhash', workers: 10, points: 1 },
  { name: 'ringhash', workers: 10, points: 40 },
  { name: 'ketama', workers: 10, points: 40 },
  { name: 'ketama', workers: 10, points: 160 },
  { name: 'ketama', workers: 4, points: 100 },
].map(
  ({ name, workers, points }): CountedCase => ({
    kind: 'counted',
    id: 'V51',
    title: `${name}: squared variation of the shares of ${workers} workers with ${points} points each`,
    replications: 1000,
    picks: RING_KEYS,
    checks: [
      {
        of: 'squared variation',
        exact: () => ringVariation(RING_KEYS, workers, points),
        within: 0.05,
      },
    ],
    count(stream) {
      const own = wordOf(stream('names'));
      const named = Array.from({ length: workers }, (_, i) => ({ name: `host-${own}-${i}` }));
      const size = name === 'ketama' ? { points } : { minSize: workers * points };
      const lbmethod = method(name, size);
      const balancer = new Balancer({ lbmethod, workers: named, rng: [1, 2, 3, 4] });
      const keys = stream('keys');
      const shares = picks(balancer, RING_KEYS, () => wordOf(keys), false);
      const mean = RING_KEYS / workers;
      return [shares.reduce((sum, x) => sum + (x / mean - 1) * (x / mean - 1), 0) / workers];
    },
  }),
);

const KEYS = 20_000;

/** The worker of each of the keys 0, 1, 2 … when `lost` is out. */
function owners(lbmethod: LbMethod, count: number, lost: number): Int32Array {
  const workers = Array.from({ length: count }, (_, i) => {
    return { name: `host-${i}`, status: i === lost ? '+D' : '' };
  });
  const balancer = new Balancer({ lbmethod, workers, rng: [1, 2, 3, 4] });
  return Int32Array.from({ length: KEYS }, (_, i) => {
    const worker = balancer.pick(NO_ROUTE, i, (i * 2654435761) >>> 0);
    balancer.release(worker);
    return worker;
  });
}

const removals = ['ketama', 'ringhash', 'rendezvous'].map(
  (name): IdentityCase => ({
    kind: 'identity',
    id: 'V52',
    title: `${name}: of 10 workers each in turn is lost, and its keys alone move`,
    allowed: 0,
    compare() {
      const whole = owners(method(name), 10, -1);
      const lost = Array.from({ length: 10 }, (_, worker) => worker);
      const moved = lost.map((worker) => {
        const left = owners(method(name), 10, worker);
        return left.filter((owner, key) => owner !== whole[key]).length;
      });
      const owned = lost.map((worker) => whole.filter((owner) => owner === worker).length);
      return compared(Float64Array.from(moved), Float64Array.from(owned));
    },
  }),
);

/** Load factors; what smooth weighted round robin and earliest deadlines stray from them at worst. */
const sequences: readonly [readonly number[], number, number][] = [
  [[5, 1, 1], 4 / 7, 8 / 7],
  [[3, 2, 1], 1 / 2, 1 / 2],
  [[10, 5, 3, 2], 1 / 2, 1],
  [[7, 5, 3, 1], 11 / 16, 15 / 16],
  [[100, 1, 1], 2 / 3, 33 / 17],
  [[13, 9, 4, 3, 1], 2 / 3, 7 / 6],
];

const turns = (['byrequests', 'swrr', 'edf'] as const).map(
  (name): IdentityCase => ({
    kind: 'identity',
    id: 'V54',
    title: `${name}: how far its picks stray from six sets of load factors`,
    allowed: 1e-9,
    compare: () =>
      compared(
        Float64Array.from(sequences, ([factors]) => roughness(method(name), factors)),
        Float64Array.from(sequences, ([, smooth, due]) => (name === 'edf' ? due : smooth)),
      ),
  }),
);

export const dealing: readonly Case[] = [...balls, ...rings, ...removals, ...turns];
