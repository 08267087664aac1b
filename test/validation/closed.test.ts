import { describe, it } from 'vitest';
import { expectExact, simulate } from './queue.ts';

describe('a closed population: the machine-repair model', () => {
  // Mean value analysis: a user finds what one user less leaves on average. R(n) = 1 + Q(n - 1), X = n / (Z + R).
  function exact(users: number, think: number) {
    let inQueue = 0;
    let sojourn = 1;
    for (let n = 1; n <= users; n++) {
      sojourn = 1 + inQueue;
      inQueue = (n * sojourn) / (think + sojourn);
    }
    return { sojourn, throughput: users / (think + sojourn) };
  }

  it.each([
    { users: 10, think: 9 },
    { users: 30, think: 9 },
  ])('$users users who think for $think', ({ users, think }) => {
    const { sojourn, throughput } = exact(users, think);
    const arrival = `{ closed: { users: ${users}, think: { exponential: ${think}ms } } }`;
    const measured = simulate({ load: 0.9, arrival, thousands: 300 });
    expectExact(measured.metric('sojourn.mean'), sojourn, 0.01);
    expectExact(measured.metric('throughput'), throughput * 1000, 0.01);
  });
});
