/** What is kept of a balancer over a stop and a start: as it was, through JSON, some time later. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Balancer,
  isSavedBalancer,
  isSavedWorker,
  lbmethods,
  NONE,
  saveBalancer,
  saveWorker,
} from '../../src/core/index.ts';
import { NEVER_NS } from '../../src/core/state.ts';

const S = 1e9;

function fresh(): Balancer {
  const workers = ['a', 'b', 'c'].map((name) => ({ name, route: name }));
  return new Balancer({ lbmethod: lbmethods[0]!, alternatives: lbmethods, workers });
}

const change = fc.oneof(
  fc.record({ kind: fc.constant('pick' as const) }),
  fc.record({ kind: fc.constant('fail' as const), worker: fc.nat(2) }),
  fc.record({ kind: fc.constant('checked' as const), worker: fc.nat(2), passed: fc.boolean() }),
  fc.record({
    kind: fc.constant('manage' as const),
    worker: fc.nat(2),
    loadfactor: fc.integer({ min: 1, max: 100 }),
    route: fc.string({ maxLength: 20 }),
    D: fc.boolean(),
  }),
);

test('everything that httpd keeps is there again, and errors are as old as they would be', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.nat(1000), (changes, goneSeconds) => {
      const before = fresh();
      let now = 0;
      for (const one of changes) {
        now += S;
        if (one.kind === 'pick') {
          const worker = before.pick(NONE, now);
          if (worker !== NONE) before.release(worker);
        } else if (one.kind === 'fail') before.fail(one.worker, now);
        else if (one.kind === 'checked') before.checked(one.worker, one.passed, now);
        else {
          const { worker, loadfactor, route, D } = one;
          before.manageWorker(worker, { loadfactor, route, status: { D } });
        }
      }
      const kept = JSON.parse(
        JSON.stringify({
          balancer: saveBalancer(before, before.views.timeoutNs[0]!),
          rows: [0, 1, 2].map((worker) => saveWorker(before, worker, now)),
        }),
      );
      expect(isSavedBalancer(kept.balancer) && kept.rows.every(isSavedWorker)).toBe(true);
      const after = fresh();
      const startNs = 7 * S; // of another clock
      after.restore(kept.balancer, kept.rows, startNs, goneSeconds * S);
      const { errorTimeNs: was, ...columns } = before.workers;
      const { errorTimeNs: is, ...restored } = after.workers;
      const waits = before.views.needReset[0] === 1; // httpd does it at its start
      for (const [name, column] of Object.entries(columns)) {
        if (name === 'candidate') continue;
        expect(restored[name as keyof typeof restored], name).toEqual(column);
      }
      expect(after.health).toEqual(before.health);
      expect(after.views.pending[0]).toBe(waits ? 1 : 0);
      for (const worker of [0, 1, 2]) {
        const age = was[worker] === NEVER_NS ? null : now - was[worker]! + goneSeconds * S;
        expect(is[worker] === NEVER_NS ? null : startNs - is[worker]!).toBe(age);
      }
    }),
    { numRuns: 40, seed: 6 },
  );
});

test('what somebody else has written is looked at', () => {
  const row = saveWorker(fresh(), 0, S);
  expect(isSavedWorker(row)).toBe(true);
  for (const wrong of [null, 1, [], {}, { ...row, lbset: 100 }, { ...row, lbfactor: 99 }]) {
    expect(isSavedWorker(wrong)).toBe(false);
  }
  for (const name of Object.keys(row)) {
    const { [name as keyof typeof row]: _, ...rest } = row;
    expect(isSavedWorker(rest), name).toBe(false);
    expect(isSavedWorker({ ...row, [name]: {} }), name).toBe(false);
  }
  expect(isSavedBalancer({ ...saveBalancer(fresh(), 0), lbmethod: 3 })).toBe(false);
});
