/** What the worked examples of the modifiers share: settings whose numbers are easy, and time by the second. */
import type { Balancer, ModifiersConfig } from '../../../src/core/index.ts';
import { schedule } from '../lbmethods/schedule.ts';

type Of<K extends keyof ModifiersConfig> = NonNullable<ModifiersConfig[K]>;

export const SECOND = 1e9;

/** Ten seconds along a line, a step a second. */
export const tenSeconds: Of<'slowstart'> = {
  windowNs: 10 * SECOND,
  aggression: 1,
  min: 0.1,
  stepNs: SECOND,
};

/** Envoy's defaults, with no rates compared. */
export const fiveInARow: Of<'outlier'> = {
  consecutive5xx: 5,
  intervalNs: 10 * SECOND,
  baseEjectionNs: 30 * SECOND,
  maxEjectionNs: 300 * SECOND,
  maxEjected: 0.1,
  successRate: null,
  failurePercentage: null,
};

/** `count` picks from `seconds` on, a nanosecond apart, each released at once, as letters. */
export function scheduleAt(balancer: Balancer, seconds: number, count: number): string {
  balancer.views.lastNs[0] = seconds * SECOND - 1;
  return schedule(balancer, count);
}

/** `count` tries on `worker` end badly. */
export function failTimes(
  balancer: Balancer,
  worker: number,
  count: number,
  seconds: number,
): void {
  for (let i = 0; i < count; i++) balancer.complete(worker, false, 1e6, seconds * SECOND);
}
