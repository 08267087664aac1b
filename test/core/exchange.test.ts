/** One request from arrival to answer: tries, failover, post-request checks (spec 2.3, 2.5, 5.1). */
import { describe, expect, test } from 'vitest';
import {
  Balancer,
  type BalancerConfig,
  Exchanges,
  lbmethods,
  NONE,
  type Outcome,
  outcomes,
  statusLetters,
} from '../../src/core/index.ts';

const [byrequests, , bybusyness] = lbmethods;

function exchangesOf(config: Partial<BalancerConfig> = {}, capacity?: number): Exchanges {
  return new Exchanges(
    new Balancer({ lbmethod: byrequests, workers: [{}, {}], ...config }),
    capacity,
  );
}

const flagsOf = ({ balancer }: Exchanges, worker: number) =>
  statusLetters(balancer.workers.status[worker]);

/** Begins a request and settles its first try. */
function firstTry(exchanges: Exchanges, outcome: Outcome, status = 0, nowNs = 5) {
  const exchange = exchanges.open(null);
  exchanges.begin(exchange, nowNs);
  return { exchange, step: exchanges.settle(exchange, outcome, status, nowNs) };
}

describe('outcomes (5.1): status, E, failover', () => {
  test.each<[keyof typeof outcomes, number, string, boolean]>([
    ['connectFailed', 503, 'E', true],
    ['becameUnusable', 503, 'E', true],
    ['acquireExpired', 503, 'E', true],
    ['pingExpired', 503, 'E', true],
    ['dnsFailed', 500, 'E', false],
    ['setupFailed', 500, 'E', false],
    ['closedEarly', 502, '', false],
    ['timedOut', 502, '', false],
    ['badResponse', 502, '', false],
    ['writeTimedOut', 504, '', false],
    ['writeGone', 502, '', false],
    ['writeFailed', 400, '', false],
  ])('%s: %i, flags "%s", failover %s', (name, status, flags, failsOver) => {
    const single = exchangesOf({ workers: [{}] });
    const { exchange, step } = firstTry(single, outcomes[name]);
    expect([step, exchange.status, flagsOf(single, 0)]).toEqual(['done', status, flags]);
    expect(single.balancer.workers.errorTimeNs[0]).toBe(
      flags === 'E' ? 5 : Number.NEGATIVE_INFINITY,
    );

    const pair = exchangesOf();
    const first = firstTry(pair, outcomes[name]);
    expect(first.step).toBe(failsOver ? 'dispatch' : 'done');
    expect(first.exchange.worker).toBe(failsOver ? 1 : 0);

    const ignoring = exchangesOf({ workers: [{ status: '+I' }, {}] });
    expect(firstTry(ignoring, outcomes[name]).step).toBe('done'); // 2.3: still usable, so the end
    expect(flagsOf(ignoring, 0)).toBe('I');
  });

  test.each([200, 404, 500, 502, 503])(
    'an answer of %i passes through: no E, no failover',
    (status) => {
      const exchanges = exchangesOf();
      const { exchange, step } = firstTry(exchanges, outcomes.answered, status);
      expect([step, exchange.status, flagsOf(exchanges, 0)]).toEqual(['done', status, '']);
    },
  );
});

describe('post-request checks', () => {
  test.each<[keyof typeof outcomes, number]>([
    ['closedEarly', 502],
    ['timedOut', 502],
    ['writeTimedOut', 504],
    ['writeFailed', 400],
    ['answered', 503],
  ])('failonstatus sees %s as %i', (name, status) => {
    for (const failonstatus of [[status], [status + 1]]) {
      const exchanges = exchangesOf({ failonstatus });
      const { exchange } = firstTry(exchanges, outcomes[name], 503, 7);
      expect(exchange.status).toBe(status); // only later requests are spared
      expect(flagsOf(exchanges, 0)).toBe(failonstatus[0] === status ? 'E' : '');
      expect(exchanges.balancer.workers.errorTimeNs[0]).toBe(
        failonstatus[0] === status ? 7 : Number.NEGATIVE_INFINITY,
      );
    }
  });

  test('failonstatus takes every code from 100 to 599, and only those listed', () => {
    const exchanges = exchangesOf({ failonstatus: [100, 127, 128, 599] });
    const failing = Array.from({ length: 700 }, (_, code) => code).filter((code) => {
      return exchanges.balancer.failsOn(code);
    });
    expect(failing).toEqual([100, 127, 128, 599]);
  });

  test('they run for the last worker of a request only', () => {
    const exchanges = exchangesOf({ workers: [{}, {}, {}], failonstatus: [404] });
    const { exchange } = firstTry(exchanges, outcomes.connectFailed);
    exchanges.settle(exchange, outcomes.answered, 404, 6);
    expect([0, 1, 2].map((worker) => flagsOf(exchanges, worker))).toEqual(['E', 'E', '']);
    expect([...exchanges.balancer.workers.errorTimeNs]).toEqual([5, 6, Number.NEGATIVE_INFINITY]);
  });

  test('failontimeout marks a worker whose status line did not come, and nothing else', () => {
    for (const [name, flags] of [
      ['timedOut', 'E'],
      ['badResponse', ''],
      ['writeTimedOut', ''],
    ] as const) {
      const exchanges = exchangesOf({ failontimeout: true });
      firstTry(exchanges, outcomes[name]);
      expect(flagsOf(exchanges, 0)).toBe(flags);
    }
  });

  test('a worker that ignores errors passes them all', () => {
    const exchanges = exchangesOf({
      workers: [{ status: '+I' }],
      failontimeout: true,
      failonstatus: [502],
    });
    firstTry(exchanges, outcomes.timedOut);
    expect(flagsOf(exchanges, 0)).toBe('I');
  });
});

describe('tries', () => {
  test.each<[number | null, number]>([
    [null, 4], // members - 1 after the first
    [0, 1],
    [1, 2],
    [9, 10], // forced recovery lets everybody in again
  ])('maxattempts %s of four workers that are down: %i tries', (maxattempts, tries) => {
    const exchanges = exchangesOf({ workers: [{}, {}, {}, {}], maxattempts });
    let { exchange, step } = firstTry(exchanges, outcomes.connectFailed);
    while (step === 'dispatch') step = exchanges.settle(exchange, outcomes.connectFailed, 0, 5);
    expect([step, exchange.tries, exchange.status]).toEqual(['done', tries, 503]);
  });

  test('a single worker has one try, unless maxattempts was configured', () => {
    const limits = [null, 2].map((maxattempts) => {
      return exchangesOf({ workers: [{}], maxattempts }).balancer.maxattempts;
    });
    expect(limits).toEqual([0, 2]);
  });

  test('when the last pick found nobody the status is 503 and there is no worker', () => {
    const exchanges = exchangesOf({ forcerecovery: false, maxattempts: 5, failonstatus: [503] });
    const { exchange, step } = firstTry(exchanges, outcomes.connectFailed);
    expect(step).toBe('dispatch');
    expect(exchanges.settle(exchange, outcomes.connectFailed, 0, 5)).toBe('done');
    expect([exchange.worker, exchange.status, exchange.tries]).toEqual([NONE, 503, 2]);
  });

  test('every try stays charged until the request is closed, then busy is given back', () => {
    const exchanges = exchangesOf({ workers: [{}, {}, {}] });
    const { busy } = exchanges.balancer.workers;
    const { exchange } = firstTry(exchanges, outcomes.connectFailed);
    exchanges.settle(exchange, outcomes.connectFailed, 0, 5);
    expect([...busy]).toEqual([1, 1, 1]);
    exchanges.settle(exchange, outcomes.answered, 200, 5);
    expect([...busy]).toEqual([1, 1, 1]);
    exchanges.close(exchange);
    expect([...busy]).toEqual([0, 0, 0]);
  });

  test('busy is never negative: a bybusyness reset clears it with requests open', () => {
    const exchanges = exchangesOf({ alternatives: [bybusyness] });
    const opened = [1, 2, 3].map((nowNs) => {
      const exchange = exchanges.open(null);
      exchanges.begin(exchange, nowNs);
      return exchange;
    });
    exchanges.balancer.manage({ lbmethod: 'bybusyness' });
    exchanges.balancer.sync();
    const { busy } = exchanges.balancer.workers;
    expect([...busy]).toEqual([0, 0]);
    for (const exchange of opened) {
      exchanges.settle(exchange, outcomes.answered, 200, 9);
      exchanges.close(exchange);
      expect([...busy]).toEqual([0, 0]);
    }
  });

  test('the route-changed mark, once set, stays for the request', () => {
    const workers = [{ route: 'a', status: '+D', redirect: 'b' }, { route: 'b' }, {}];
    const exchanges = exchangesOf({ workers, stickysession: 'S' });
    const exchange = exchanges.open('a');
    exchanges.begin(exchange, 1);
    expect([exchange.worker, exchange.routeChanged]).toEqual([1, true]); // redirected
    exchanges.balancer.manageWorker(0, { status: { D: false } });
    exchanges.settle(exchange, outcomes.connectFailed, 0, 1);
    expect([exchange.worker, exchanges.balancer.via]).toEqual([0, 'sticky']);
    expect(exchange.routeChanged).toBe(true);
  });

  test('a plain sticky hit does not set the mark; a failover from it does', () => {
    const exchanges = exchangesOf({ workers: [{}, { route: 'b' }], stickysession: 'S' });
    const other = exchanges.open('b');
    exchanges.begin(other, 2);
    expect(other.routeChanged).toBe(false);
    expect(exchanges.settle(other, outcomes.connectFailed, 0, 2)).toBe('dispatch');
    expect(other.routeChanged).toBe(true); // now from the search
  });
});

describe('between pick and connection', () => {
  test.each(['D', 'S', 'C'] as const)('a worker that got %s fails over, and E is added', (flag) => {
    const exchanges = exchangesOf();
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, 3);
    exchanges.balancer.manageWorker(0, { status: { [flag]: true } });
    expect(exchanges.connected(exchange, 4)).toBe('dispatch');
    expect(exchange.worker).toBe(1);
    expect(flagsOf(exchanges, 0)).toBe([flag, 'E'].sort().join(''));
    expect(exchanges.balancer.workers.errorTimeNs[0]).toBe(4);
  });

  test('with I it fails over too, because it is unusable, but gets no E', () => {
    const exchanges = exchangesOf({ workers: [{ status: '+I' }, {}] });
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, 3);
    exchanges.balancer.manageWorker(0, { status: { D: true } });
    expect(exchanges.connected(exchange, 4)).toBe('dispatch');
    expect(flagsOf(exchanges, 0)).toBe('DI');
  });

  test('an error by another request counts: E is set anew with the later time', () => {
    const exchanges = exchangesOf({ workers: [{}], maxattempts: 0 });
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, 3);
    exchanges.balancer.fail(0, 4);
    expect(exchanges.connected(exchange, 6)).toBe('done');
    expect(exchange.status).toBe(503);
    expect(exchanges.balancer.workers.errorTimeNs[0]).toBe(6);
  });

  test('a new connection forgets retries and error time; a reused one does not', () => {
    const exchanges = exchangesOf({ workers: [{ retrySeconds: 0 }] });
    const { retries, errorTimeNs } = exchanges.balancer.workers;
    exchanges.balancer.fail(0, 3);
    const reused = exchanges.open(null);
    exchanges.begin(reused, 4);
    exchanges.settle(reused, outcomes.answered, 200, 5);
    expect([retries[0], errorTimeNs[0]]).toEqual([1, 3]);
    const fresh = exchanges.open(null);
    exchanges.begin(fresh, 6);
    expect(exchanges.connected(fresh, 7)).toBe('send');
    expect([retries[0], errorTimeNs[0]]).toEqual([0, Number.NEGATIVE_INFINITY]);
  });
});

describe('tables', () => {
  test('growth keeps every open request: worker, tries, charges, route and what waits', () => {
    const workers = [{ route: 'a', max: 1 }, { route: 'b' }, { route: 'c' }];
    const exchanges = exchangesOf({ workers, stickysession: 'S' }, 2);
    const routes = ['a', 'a', 'b', 'c', 'a', 'b', 'c', 'b', 'c'];
    const opened = routes.map((route) => exchanges.open(route));
    expect(new Set(opened).size).toBe(routes.length);
    const steps = opened.map((exchange, i) => exchanges.begin(exchange, i + 1));
    expect(steps.filter((step) => step === 'wait').length).toBe(2);
    expect(opened.map((exchange) => exchange.worker)).toEqual(routes.map((r) => 'abc'.indexOf(r)));
    expect(exchanges.waitingFor(0)).toBe(2);
    exchanges.settle(opened[0], outcomes.answered, 200, 20);
    expect(exchanges.poll()).toBe(opened[1]);
    expect([...exchanges.balancer.workers.busy]).toEqual([3, 3, 3]);
    for (const [i, exchange] of opened.entries()) {
      if (exchange.step === 'dispatch') exchanges.settle(exchange, outcomes.answered, 200 + i, 30);
      if (exchange.step === 'wait') exchanges.poll();
      expect(exchange.status).toBe(i === 0 ? 200 : 200 + i);
      exchanges.close(exchange);
    }
    expect([...exchanges.balancer.workers.busy]).toEqual([0, 0, 0]);
  });

  test('rows of closed requests serve again: a thousand requests in turn need no growth', () => {
    const exchanges = exchangesOf({}, 2);
    for (let i = 1; i <= 1000; i++) {
      const { exchange } = firstTry(exchanges, outcomes.answered, 200, i);
      exchanges.close(exchange);
    }
    expect(exchanges.capacity).toBe(2);
  });

  test('a driver that settles, begins or closes out of turn is stopped', () => {
    const exchanges = exchangesOf();
    const exchange = exchanges.open(null);
    expect(() => exchanges.settle(exchange, outcomes.answered, 200, 1)).toThrow();
    exchanges.begin(exchange, 1);
    expect(() => exchanges.begin(exchange, 1)).toThrow();
    expect(() => exchanges.close(exchange)).toThrow();
    exchanges.settle(exchange, outcomes.answered, 200, 1);
    expect(() => exchanges.settle(exchange, outcomes.answered, 200, 1)).toThrow();
    exchanges.close(exchange);
    expect(() => exchanges.close(exchange)).toThrow();
  });

  test('time that runs backwards is stopped', () => {
    const exchanges = exchangesOf();
    exchanges.begin(exchanges.open(null), 5);
    expect(() => exchanges.begin(exchanges.open(null), 4)).toThrow('time went backwards');
  });
});
