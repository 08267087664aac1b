/** Random workers and random events, small enough that collisions are frequent. */
import fc from 'fast-check';
import type { WorkerChange, WorkerConfig } from '../../src/core/index.ts';

/** Seed and number of runs of every property: a failure is a defect, there are no false alarms. */
export const fixed = { seed: 20_240_607, numRuns: 400 };

const route = fc.constantFrom('', 'a', 'b', 'c');
const manageable = ['I', 'N', 'D', 'H', 'R', 'S', 'C'] as const;
const factor = fc.constantFrom(1, 1, 1.15, 2, 2.3, 3, 100);
/** Mostly none, sometimes one or two. */
const letters = fc.subarray([...manageable, 'E', 'U'], { maxLength: 2 });
const statusValue = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: letters.map((set) => set.map((letter) => `+${letter}`).join('')) },
);

export const worker: fc.Arbitrary<WorkerConfig> = fc.record({
  loadfactor: factor,
  lbset: fc.constantFrom(0, 0, 0, 1, 2, 99),
  retrySeconds: fc.constantFrom(0, 1, 2),
  status: statusValue,
  route,
  redirect: route,
});

export const workers = fc.array(worker, { minLength: 1, maxLength: 6 });

const change: fc.Arbitrary<WorkerChange> = fc.oneof(
  fc.tuple(fc.constantFrom(...manageable), fc.boolean()).map(([flag, on]) => ({
    status: { [flag]: on },
  })),
  fc.constantFrom(0, 0.99, 1, 2, 100, 100.02, Number.NaN).map((loadfactor) => ({ loadfactor })),
  fc.constantFrom(-1, 0, 1, 2, 99, 100).map((lbset) => ({ lbset })),
  route.map((text) => ({ route: text })),
  fc.oneof(route, fc.constant('x'.repeat(64))).map((text) => ({ redirect: text })),
);

/** `worker` is taken modulo the number of workers. */
export type Event =
  | { kind: 'pick'; route: string | null }
  | { kind: 'fail' | 'release' | 'connected'; worker: number }
  | { kind: 'traffic'; worker: number; sent: number; read: number }
  | { kind: 'manage'; worker: number; change: WorkerChange };

const row = fc.nat(5);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pick' as const),
      route: fc.constantFrom(null, null, null, '', 'a', 'b', 'c', 'zz'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('fail' as const, 'release' as const, 'connected' as const),
      worker: row,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('traffic' as const),
      worker: row,
      sent: fc.nat(1000),
      read: fc.nat(100_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('manage' as const), worker: row, change }),
  },
);

/** Events with the time that passes before each: often none, often just the retry time or just beyond. */
export const events = fc.array(
  fc.tuple(fc.constantFrom(0, 0, 1, 1e6, 0.5e9, 1e9, 1e9 + 1, 3e9), event),
  { minLength: 1, maxLength: 60 },
);
