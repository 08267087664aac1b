/** Worked examples E34 and E35: health checks beside traffic, with what each verdict leaves behind. */
import { expect, test } from 'vitest';
import {
  Balancer,
  Exchanges,
  lbmethods,
  NONE,
  outcomes,
  statusLetters,
} from '../../../src/core/index.ts';

const S = 1e9;
const byrequests = lbmethods[0]!;

function flags(balancer: Balancer, worker: number): string {
  return statusLetters(balancer.workers.status[worker]!).replace('O', '');
}

test('E34: counters are cumulative, not of checks in a row', () => {
  const balancer = new Balancer({ lbmethod: byrequests, workers: [{ hcfails: 3, hcpasses: 2 }] });
  const verdicts = 'pass fail pass pass fail pass pass fail fail pass fail pass pass'.split(' ');
  const seen = verdicts.map((verdict, i) => {
    balancer.checked(0, verdict === 'pass', i * S);
    return [balancer.health.fcount[0], balancer.health.pcount[0], flags(balancer, 0)];
  });
  expect(seen.map(([fcount]) => fcount)).toEqual([0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0]);
  expect(seen.map(([, pcount]) => pcount)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
  expect(seen.map(([, , flag]) => flag)).toEqual([
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    'C',
    'C',
    'C',
    'C',
    '',
    '',
  ]);
});

// The same verdicts as in E34, of which only those in a row count.
test('hcconsecutive: the opposite verdict starts the count anew', () => {
  const workers = [{ hcfails: 3, hcpasses: 2, hcconsecutive: true }];
  const balancer = new Balancer({ lbmethod: byrequests, workers });
  const verdicts =
    'pass fail pass pass fail pass pass fail fail pass fail fail fail fail pass fail pass pass pass';
  const seen = verdicts.split(' ').map((verdict, i) => {
    balancer.checked(0, verdict === 'pass', i * S);
    return `${balancer.health.fcount[0]}${balancer.health.pcount[0]}${flags(balancer, 0)}`;
  });
  expect(seen.join(' ')).toBe('00 10 00 00 10 00 00 10 20 00 10 20 00C 00C 01C 00C 01C 00 00');
});

test('hcconsecutive: failures before an error by traffic count no more once a check has passed', () => {
  const workers = [{ hcfails: 2, hcconsecutive: true }];
  const balancer = new Balancer({ lbmethod: byrequests, workers });
  balancer.checked(0, false, S);
  balancer.fail(0, 2 * S);
  balancer.checked(0, true, 3 * S);
  expect(flags(balancer, 0)).toBe('');
  balancer.checked(0, false, 4 * S);
  expect(flags(balancer, 0)).toBe('');
  balancer.checked(0, false, 5 * S);
  expect(flags(balancer, 0)).toBe('C');
});

/** A (checked every 0.5 s, retry=30) and B (not checked); either may be down. */
class Site {
  readonly balancer = new Balancer({
    lbmethod: byrequests,
    workers: [{ retrySeconds: 30 }, { retrySeconds: 60 }],
  });
  readonly exchanges = new Exchanges(this.balancer);
  readonly down = [false, false];
  now = 0;

  /** Time passes to the next check of A. */
  check(): void {
    this.now += S / 2;
    this.balancer.checked(0, !this.down[0], this.now);
  }

  /** One request: workers tried, then the status. */
  request(): string {
    const { exchanges } = this;
    this.now += S / 100;
    const exchange = exchanges.open(null);
    const tried: string[] = [];
    for (let step = exchanges.begin(exchange, this.now); step === 'dispatch'; ) {
      const worker = exchange.worker;
      tried.push(`${'AB'[worker]}${this.down[worker] ? 'x' : ''}`);
      const outcome = this.down[worker] ? outcomes.connectFailed : outcomes.answered;
      step = exchanges.settle(exchange, outcome, 200, this.now);
    }
    if (exchange.worker === NONE) tried.push('-');
    const status = exchange.status;
    exchanges.close(exchange);
    return `${tried.join(' ')} ${status}`;
  }

  get flags(): string {
    return `A:${flags(this.balancer, 0)} B:${flags(this.balancer, 1)}`;
  }
}

test('E35: a passing check clears E well before retry; C stops forced recovery', () => {
  const site = new Site();
  site.down[0] = true;
  expect(site.request()).toBe('Ax B 200');
  expect(site.flags).toBe('A:E B:');
  site.check();
  expect(site.flags).toBe('A:E B:'); // failed already: no C
  site.down[0] = false;
  site.check();
  expect(site.flags).toBe('A: B:');
  expect([site.request(), site.request()]).toEqual(['B 200', 'A 200']); // by their lbstatus

  site.down[0] = true;
  site.check();
  expect(site.flags).toBe('A:C B:');
  expect(site.request()).toBe('B 200');
  site.down[1] = true;
  expect(site.request()).toBe('Bx - 503');
  expect(site.flags).toBe('A:C B:E');
  expect(site.request()).toBe('- 503'); // A has no E: errors are not forgiven all at once

  site.down[1] = false;
  expect(site.request()).toBe('- 503'); // B waits for its retry time
  site.down[0] = false;
  site.check();
  expect(site.flags).toBe('A: B:E');
  expect(site.request()).toBe('A 200');
});

test('0 acts as 1; a stopped worker is not checked; C stays with D', () => {
  const balancer = new Balancer({
    lbmethod: byrequests,
    workers: [{ hcfails: 0, hcpasses: 0 }, { status: '+S' }, { status: '+D' }],
  });
  for (const worker of [0, 1, 2]) balancer.checked(worker, false, S);
  expect([0, 1, 2].map((worker) => flags(balancer, worker))).toEqual(['C', 'S', 'CD']);
  expect(balancer.pick(-1, 2 * S)).toBe(NONE);
  balancer.checked(0, true, 3 * S);
  expect(balancer.pick(-1, 4 * S)).toBe(0);
});
