/** Changes at run time: what takes effect, when, and what is ignored (spec 3.6, 8.3, 8.4). */
import { describe, expect, test } from 'vitest';
import {
  Balancer,
  type BalancerConfig,
  lbmethods,
  NONE,
  statusLetters,
  type WorkerChange,
} from '../../src/core/index.ts';

const method = (wanted: string) => lbmethods.find(({ name }) => name === wanted)!;

function balancerOf(config: Partial<BalancerConfig> = {}): Balancer {
  const lbmethod = method('byrequests');
  return new Balancer({ lbmethod, alternatives: lbmethods, workers: [{}, {}, {}], ...config });
}

const lb = ({ workers, views }: Balancer) => [...workers.lbstatus.slice(0, views.workers[0])];

describe('of a worker', () => {
  test.each([
    [0.99, 100],
    [100.02, 100], // cut to whole hundredths: 10 002
    [-1, 100],
    [Number.NaN, 100],
    [1, 100],
    [1.15, 114],
    [2.999, 299],
    [100, 10_000],
    [100.009, 10_000],
  ])('loadfactor %d leaves lbfactor at %i', (loadfactor, lbfactor) => {
    const balancer = balancerOf();
    balancer.pick(-1, 1);
    balancer.manageWorker(1, { loadfactor });
    const accepted = loadfactor >= 1 && loadfactor < 100.01;
    expect(balancer.workers.lbfactor[1]).toBe(lbfactor);
    expect(lb(balancer)).toEqual(accepted ? [100, lbfactor, 100] : [-200, 100, 100]);
  });

  test('an accepted loadfactor refills every lbstatus at once, the same factor too', () => {
    const balancer = balancerOf({ workers: [{}, { loadfactor: 2 }, { loadfactor: 3 }] });
    for (const nowNs of [1, 2]) balancer.pick(-1, nowNs);
    balancer.manageWorker(0, { loadfactor: 1 });
    expect(lb(balancer)).toEqual([100, 200, 300]);
  });

  test('the factor of a single worker is forced to 1', () => {
    const balancer = balancerOf({ workers: [{ loadfactor: 5 }] });
    expect(balancer.workers.lbfactor[0]).toBe(500);
    balancer.manageWorker(0, { loadfactor: 7 });
    expect([balancer.workers.lbfactor[0], ...lb(balancer)]).toEqual([100, 100]);
  });

  test.each([
    [-1, 5],
    [0, 0],
    [99, 99],
    [100, 5],
    [Number.NaN, 5],
  ])('lbset %d leaves %i', (lbset, left) => {
    const balancer = balancerOf({ workers: [{ lbset: 5 }] });
    balancer.manageWorker(0, { lbset });
    expect(balancer.workers.lbset[0]).toBe(left);
  });

  test('route and redirect take 63 characters; longer ones and empty ones clear', () => {
    const fits = 'r'.repeat(63);
    for (const [text, found] of [
      [fits, 1],
      [`${fits}r`, NONE],
      ['', NONE],
    ] as const) {
      const workers = [{ route: 'a' }, { route: 'b' }, {}];
      const balancer = balancerOf({ workers, stickysession: 'S' });
      balancer.manageWorker(1, { route: text });
      expect(balancer.routeId('b')).toBeLessThan(0);
      const id = balancer.routeId(text === '' ? 'b' : text);
      expect(id >= 0 ? balancer.pick(id, 1) : NONE).toBe(found);
    }
  });

  test('a new route and a new redirect lead from the next pick on', () => {
    const workers = [{ route: 'a' }, { route: 'b' }, {}];
    const balancer = balancerOf({ workers, stickysession: 'S' });
    balancer.manageWorker(2, { route: 'c' });
    expect([balancer.pick(balancer.routeId('c'), 1), balancer.via]).toEqual([2, 'sticky']);
    balancer.manageWorker(2, { redirect: 'b', status: { D: true } });
    expect([balancer.pick(balancer.routeId('c'), 2), balancer.via]).toEqual([1, 'redirect']);
    expect(balancer.routeChanged).toBe(true);
  });

  test.each(['I', 'N', 'D', 'H', 'R', 'S', 'C'] as const)('%s is set and cleared', (flag) => {
    const balancer = balancerOf();
    balancer.manageWorker(1, { status: { [flag]: true } });
    expect(statusLetters(balancer.workers.status[1])).toBe(flag);
    balancer.manageWorker(1, { status: { [flag]: false } });
    expect(statusLetters(balancer.workers.status[1])).toBe('');
  });

  test('clearing D does not lift E', () => {
    const balancer = balancerOf();
    balancer.fail(0, 1);
    balancer.manageWorker(0, { status: { D: true } });
    balancer.manageWorker(0, { status: { D: false } });
    expect(statusLetters(balancer.workers.status[0])).toBe('E');
  });
});

describe('deferred reset', () => {
  const change = (status: WorkerChange['status']): WorkerChange => ({ status: status ?? {} });

  test('enabling a worker resets nothing; the next change of method does, at the next look', () => {
    const balancer = balancerOf();
    balancer.manageWorker(0, change({ D: true }));
    balancer.pick(-1, 1);
    expect(balancer.views.needReset[0]).toBe(0);
    balancer.manageWorker(0, change({ D: false }));
    balancer.sync();
    expect(lb(balancer)).toEqual([0, -100, 100]);
    expect(balancer.views.needReset[0]).toBe(1);
    balancer.manage({ lbmethod: 'bybusyness' });
    expect([balancer.lbmethod.name, ...lb(balancer)]).toEqual(['byrequests', 0, -100, 100]);
    balancer.sync();
    expect([balancer.lbmethod.name, ...lb(balancer)]).toEqual(['bybusyness', 0, 0, 0]);
  });

  test('a pick adopts the change before it searches', () => {
    const balancer = balancerOf();
    balancer.pick(-1, 1);
    balancer.manage({ lbmethod: 'bybusyness' });
    expect(balancer.pick(-1, 2)).toBe(0); // counters of all are zero again
    expect(lb(balancer)).toEqual([-200, 100, 100]);
    expect([...balancer.workers.busy]).toEqual([1, 0, 0]);
  });

  test.each(['byrequests', 'unknown', ''])(
    'lbmethod=%s is no change: nothing is reset',
    (lbmethod) => {
      const balancer = balancerOf();
      balancer.pick(-1, 1);
      balancer.manage({ lbmethod });
      balancer.sync();
      expect([balancer.lbmethod.name, ...lb(balancer)]).toEqual(['byrequests', -200, 100, 100]);
    },
  );

  test.each([
    ['bytraffic', { lb: [-200, 100, 100], busy: 1, transferred: 0, read: 0 }],
    ['bybusyness', { lb: [0, 0, 0], busy: 0, transferred: 10, read: 20 }],
    ['heartbeat', { lb: [-200, 100, 100], busy: 1, transferred: 10, read: 20 }],
  ])('the reset of %s touches its own counters; elected stays', (lbmethod, left) => {
    const balancer = balancerOf();
    const { busy, elected, transferred, read } = balancer.workers;
    balancer.pick(-1, 1);
    transferred[0] = 10;
    read[0] = 20;
    balancer.manage({ lbmethod });
    balancer.sync();
    expect({ lb: lb(balancer), busy: busy[0], transferred: transferred[0], read: read[0] }).toEqual(
      left,
    );
    expect(elected[0]).toBe(1);
  });

  test('the reset happens once', () => {
    const balancer = balancerOf();
    balancer.manage({ lbmethod: 'bybusyness' });
    balancer.pick(-1, 1);
    balancer.pick(-1, 2);
    expect([...balancer.workers.busy]).toEqual([1, 1, 0]);
  });
});

describe('of the balancer', () => {
  test.each([
    [-1, 7],
    [0, 0],
    [7200, 7200],
    [7201, 7],
    [Number.NaN, 7],
  ])('timeout %d leaves %i seconds', (timeoutSeconds, seconds) => {
    const balancer = balancerOf({ timeoutSeconds: 7 });
    balancer.manage({ timeoutSeconds });
    expect(balancer.views.timeoutNs[0]).toBe(seconds * 1e9);
  });

  test.each([
    [-1, 2],
    [0, 0],
    [99, 99],
    [100, 2],
  ])('maxattempts %d leaves %i', (maxattempts, left) => {
    const balancer = balancerOf();
    balancer.manage({ maxattempts });
    expect(balancer.maxattempts).toBe(left);
  });

  test('maxattempts is stored without effect where the limit was never marked set', () => {
    const balancer = balancerOf({ workers: [{}] });
    balancer.manage({ maxattempts: 5 });
    expect([balancer.views.maxattempts[0], balancer.maxattempts]).toEqual([5, 0]);
  });

  test('nofailover is switched on and off', () => {
    const workers = [{ route: 'a', status: '+D' }, {}];
    const balancer = balancerOf({ workers, stickysession: 'S' });
    balancer.manage({ nofailover: true });
    expect([balancer.pick(balancer.routeId('a'), 1), balancer.via]).toEqual([NONE, 'nofailover']);
    balancer.manage({ nofailover: false });
    expect([balancer.pick(balancer.routeId('a'), 2), balancer.via]).toEqual([1, 'search']);
  });

  test.each([
    ['-', null],
    ['', ['S', 'S']],
    ['A', ['A', 'A']],
    ['A|B', ['A', 'B']],
    ['n'.repeat(62), ['n'.repeat(62), 'n'.repeat(62)]],
    ['n'.repeat(63), ['S', 'S']], // 8.4: below 63 characters, else ignored
  ])('stickysession %s', (stickysession, names) => {
    const balancer = balancerOf({ stickysession: 'S' });
    balancer.manage({ stickysession });
    const now = balancer.stickysession;
    expect(now && [now.cookie, now.path]).toEqual(names);
  });
});

describe('a new worker', () => {
  test('comes last and disabled, with fresh counters, and is served once enabled', () => {
    const balancer = balancerOf({ growth: 1, stickysession: 'S' });
    for (const nowNs of [1, 2, 3]) balancer.pick(-1, nowNs);
    const worker = balancer.addWorker({ route: 'new' });
    expect([worker, balancer.views.workers[0]]).toEqual([3, 4]);
    expect(statusLetters(balancer.workers.status[3])).toBe('D');
    expect([lb(balancer)[3], balancer.workers.lbfactor[3]]).toEqual([0, 100]);
    expect(balancer.pick(balancer.routeId('new'), 4)).toBe(0);
    balancer.manageWorker(3, { status: { D: false } });
    expect(balancer.pick(balancer.routeId('new'), 5)).toBe(3);
    const next = [6, 7, 8, 9, 10, 11, 12, 13].map((nowNs) => balancer.pick(-1, nowNs));
    expect(new Set(next)).toEqual(new Set([0, 1, 2, 3]));
  });

  test('needs a free row', () => {
    const balancer = balancerOf({ growth: 1 });
    expect([balancer.addWorker(), balancer.addWorker()]).toEqual([3, NONE]);
    expect(balancerOf().addWorker()).toBe(NONE);
  });

  test('neither raises maxattempts nor resets anything', () => {
    const balancer = balancerOf({ growth: 2 });
    balancer.pick(-1, 1);
    balancer.addWorker();
    balancer.sync();
    expect([balancer.maxattempts, ...lb(balancer)]).toEqual([2, -200, 100, 100, 0]);
    const single = balancerOf({ workers: [{}], growth: 2 });
    single.addWorker();
    expect(single.maxattempts).toBe(0);
  });
});
