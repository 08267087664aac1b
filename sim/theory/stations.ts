/**
 * Closed forms of queueing theory that the simulator is held to. The unit of time is the mean service time;
 * `load` is the offered load of one server (arrival rate x mean service / servers). Waits and sojourns are means
 * unless named otherwise; without a steady state (`load` >= 1) they are Infinity.
 * Sources: Kleinrock, Queueing Systems vol. 1 (1975) and 2 (1976), unless another is named.
 */

/** Mean sojourn in M/M/1, and in M/G/1 with processor sharing for any service law. */
export function mm1Sojourn(load: number): number {
  return load < 1 ? 1 / (1 - load) : Infinity;
}

/** Mean wait in M/M/1. */
export function mm1Wait(load: number): number {
  return load * mm1Sojourn(load);
}

/** The sojourn in M/M/1 that a share `q` of requests stays below: it is exponential. */
export function mm1SojournQuantile(load: number, q: number): number {
  return -Math.log1p(-q) * mm1Sojourn(load);
}

/** Mean sojourn in M/G/1 with processor sharing: insensitive to the service law. */
export const psSojourn = mm1Sojourn;

/** Share of requests lost by M/G/c without waiting places; `offered` is arrival rate x mean service. */
export function erlangB(servers: number, offered: number): number {
  let blocking = 1;
  for (let c = 1; c <= servers; c++) blocking = (offered * blocking) / (c + offered * blocking);
  return blocking;
}

/** Probability that a request of M/M/c has to wait. */
export function erlangC(servers: number, load: number): number {
  if (load >= 1) return 1;
  const blocking = erlangB(servers, servers * load);
  return blocking / (1 - load * (1 - blocking));
}

/** Mean wait in M/M/c. */
export function mmcWait(servers: number, load: number): number {
  return load < 1 ? erlangC(servers, load) / (servers * (1 - load)) : Infinity;
}

/** Mean sojourn in M/M/c. */
export function mmcSojourn(servers: number, load: number): number {
  return mmcWait(servers, load) + 1;
}

/** The wait in M/M/c that a share `q` of requests stays below; 0 where so many do not wait at all. */
export function mmcWaitQuantile(servers: number, load: number, q: number): number {
  if (load >= 1) return Infinity;
  return Math.max(0, Math.log(erlangC(servers, load) / (1 - q)) / (servers * (1 - load)));
}

/** Mean wait in M/G/1 by Pollaczek and Khinchine; `scv` is the service law's squared coefficient of variation. */
export function mg1Wait(load: number, scv: number): number {
  return load < 1 ? (load * (1 + scv)) / (2 * (1 - load)) : Infinity;
}

/** Steady state of a station that turns requests away. */
export interface LossStation {
  /** Share of requests turned away. */
  readonly blocking: number;
  /** Mean number in the station. */
  readonly inSystem: number;
  /** Mean sojourn of those admitted. */
  readonly sojourn: number;
  /** Requests served per mean service time. */
  readonly throughput: number;
}

/** M/M/c with room for `capacity` requests, those in service included; has a steady state at any `offered` > 0. */
export function mmck(servers: number, capacity: number, offered: number): LossStation {
  let weight = 1;
  let sum = 1;
  let number = 0;
  for (let k = 1; k <= capacity; k++) {
    weight *= offered / Math.min(k, servers);
    sum += weight;
    number += k * weight;
  }
  const blocking = weight / sum;
  const inSystem = number / sum;
  const throughput = offered * (1 - blocking);
  return { blocking, inSystem, sojourn: inSystem / throughput, throughput };
}

/**
 * Probability that a request has to wait at one of `servers` M servers behind a round robin of Poisson arrivals
 * (each is an E_n/M/1; Infinity servers is D/M/1): the root of s = (n load / (n load + 1 - s))^n below 1.
 */
export function roundRobinDelay(servers: number, load: number): number {
  if (load >= 1) return 1;
  let root = 0;
  for (;;) {
    const gap = (1 - root) / load;
    const next = Math.exp(servers === Infinity ? -gap : -servers * Math.log1p(gap / servers));
    // It climbs to the root; the last bits may swing.
    if (next - root < 1e-16) return next;
    root = next;
  }
}

/** Mean sojourn of Poisson arrivals dealt in turn to `servers` exponential servers of the given load. */
export function roundRobinSojourn(servers: number, load: number): number {
  return 1 / (1 - roundRobinDelay(servers, load));
}

/** The wait under round robin that a share `q` of requests stays below: P(W > t) = s exp(-(1 - s) t). */
export function roundRobinWaitQuantile(servers: number, load: number, q: number): number {
  if (load >= 1) return Infinity;
  const delay = roundRobinDelay(servers, load);
  return Math.max(0, Math.log(delay / (1 - q)) / (1 - delay));
}

/**
 * Mean wait in M/D/c, which is also round robin over c servers with constant service. Each server sees every c-th
 * arrival, so that Spitzer's identity gives the sum over l of P(N >= lc) - P(N > lc) / load with N Poisson of mean
 * l c load. Slow near load 1: about 1 / (1 - load)^3 steps.
 * Source: Crommelin (1932), "Delay probability formulae when the holding times are constant", POEE Journal 25.
 */
export function mdcWait(servers: number, load: number): number {
  if (load >= 1) return Infinity;
  let wait = 0;
  let logFactorial = 0; // of l c
  for (let l = 1; ; l++) {
    const count = l * servers;
    const mean = count * load;
    for (let i = count - servers + 1; i <= count; i++) logFactorial += Math.log(i);
    const probability = Math.exp(count * Math.log(mean) - mean - logFactorial);
    let term = 1;
    let tail = 0; // P(N > count) / P(N = count)
    for (let i = count + 1; term > 1e-17 * (1 + tail); i++) {
      term *= mean / i;
      tail += term;
    }
    const share = probability * (1 + tail - tail / load);
    wait += share;
    if (share < 1e-14 * wait) return wait;
  }
}
