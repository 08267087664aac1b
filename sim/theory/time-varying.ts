/** A rate of arrivals that goes up and down as a sine: mean + amplitude sin(2 pi t / period). */
export interface SineRate {
  readonly mean: number;
  readonly amplitude: number;
  readonly period: number;
}

/**
 * Mean number in M_t/M/infinity, averaged over [from, from + width], long after the start; `serviceRate` is 1 over the
 * mean service. Source: Eick, Massey & Whitt (1993), "M_t/G/infinity queues with sinusoidal arrival rates",
 * Management Science 39(2); the average over a window is theirs integrated.
 */
export function sineInService(
  { mean, amplitude, period }: SineRate,
  serviceRate: number,
  from: number,
  width: number,
): number {
  const omega = (2 * Math.PI) / period;
  const swing = amplitude / (serviceRate * serviceRate + omega * omega);
  const at = (t: number) => serviceRate * Math.sin(omega * t) - omega * Math.cos(omega * t);
  const half = (omega * width) / 2;
  const damping = half === 0 ? 1 : Math.sin(half) / half;
  return mean / serviceRate + swing * damping * at(from + width / 2);
}

/**
 * Mean time until M/M/1 of this load is empty after it stood still for `outage` from empty: each of the load x outage
 * requests that came meanwhile begins a busy period of 1 / (1 - load).
 */
export function outageDrain(load: number, outage: number): number {
  return (load * outage) / (1 - load);
}
