/** ketama: nginx's own ring. */
import { expect, test } from 'vitest';
import { balancerOf, owners } from './schedule.ts';

/**
 * Recorded from nginx 1.22.1: `hash $request_uri consistent` over servers 127.0.0.1:19101 to 19105 of equal weight,
 * asked for `/` and the square of 0 to 119 times 7919; the last digit of `$upstream_addr`.
 */
const recorded =
  '131543333243145531542313232214215133534525252524431511111414224541415325333522421551113245135553231131442421535425252251';

test('elects as nginx does', () => {
  const workers = [1, 2, 3, 4, 5].map((i) => ({ name: `127.0.0.1:1910${i}` }));
  const asked = Array.from({ length: 120 }, (_, i) => `/${i * i * 7919}`);
  const found = owners(balancerOf('ketama', workers), asked);
  expect(found.map((worker) => worker + 1).join('')).toBe(recorded);
});
