/**
 * heartbeat lays out the slots of all hosts only when something changes; here it is held to httpd's own walk, member by
 * member at every pick (spec 3.5), over random reports, failures, retries and times.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextUint32 } from '../../../src/core/rng.ts';
import { fixed } from '../arbitraries.ts';
import * as twins from '../naive-twin.ts';
import { balancerOf } from './schedule.ts';

interface Entry {
  ready: number;
  seenNs: number;
  member: number;
}

/** Whom httpd elects: the table by host, the walk with its retry tests, the inclusive draw, the last match. */
function httpd(
  members: readonly twins.Member[],
  hosts: readonly string[],
  table: ReadonlyMap<string, Entry>,
  rng: Uint32Array,
  nowNs: number,
): number {
  const entries: Entry[] = [];
  let slots = 0;
  members.forEach((member, i) => {
    const entry = table.get(hosts[i]);
    if (entry === undefined) return;
    if (!twins.isUsable(member)) twins.tryRetry(member, nowNs);
    if (!twins.isUsable(member)) return;
    entry.member = i;
    if (Math.floor((nowNs - entry.seenNs) / 1e9) >= 10) return;
    slots += entry.ready;
    entries.push(entry);
  });
  if (slots === 0) return -1;
  const ticket = Math.trunc(((slots + 1) * (nextUint32(rng) >>> 16)) / 65536);
  let elected = -1;
  let start = 0;
  for (const { ready, member } of entries) {
    if (start <= ticket && ticket <= start + ready) elected = member;
    start += ready;
  }
  return elected;
}

const event = fc.record({
  passNs: fc.constantFrom(0, 1, 1e9, 4e9 - 1, 5e9),
  does: fc.constantFrom('pick', 'pick', 'hear', 'fail'),
  row: fc.nat(5),
  ready: fc.constantFrom(0, 0, 1, 2, 5),
  busy: fc.constantFrom(0, 1, 1),
});

test('elects as the walk does', () => {
  let picks = 0;
  const property = fc.property(
    fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 6 }),
    fc.array(event, { minLength: 20, maxLength: 60 }),
    (hosts, events) => {
      const workers = hosts.map((host, i) => ({ host, retrySeconds: i % 3 }));
      const balancer = balancerOf('heartbeat', workers, {
        rng: [1, 2, 3, 4],
        forcerecovery: false,
      });
      const rng = Uint32Array.of(1, 2, 3, 4);
      const members = workers.map(twins.memberOf);
      const table = new Map<string, Entry>();
      let nowNs = 100e9;
      for (const { passNs, does, row, ready, busy } of events) {
        nowNs += passNs;
        const worker = row % hosts.length;
        if (does === 'hear') {
          balancer.heartbeat(worker, ready, busy, nowNs - passNs);
          const counted = busy === 0 ? Math.trunc(ready / 4) : ready;
          table.set(hosts[worker], { ready: counted, seenNs: nowNs - passNs, member: -1 });
        } else if (does === 'fail') {
          balancer.fail(worker, nowNs);
          twins.fail(members[worker], nowNs);
        } else {
          const wanted = httpd(members, hosts, table, rng, nowNs);
          expect(balancer.pick(-1, nowNs)).toBe(wanted);
          if (wanted !== -1) picks++;
        }
      }
    },
  );
  fc.assert(property, fixed);
  expect(picks).toBeGreaterThan(1000);
});
