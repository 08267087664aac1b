/** leastconn, as HAProxy, nginx and Envoy have it: requests that stay open. */
import { describe, expect, test } from 'vitest';
import { balancerOf, factors, letters, opened, schedule } from './schedule.ts';

describe('haproxy', () => {
  test('1, 1, 2: the idle in turn, then least (requests + 1) / factor, in turn among equals', () => {
    // a b c idle; then c at (1+1)/2 and (2+1)/2, below the 2 of a and b; at 2 all three, a longest ago; …
    expect(opened(balancerOf('leastconn', factors(1, 1, 2)), 12)).toBe('abcccabccabc');
  });

  test('one request after the other goes round, whatever the factors', () => {
    expect(schedule(balancerOf('leastconn', factors(1, 5, 1)), 6)).toBe('abcabc');
  });
});

describe('nginx', () => {
  const set = { variant: 'nginx' };

  test('1, 1, 2: least requests / factor, smooth weighted round robin among equals', () => {
    // All at 0: c (2 of 4). Then a, b at 0, c at 1/2: a, then b. Then c at 1/2 against 1 and 1.
    expect(opened(balancerOf('leastconn', factors(1, 1, 2), {}, set), 4)).toBe('cabc');
  });

  test('one request after the other is byrequests', () => {
    const picks = schedule(balancerOf('byrequests', factors(3, 2, 1)), 24);
    expect(schedule(balancerOf('leastconn', factors(3, 2, 1), {}, set), 24)).toBe(picks);
  });

  test('2 of factor 3 is less than 1 of factor 1', () => {
    const balancer = balancerOf('leastconn', factors(3, 1), {}, set);
    balancer.workers.busy.set([2, 1]);
    expect(opened(balancer, 1)).toBe('a');
  });
});

describe('envoy', () => {
  test('equal factors: draws with replacement, so that even the busiest is elected at times', () => {
    const balancer = balancerOf(
      'leastconn',
      factors(1, 1),
      { rng: [1, 2, 3, 4] },
      { variant: 'envoy' },
    );
    let busiest = 0;
    for (let i = 0; i < 400; i++) {
      balancer.workers.busy.set([5, 0]);
      if (letters[balancer.search(1)] === 'a') busiest++;
    }
    // one in four: 100 with a deviation of 8.7; 60 and 140 are passed by chance in 1 run of 200 000, the seed is fixed
    expect(busiest).toBeGreaterThan(60);
    expect(busiest).toBeLessThan(140);
  });

  test('unequal factors: due every (requests + 1) / factor, as it was at the last pick', () => {
    // Due: a 1, b 1/2. b, and with none in flight then due at 1, behind a; a, then due at 2; …
    expect(schedule(balancerOf('leastconn', factors(1, 2), {}, { variant: 'envoy' }), 6)).toBe(
      'babbab',
    );
    // Staying open: b 1/2, a 1, b 1, then with (1 + 1) / 2 more b at 2, behind a; then a at 4 and b at 3 1/2.
    const balancer = balancerOf('leastconn', factors(1, 2), {}, { variant: 'envoy' });
    expect(opened(balancer, 6)).toBe('bababb');
  });

  test('bias 0 ignores load: earliest deadline first', () => {
    const set = { variant: 'envoy', bias: 0 };
    const picks = schedule(balancerOf('edf', factors(3, 2, 1)), 24);
    expect(opened(balancerOf('leastconn', factors(3, 2, 1), {}, set), 24)).toBe(picks);
  });
});
