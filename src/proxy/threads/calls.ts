/**
 * The calls that change a balancer, as numbers: what a thread did can be written down, and done again elsewhere. A
 * balancer is a plain function of its state and these, so that the same calls in the same order give the same bytes.
 */
import type { Balancer } from '../../core/index.ts';

export const calls = {
  pick: 0,
  search: 1,
  complete: 2,
  release: 3,
  connected: 4,
  fail: 5,
  sent: 6,
  received: 7,
  takeTimeout: 8,
  returnTimeout: 9,
  takeRetry: 10,
  endRetries: 11,
  checked: 12,
  heartbeat: 13,
  sync: 14,
} as const;

/** Numbers of one call: which, whose, when, and up to four arguments. */
export const CALL_NUMBERS = 8;

/** Does the call that is written at `at`, and returns what it returned; yes is 1, nothing is 0. */
export function perform(balancer: Balancer, written: Float64Array, at: number): number {
  const nowNs = written[at + 2]!;
  const a = written[at + 3]!;
  const b = written[at + 4]!;
  const c = written[at + 5]!;
  switch (written[at]) {
    case calls.pick:
      return balancer.pick(a, nowNs, b);
    case calls.search:
      return balancer.search(nowNs, a);
    case calls.takeTimeout:
      return balancer.takeTimeout();
    case calls.takeRetry:
      return balancer.takeRetry(a === 1) ? 1 : 0;
    case calls.complete:
      balancer.complete(a, b === 1, c, nowNs);
      break;
    case calls.release:
      balancer.release(a);
      break;
    case calls.connected:
      balancer.connected(a);
      break;
    case calls.fail:
      balancer.fail(a, nowNs);
      break;
    case calls.sent:
      balancer.sent(a, b);
      break;
    case calls.received:
      balancer.received(a, b);
      break;
    case calls.returnTimeout:
      balancer.returnTimeout(a);
      break;
    case calls.endRetries:
      balancer.endRetries(a);
      break;
    case calls.checked:
      balancer.checked(a, b === 1, nowNs);
      break;
    case calls.heartbeat:
      balancer.heartbeat(a, b, c, written[at + 6]!);
      break;
    case calls.sync:
      balancer.sync();
  }
  return 0;
}
