/** A closed population at one exponential server. Times in mean services. */
export interface ClosedStation {
  /** Mean sojourn. */
  readonly sojourn: number;
  /** Requests served per mean service. */
  readonly throughput: number;
}

/**
 * `users` who think for `think` on average between an answer and the next request: the machine-repair model, by mean
 * value analysis. A user finds what one user less leaves on average.
 * Source: Reiser & Lavenberg (1980), "Mean-value analysis of closed multichain queuing networks", J. ACM 27(2).
 */
export function machineRepair(users: number, think: number): ClosedStation {
  let inQueue = 0;
  let sojourn = 1;
  for (let n = 1; n <= users; n++) {
    sojourn = 1 + inQueue;
    inQueue = (n * sojourn) / (think + sojourn);
  }
  return { sojourn, throughput: users / (think + sojourn) };
}
