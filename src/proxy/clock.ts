/** `performance` is imported everywhere on the way of a request: the global one is a getter, called each time. */
import { performance } from 'node:perf_hooks';

/** Node's timers fire at once beyond this. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

let offsetNs = 0;

/** The time that the core is told: whole nanoseconds since the process started, never going back. */
export function nowNs(): number {
  return Math.floor(performance.now() * 1e6) + offsetNs;
}

/** The date, in milliseconds, at which `nowNs` was 0. */
export function zeroMs(): number {
  return performance.timeOrigin - offsetNs / 1e6;
}

/** When `nowNs` was 0, on the clock that all threads have. */
export function zeroOfClock(): bigint {
  return process.hrtime.bigint() - BigInt(nowNs());
}

/** From now on `nowNs` counts from there, as it does in another thread, whose `performance.now` began earlier. */
export function startClockAt(zero: bigint): void {
  offsetNs = 0;
  offsetNs = Number(process.hrtime.bigint() - zero) - nowNs();
}
