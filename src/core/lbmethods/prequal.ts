/**
 * Prequal: asks a few backends at random with every request how many requests they have in flight and how long those
 * take, keeps the answers in a pool, and elects from the pool. O(pool + probes), however many workers.
 */
import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';
import { NONE } from '../state.ts';
import { estimate, estimateColumns, estimateRows, learn } from './prequal/estimates.ts';
import {
  add,
  after,
  best,
  oldest,
  type Pooled,
  poolColumns,
  poolRows,
  poolSizeColumns,
  remove,
  worst,
} from './prequal/pool.ts';
import {
  PROBES_MAX,
  type Probes,
  probeColumns,
  probeEndColumns,
  receive,
  send,
} from './prequal/probes.ts';
import { note, quantile, quantileTables, type Recent } from './prequal/quantile.ts';

export const prequal = defineLbMethod({
  name: 'prequal',
  summary: 'probes a few at random; the fastest that is not hot',
  source: 'Wydrowski et al., NSDI 2024 (arXiv 2312.10172)',
  variant:
    'simplified: a probe costs nothing and is never lost; its answer, as of when it was sent, is known delay later and to the next request at the earliest; latency is a moving average at as many requests in flight, where the paper has a median',
  ties: 'the older answer; fewer than two: by chance',
  cost: 'O(pool + probes)',
  factors: 'ignored',
  parameters: {
    pool: { kind: 'whole', min: 2, max: 128, default: 16, says: 'answers kept' },
    probes: {
      kind: 'whole',
      min: 1,
      max: 16,
      default: 3,
      says: 'backends asked with each request',
    },
    removals: {
      kind: 'whole',
      min: 0,
      max: 16,
      default: 1,
      says: 'answers dropped with each request',
    },
    delta: {
      kind: 'number',
      min: 0,
      max: 10,
      default: 1,
      says: 'how much the pool should grow: more uses of an answer',
    },
    hot: {
      kind: 'share',
      min: 0,
      max: 1,
      default: 0.84,
      says: 'quantile of requests in flight from which a backend is hot',
    },
    age: {
      kind: 'duration',
      min: 1e6,
      max: 60e9,
      default: 1e9,
      says: 'how long an answer is good',
    },
    delay: {
      kind: 'duration',
      min: 0,
      max: 1e9,
      default: 0,
      says: 'how long a probe is under way',
    },
  },
  needs: 'load',
  columns: { jobs: 'f64', eligible: 'i32' },
  tables: (workers, { pool }) => ({
    pool: { columns: poolColumns, rows: poolRows(pool) },
    poolSize: { columns: poolSizeColumns, rows: 1 },
    probes: { columns: probeColumns, rows: PROBES_MAX },
    probeEnds: { columns: probeEndColumns, rows: 1 },
    estimates: { columns: estimateColumns, rows: estimateRows(workers) },
    ...quantileTables,
  }),
  prepare(state, { ids, count }, rows) {
    const { eligible, pool } = state;
    eligible.fill(0, 0, rows);
    for (let i = 0; i < count; i++) eligible[ids[i]] = 1;
    for (let row = oldest(state); row !== NONE; ) {
      const next = after(state, row);
      if (eligible[pool.worker[row]] === 0) remove(state, row);
      row = next;
    }
  },
  elect(state, { ids, count }, nowNs) {
    const { pool, poolSize, rng, jobs, estimates, parameters } = state;
    const { age, delay, hot } = parameters;
    takeAnswers(state, usesOf(parameters, count), nowNs);
    let first = oldest(state);
    while (first !== NONE && nowNs - pool.atNs[first] > age) {
      remove(state, first);
      first = oldest(state);
    }
    const threshold = quantile(state, hot);
    let worker = ids[nextBelow(rng, count)];
    if (poolSize.entries[0] >= 2) {
      const row = best(state, threshold);
      worker = pool.worker[row];
      pool.rif[row]++;
      if (--pool.usesLeft[row] <= 0) remove(state, row);
    }
    for (let i = 0; i < parameters.removals && poolSize.entries[0] > 0; i++) {
      const byAge = (poolSize.removed[0]++ & 1) === 0;
      remove(state, byAge ? oldest(state) : worst(state, threshold));
    }
    for (let i = 0; i < parameters.probes; i++) {
      const asked = ids[nextBelow(rng, count)];
      send(state, asked, jobs[asked], estimate(estimates, asked, jobs[asked]), nowNs + delay);
    }
    return worker;
  },
  load({ jobs, estimates }, worker, load) {
    jobs[worker] = load.jobs;
    if (!Number.isNaN(load.sojournNs)) learn(estimates, worker, load.jobs, load.sojournNs);
  },
});

interface Answered extends Pooled, Probes, Recent {
  readonly eligible: Int32Array;
  readonly rng: Uint32Array;
}

/** Puts what is known by now into the pool, each good for `uses`, rounded by chance. */
function takeAnswers(state: Answered, uses: number, nowNs: number): void {
  const { pool, probes, eligible, rng } = state;
  for (let answer = receive(state, nowNs); answer !== NONE; answer = receive(state, nowNs)) {
    note(state, probes.jobs[answer]);
    if (eligible[probes.asked[answer]] === 0) continue;
    const row = add(state);
    pool.worker[row] = probes.asked[answer];
    pool.rif[row] = probes.jobs[answer];
    pool.latencyNs[row] = probes.latencyNs[answer];
    pool.atNs[row] = probes.knownNs[answer];
    pool.usesLeft[row] = Math.floor(uses + nextBelow(rng, 4294967296) / 4294967296);
  }
}

interface Budget {
  readonly pool: number;
  readonly probes: number;
  readonly removals: number;
  readonly delta: number;
}

/** How often an answer may be used, so that as many come in as go out; at least once. */
function usesOf({ pool, probes, removals, delta }: Budget, backends: number): number {
  const kept = (1 - pool / backends) * probes - removals;
  return kept <= 0 ? 1 : Math.max(1, (1 + delta) / kept);
}
