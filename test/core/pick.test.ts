/**
 * The core's pick, candidates cached and columns flat, against the naive twin: the same worker, the same
 * candidates in the same order, and the same counters and flags after every event.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Balancer, defineLbMethod, lbmethods, NONE } from '../../src/core/index.ts';
import { type Event, events, fixed, workers } from './arbitraries.ts';
import * as twins from './naive-twin.ts';

/** Past the retry time of an error at 0, as the clock of a real server is. */
const START_NS = 100e9;

/** Does to both what the event says. */
function happen(balancer: Balancer, { members }: twins.Twin, event: Event, nowNs: number): void {
  if (event.kind === 'pick') return;
  const row = event.worker % members.length;
  const w = members[row];
  if (event.kind === 'fail') {
    balancer.fail(row, nowNs);
    twins.fail(w, nowNs);
  } else if (event.kind === 'release') {
    balancer.release(row);
    w.busy = Math.max(0, w.busy - 1);
  } else if (event.kind === 'traffic') {
    balancer.workers.transferred[row] += event.sent;
    balancer.workers.read[row] += event.read;
    w.transferred += event.sent;
    w.read += event.read;
  } else if (event.kind === 'manage') {
    balancer.manageWorker(row, event.change);
    twins.manage(members, w, event.change);
  } else if (twins.isUsable(w)) {
    balancer.connected(row);
    w.errorTimeNs = Number.NEGATIVE_INFINITY;
    w.retries = 0;
  }
}

const settings = fc.record({
  sticky: fc.boolean(),
  nofailover: fc.boolean(),
  forcerecovery: fc.boolean(),
});

test.each<twins.Counting>(['byrequests', 'bytraffic', 'bybusyness'])(
  '%s picks as the specification says',
  (name) => {
    const lbmethod = lbmethods.find((method) => method.name === name)!;
    const property = fc.property(workers, settings, events, (configs, set, happened) => {
      const stickysession = set.sticky ? 'S' : '';
      const balancer = new Balancer({ ...set, lbmethod, workers: configs, stickysession });
      const twin: twins.Twin = { ...set, method: name, members: configs.map(twins.memberOf) };
      let nowNs = START_NS;
      for (const [passedNs, event] of happened) {
        nowNs += passedNs;
        happen(balancer, twin, event, nowNs);
        if (event.kind === 'pick') {
          const worker = balancer.pick(balancer.routeId(event.route), nowNs);
          const expected = twins.pick(twin, event.route, nowNs);
          expect({ worker, changed: balancer.routeChanged }).toEqual(expected);
        }
        expect(twins.rowsOfCore(balancer)).toEqual(twins.rowsOfTwin(twin.members));
      }
    });
    fc.assert(property, fixed);
  },
);

test('the cached candidates are those of a fresh walk, in its order', () => {
  let seen: number[] = [];
  const recorder = defineLbMethod({
    name: 'recorder',
    summary: 'keeps who was offered',
    source: 'this test',
    elect(_, { ids, count }) {
      seen = [...ids.slice(0, count)];
      return seen[0];
    },
  });
  const set = { sticky: false, nofailover: false, forcerecovery: true };
  const property = fc.property(workers, events, (configs, happened) => {
    const balancer = new Balancer({ lbmethod: recorder, workers: configs });
    const twin: twins.Twin = { ...set, method: 'bytraffic', members: configs.map(twins.memberOf) };
    const { members } = twin;
    let nowNs = START_NS;
    for (const [passedNs, event] of happened) {
      nowNs += passedNs;
      happen(balancer, twin, event, nowNs);
      if (event.kind !== 'pick') continue;
      seen = [];
      const elected = balancer.search(nowNs);
      const expected = twins.offered(members, nowNs);
      expect(seen).toEqual(expected.map((w) => members.indexOf(w)));
      expect(elected).toBe(expected.length === 0 ? NONE : seen[0]);
      if (elected === NONE) continue;
      members[elected].elected++;
      members[elected].busy++;
      expect(twins.rowsOfCore(balancer)).toEqual(twins.rowsOfTwin(members));
    }
  });
  fc.assert(property, fixed);
});

test('the cache lasts to the last instant of the retry time, and no longer', () => {
  const balancer = new Balancer({
    lbmethod: lbmethods[0],
    workers: [{}, { retrySeconds: 1 }],
  });
  balancer.fail(1, 100e9);
  const picks = [100e9, 101e9, 101e9 + 1].map((nowNs) => {
    balancer.search(nowNs);
    return twins.rowsOfCore(balancer)[1].flags;
  });
  expect(picks).toEqual(['E', 'E', '']);
});

test('1.3: an error that the configuration sets is lifted at the first retry test, whatever the clock shows', () => {
  const workers = [{ status: '+E' }, {}];
  const balancer = new Balancer({ lbmethod: lbmethods[0], workers });
  expect(balancer.pick(-1, 1)).toBe(0); // as in httpd, whose error time of 0 is decades ago
});

test('a route is followed a thousand times of a thousand', () => {
  const balancer = new Balancer({
    lbmethod: lbmethods.find(({ name }) => name === 'byrequests')!,
    stickysession: 'S',
    workers: [
      { name: 'a', route: 'a' },
      { name: 'b', route: 'b' },
      { name: 'c', route: 'c' },
    ],
  });
  const route = balancer.routeId('b');
  for (let i = 0; i < 1000; i++) expect(balancer.pick(route, START_NS + i)).toBe(1);
  expect(balancer.workers.elected[1]).toBe(1000);
});
