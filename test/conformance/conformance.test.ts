/**
 * One suite for every registered lbmethod, and for one that a user wrote. A new method is picked up from the
 * registry; a test it cannot pass by definition needs a line in `skips`, with the reason.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, type TestContext, test } from 'vitest';
import { keyOf, type LbMethod, lbmethods, NONE, type WorkerConfig } from '../../src/core/index.ts';
import { fixed, worker } from '../core/arbitraries.ts';
import * as twins from '../core/naive-twin.ts';
import {
  balancerOf,
  randomInputs,
  report,
  serveInTurn,
  serveUnevenly,
  usersOwn,
} from './worlds.ts';

type Name = 'shares' | 'drained';

/** Which test of the suite a method leaves out, and why. */
const skips: Record<string, Partial<Record<Name, string>>> = {
  heartbeat: {
    shares: 'ignores load factors by specification (3.5); its own shares are in core/lbmethods',
    drained: 'ignores the draining flag by specification (3.5)',
  },
  'heartbeat-proportional': { shares: 'goes by idle slots; its shares are in core/lbmethods' },
  p2c: { shares: 'draws evenly; factors scale the load compared, and here all are idle' },
  leastconn: { shares: "HAProxy's takes idle workers in turn, whatever their factors" },
  first: { shares: 'packs: the first worker gets all that fits' },
  ketama: { shares: 'a ring of 160 points a worker is uneven by 7 %; see core/lbmethods' },
  boundedload: { shares: 'nobody is too busy here, so it is a ring like ketama' },
  ringhash: { shares: 'a ring of some 1000 points is uneven by 6 %; see core/lbmethods' },
  peakewma: { shares: 'goes by latency and load, both the same here' },
  leasttime: { shares: 'goes by latency and load, both the same here' },
  prequal: { shares: 'goes by reported load' },
  c3: { shares: 'goes by reported load' },
  jiq: { shares: 'goes by reported load' },
  jsq: { shares: 'goes by reported load' },
  sed: { shares: 'goes by reported load' },
};

function skipWithReason(context: TestContext, method: LbMethod, name: Name): void {
  const reason = skips[method.name]?.[name];
  if (reason) context.skip(reason);
}

const config: WorkerConfig[] = [
  { route: 'r0', retrySeconds: 1 },
  { route: 'r1', loadfactor: 2, retrySeconds: 2, status: '+H' },
  { route: 'r2', loadfactor: 3, lbset: 1, redirect: 'r0' },
  { loadfactor: 1.5, status: '+R', host: 'shared' },
  { loadfactor: 1.5, retrySeconds: 0, host: 'shared' },
];
const sticky = { stickysession: 'S', maxattempts: 2 };

/** Four workers of ten shares. */
const unequal = [1, 2, 5, 2].map((loadfactor) => ({ loadfactor }));

describe.each([...lbmethods, usersOwn])('$name', (method) => {
  test('elects eligible workers only, and nobody exactly when there are none', () => {
    const times = fc.array(fc.constantFrom(0, 1, 1e9, 1e9 + 1, 2e9, 5e9), { minLength: 1 });
    const states = fc.array(worker, { minLength: 1, maxLength: 6 });
    const property = fc.property(
      states,
      times,
      fc.infiniteStream(fc.nat(5)),
      (workers, passed, rows) => {
        const balancer = balancerOf(method, workers);
        const members = workers.map(twins.memberOf);
        let nowNs = 100e9;
        for (const passedNs of passed) {
          nowNs += passedNs;
          report(balancer, nowNs);
          const elected = balancer.search(nowNs, keyOf(String(nowNs)));
          const eligible = eligibleOf(method, members, nowNs).map((w) => members.indexOf(w));
          if (eligible.length === 0) expect(elected).toBe(NONE);
          else expect(eligible).toContain(elected);
          const row = rows.next().value % workers.length;
          balancer.fail(row, nowNs);
          twins.fail(members[row], nowNs);
        }
      },
    );
    fc.assert(property, fixed);
  });

  test('equal bytes and equal inputs give equal picks and equal bytes', () => {
    const one = balancerOf(method, config, sticky);
    const other = balancerOf(method, config, sticky);
    const picked = randomInputs(one, 'first', 1500);
    expect(randomInputs(other, 'first', 1500)).toEqual(picked);
    expect(equalBytes(one.memory, other.memory)).toBe(true);
    randomInputs(other, 'second', 20);
    expect(equalBytes(one.memory, other.memory)).toBe(false); // the comparison can fail
  });

  test.each([
    ['a copy', (memory: ArrayBufferLike) => memory.slice(0)],
    ['a SharedArrayBuffer', shared],
  ])('%s of the memory goes on as the original does', (_, copyOf) => {
    const original = balancerOf(method, config, sticky);
    randomInputs(original, 'before', 700);
    const copy = balancerOf(method, config, sticky, copyOf(original.memory));
    expect(randomInputs(copy, 'after', 700)).toEqual(randomInputs(original, 'after', 700));
    expect(equalBytes(copy.memory, original.memory)).toBe(true);
  });

  test('a SharedArrayBuffer of zeros is formatted as an ArrayBuffer is', () => {
    const private_ = balancerOf(method, config, sticky);
    const zeros = new SharedArrayBuffer(private_.memory.byteLength);
    const common = balancerOf(method, config, sticky, zeros);
    expect(randomInputs(common, 'x', 700)).toEqual(randomInputs(private_, 'x', 700));
    expect(equalBytes(common.memory, private_.memory)).toBe(true);
  });

  test('a drained worker gets no new sessions, and keeps those it has', (context) => {
    skipWithReason(context, method, 'drained');
    const workers = [{ route: 'a' }, { route: 'b', status: '+N' }, { route: 'c' }];
    const balancer = balancerOf(method, workers, sticky);
    serveInTurn(balancer, 600);
    expect(balancer.workers.elected[1]).toBe(0);
    const nowNs = balancer.views.lastNs[0] + 1;
    expect(balancer.pick(balancer.routeId('b'), nowNs)).toBe(1);
    expect(balancer.via).toBe('sticky');
  });

  test('in the long run shares follow the load factors', (context) => {
    skipWithReason(context, method, 'shares');
    const count = 20_000;
    const elected = serveInTurn(balancerOf(method, unequal), count);
    // Random methods: a standard deviation is at most 0.0036 of the requests; 0.02 is passed by chance in
    // fewer than one run of a million, and the seed is fixed.
    unequal.forEach(({ loadfactor }, row) => {
      expect(Math.abs(elected[row] / count - loadfactor / 10)).toBeLessThan(0.02);
    });
  });

  test('shares follow the load factors whatever the load, or the method does not say that', () => {
    const count = 20_000;
    const elected = serveUnevenly(balancerOf(method, unequal), count);
    const errors = unequal.map(({ loadfactor }, row) =>
      Math.abs(elected[row] / count - loadfactor / 10),
    );
    // By chance as above.
    expect(Math.max(...errors) < 0.02).toBe(method.factors === 'shares');
  });

  test('load factors change picks, or the method says that it ignores them', () => {
    const equal = unequal.map(() => ({}));
    const [one, other] = [unequal, equal].map((workers) => [
      ...serveInTurn(balancerOf(method, workers), 2000),
      ...serveUnevenly(balancerOf(method, workers), 2000),
    ]);
    if (method.factors === 'ignored') expect(one).toEqual(other);
    else expect(one).not.toEqual(other);
  });

  test('load factors that are for ties do not matter between workers unequally busy', (context) => {
    if (method.factors !== 'ties') context.skip('claims no such thing');
    for (const least of [0, 1, 2, 3]) {
      const balancer = balancerOf(
        method,
        unequal.map((factor, i) => ({ route: `r${i}`, ...factor })),
        sticky,
      );
      for (let row = 0; row < 4; row++) {
        for (let n = (row - least + 4) % 4; n > 0; n--)
          balancer.pick(balancer.routeId(`r${row}`), 1);
      }
      expect(balancer.search(2)).toBe(least);
    }
  });

  test('a million elections leave nothing on the heap', () => {
    const balancer = balancerOf(method, [{}, { loadfactor: 2 }, {}, { loadfactor: 3 }]);
    elect(balancer, 100_000); // compiled by now
    const before = heapBytes();
    elect(balancer, 1_000_000);
    // The smallest object has 12 bytes: one kept per election would be 12 MB. The bound leaves room for what
    // the test runner itself does meanwhile.
    expect(heapBytes() - before).toBeLessThan(2e6);
  });
});

function elect(balancer: ReturnType<typeof balancerOf>, count: number): void {
  let nowNs = balancer.views.lastNs[0];
  for (let i = 0; i < count; i++) {
    if (i % 1000 === 0) report(balancer, nowNs);
    nowNs += 1e6;
    const worker = balancer.pick(-1, nowNs, Math.imul(i, 0x9e3779b1) >>> 0);
    balancer.complete(worker, true, 1e6, nowNs);
    balancer.release(worker);
  }
}

/** 2.2, or with `scope: 'every'` 3.5: all usable workers, the last one of each host standing for it. */
function eligibleOf(method: LbMethod, members: twins.Member[], nowNs: number): twins.Member[] {
  if (method.scope !== 'every') return twins.offered(members, nowNs);
  for (const w of members) twins.tryRetry(w, nowNs);
  return members.filter(twins.isUsable);
}

function equalBytes(one: ArrayBufferLike, other: ArrayBufferLike): boolean {
  return Buffer.from(one).equals(Buffer.from(other));
}

function shared(memory: ArrayBufferLike): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(memory.byteLength);
  new Uint8Array(copy).set(new Uint8Array(memory));
  return copy;
}

/** Bytes in use after a full collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
