/** A balancer that goes on where another one ends: what is kept, what is not, and what requests under way still do. */
import { describe, expect, test } from 'vitest';
import {
  Balancer,
  type BalancerConfig,
  Exchanges,
  lbmethods,
  NONE,
  outcomes,
  statusLetters,
} from '../../src/core/index.ts';

const method = (wanted: string) => lbmethods.find(({ name }) => name === wanted)!;

function balancerOf(config: Partial<BalancerConfig> = {}): Balancer {
  const lbmethod = method('byrequests');
  const workers = ['a', 'b', 'c'].map((route) => ({ name: route, route }));
  return new Balancer({ lbmethod, alternatives: lbmethods, workers, rng: [5, 6, 7, 8], ...config });
}

const rows = ({ workers, views }: Balancer, name: 'lbstatus' | 'busy' | 'elected' | 'read') => [
  ...workers[name].slice(0, views.workers[0]),
];

/** Picks and releases. */
function served(balancer: Balancer, count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, i) => {
    const worker = balancer.pick(NONE, from + i);
    balancer.release(worker);
    return worker;
  });
}

describe('what is kept', () => {
  test('counters, errors, flags and whatever a manager has changed, wherever the worker stands now', () => {
    const old = balancerOf({ growth: 1 });
    served(old, 4);
    old.fail(1, 100);
    old.manageWorker(0, { route: 'other', lbset: 3, status: { N: true } });
    old.health.fcount[2] = 2;
    const to = balancerOf({ workers: [{ name: 'new' }, { name: 'c' }, { name: 'a' }, {}] });
    to.inherit(old, [2, 3, 1]);
    expect(rows(to, 'lbstatus')).toEqual([0, 100, -200, 100]);
    expect(rows(to, 'elected')).toEqual([0, 1, 2, 1]);
    expect([...to.workers.status].map(statusLetters)).toEqual(['', '', 'N', 'E']);
    expect(to.workers.errorTimeNs[3]).toBe(100);
    expect([to.routeOf(2), to.workers.lbset[2], to.health.fcount[1]]).toEqual(['other', 3, 2]);
    expect(to.routeId('other')).toBe(2);
    expect(to.workers.routeId[2]).toBe(2);
  });

  test("of the balancer: the manager's lbmethod, stickiness, limits", () => {
    const old = balancerOf();
    old.manage({
      lbmethod: 'bybusyness',
      stickysession: 'A|B',
      maxattempts: 7,
      timeoutSeconds: 3,
      nofailover: true,
    });
    const to = balancerOf({ stickysession: 'X', timeoutSeconds: 9 });
    to.inherit(old, [0, 1, 2]);
    to.sync();
    expect(to.lbmethod.name).toBe('bybusyness');
    expect(to.stickysession).toMatchObject({ cookie: 'A', path: 'B' });
    expect(to.maxattempts).toBe(7);
    expect([to.views.timeoutNs[0], to.views.nofailover[0]]).toEqual([3e9, 1]);
  });

  test('the lbmethod of the file, where the old one is not to be had', () => {
    const mine = { ...method('byrequests'), name: './mine.js' };
    const to = balancerOf({ lbmethod: method('bytraffic') });
    to.inherit(balancerOf({ lbmethod: mine }), [0, 1, 2]);
    expect(to.lbmethod.name).toBe('bytraffic');
  });

  test('a reset that waits for the next change of lbmethod comes at once, as at a start of httpd', () => {
    const old = balancerOf();
    served(old, 2);
    old.manageWorker(2, { status: { D: true } });
    old.manageWorker(2, { status: { D: false } });
    expect(rows(old, 'lbstatus')).not.toEqual([0, 0, 0]);
    const to = balancerOf();
    to.inherit(old, [0, 1, 2]);
    to.sync();
    expect(rows(to, 'lbstatus')).toEqual([0, 0, 0]);
  });

  // Those that live proxies can use; what others elect by comes anew with the next request.
  const live = lbmethods.filter(({ needs }) => needs === undefined).map(({ name }) => name);

  test.each(live)('%s elects as if nothing had happened', (name) => {
    const lbmethod = method(name);
    const old = balancerOf({ lbmethod });
    for (const worker of [0, 1, 2]) old.heartbeat(worker, 10 + worker, 1, 0);
    const ask = (balancer: Balancer, i: number) => {
      const worker = balancer.pick(NONE, i * 1e6, i * 2654435761);
      if (worker === NONE) return worker;
      balancer.complete(worker, true, (worker + 1) * 1e6, i * 1e6);
      balancer.release(worker);
      return worker;
    };
    for (let i = 1; i <= 50; i++) ask(old, i);
    const to = balancerOf({ lbmethod });
    to.inherit(old, [0, 1, 2]);
    for (let i = 51; i <= 150; i++) expect(ask(to, i)).toBe(ask(old, i));
  });

  test('a method without tables keeps what it has learnt of workers that move', () => {
    const lbmethod = method('swrr');
    const workers = [1, 2, 3].map((loadfactor) => ({ loadfactor, name: `w${loadfactor}` }));
    const old = balancerOf({ lbmethod, workers });
    served(old, 4);
    const to = balancerOf({ lbmethod, workers: [{ name: 'new', status: '+D' }, ...workers] });
    to.inherit(old, [1, 2, 3]);
    const renamed = served(to, 8, 10).map((worker) => worker - 1);
    expect(renamed).toEqual(served(old, 8, 10));
  });

  test.each(lbmethods.map(({ name }) => name))('%s goes on when members come and go', (name) => {
    const lbmethod = method(name);
    const old = balancerOf({ lbmethod });
    const feed = (balancer: Balancer) => {
      for (let worker = 0; worker < balancer.views.workers[0]; worker++) {
        balancer.heartbeat(worker, 10, 1, 0);
        balancer.load(worker, { jobs: 0, slots: 9, rate: 1, serviceNs: NaN, sojournNs: NaN }, 0);
      }
    };
    feed(old);
    served(old, 20);
    const to = balancerOf({ lbmethod, growth: 3, workers: [{ name: 'd' }, { name: 'c' }] });
    to.inherit(old, [NONE, NONE, 1]);
    feed(to);
    const elected = Array.from({ length: 200 }, (_, i) => {
      const worker = to.pick(NONE, 1000 + i, i * 2654435761);
      to.complete(worker, true, 1e6, 1000 + i);
      return worker;
    });
    expect(elected.every((worker) => worker === 0 || worker === 1)).toBe(true);
  });

  test('ejections go over only where the rules are the same', () => {
    const outlier = {
      consecutive5xx: 1,
      intervalNs: 1e9,
      baseEjectionNs: 50,
      maxEjectionNs: 1e9,
      maxEjected: 1,
      successRate: null,
      failurePercentage: null,
    };
    const old = balancerOf({ modifiers: { outlier } });
    old.pick(NONE, 1);
    old.complete(0, false, 1, 2);
    const same = balancerOf({ modifiers: { outlier } });
    same.inherit(old, [0, 1, 2]);
    expect(served(same, 4, 3)).not.toContain(0);
    expect(served(same, 4, 100)).toContain(0);
    const none = balancerOf();
    none.inherit(old, [0, 1, 2]);
    expect(served(none, 4, 3)).toContain(0);
  });
});

describe('requests under way', () => {
  /** An exchange that is dispatched on `worker` of a balancer that is then inherited by one without its first worker. */
  function underWay() {
    const old = balancerOf();
    const exchanges = new Exchanges(old);
    const ids = [1, 2, 3].map((nowNs) => {
      const exchange = exchanges.open(null);
      exchanges.begin(exchange, nowNs);
      return exchange;
    });
    const to = balancerOf({ workers: [{ name: 'b' }, { name: 'c' }, { name: 'd' }] });
    const inheritance = to.inherit(old, [NONE, 0, 1]);
    return { old, exchanges, ids, to, inheritance };
  }

  test('are charged to the workers that stay until they are over', () => {
    const { exchanges, ids, to, inheritance } = underWay();
    expect(rows(to, 'busy')).toEqual([1, 1, 0]);
    expect(inheritance.carried).toBe(2);
    for (const exchange of ids) {
      exchanges.received(exchange, 100);
      exchanges.settle(exchange, outcomes.answered, 200, 10);
      exchanges.close(exchange);
      inheritance.settle();
    }
    expect(rows(to, 'busy')).toEqual([0, 0, 0]);
    expect(rows(to, 'read')).toEqual([100, 100, 0]);
    expect(inheritance.carried).toBe(0);
  });

  test('are tried elsewhere, and that is counted, too', () => {
    const { exchanges, ids, to, inheritance } = underWay();
    exchanges.settle(ids[1]!, outcomes.connectFailed, 0, 10);
    inheritance.settle();
    expect([...to.workers.status].map(statusLetters)).toEqual(['E', '', '']);
    expect(to.workers.errorTimeNs[0]).toBe(10);
    expect(rows(to, 'busy').reduce((a, b) => a + b)).toBe(inheritance.carried);
    const again = ids[1]!.worker;
    exchanges.connected(ids[1]!, 11);
    for (const exchange of ids) {
      exchanges.settle(exchange, outcomes.answered, 200, 12);
      exchanges.close(exchange);
    }
    inheritance.settle();
    expect(rows(to, 'busy')).toEqual([0, 0, 0]);
    expect([0, 2]).toContain(again);
  });

  test('give nothing back twice after a reset', () => {
    const { exchanges, ids, to, inheritance } = underWay();
    to.workers.busy.fill(0);
    for (const exchange of ids) {
      exchanges.settle(exchange, outcomes.answered, 200, 10);
      exchanges.close(exchange);
    }
    inheritance.settle();
    expect(rows(to, 'busy')).toEqual([0, 0, 0]);
  });

  test('a new connection clears an error of the worker', () => {
    const old = balancerOf();
    old.fail(0, 5);
    const to = balancerOf();
    const inheritance = to.inherit(old, [0, 1, 2]);
    old.connected(0);
    inheritance.settle();
    expect(to.workers.errorTimeNs[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  test('retries under way stay on the account of the retry budget', () => {
    const modifiers = { retrybudget: { kind: 'share', ratio: 0, min: 1 } } as const;
    const old = balancerOf({ modifiers });
    const exchanges = new Exchanges(old);
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, 1);
    exchanges.settle(exchange, outcomes.connectFailed, 0, 2);
    const to = balancerOf({ modifiers });
    const inheritance = to.inherit(old, [0, 1, 2]);
    expect(to.modifiers!.row.retrying[0]).toBe(1);
    exchanges.settle(exchange, outcomes.answered, 200, 3);
    exchanges.close(exchange);
    inheritance.settle();
    expect([to.modifiers!.row.retrying[0], to.modifiers!.row.failedTries[0]]).toEqual([0, 0]);
  });
});
