/**
 * How counts (requests, bytes, sessions) follow target shares. `counts` and `targets` go by worker; targets sum
 * to 1. Workers with target 0 (standbys, drained ones) count in the total and in `shareError`, not in the rest.
 * All are NaN when every count is 0.
 */

/** Weighted Jain index: 1 when all shares are on target, 1/n when one of n equal workers gets everything. */
export function jain(counts: ArrayLike<number>, targets: ArrayLike<number>): number {
  let workers = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < targets.length; i++) {
    if (targets[i] === 0) continue;
    const x = counts[i] / targets[i];
    workers++;
    sum += x;
    squares += x * x;
  }
  return (sum * sum) / (workers * squares);
}

/**
 * (chi^2 - (n - 1)) / m: squared distance from the targets beyond the noise of m independent random picks. 0 on
 * average for random routing on target, negative for routing that is more even, at least -(n - 1) / m.
 */
export function excess(counts: ArrayLike<number>, targets: ArrayLike<number>): number {
  let workers = 0;
  for (let i = 0; i < targets.length; i++) if (targets[i] > 0) workers++;
  return skew(counts, targets) - (workers - 1) / total(counts);
}

/** Squared coefficient of variation about the targets, chi^2 / m; (n - 1) / m on average for random picks. */
export function skew(counts: ArrayLike<number>, targets: ArrayLike<number>): number {
  const all = total(counts);
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    if (targets[i] === 0) continue;
    const distance = counts[i] / all - targets[i];
    sum += (distance * distance) / targets[i];
  }
  return sum;
}

/** Largest |share - target| of a worker. */
export function shareError(counts: ArrayLike<number>, targets: ArrayLike<number>): number {
  const all = total(counts);
  let worst = 0;
  for (let i = 0; i < targets.length; i++) {
    worst = Math.max(worst, Math.abs(counts[i] / all - targets[i]));
  }
  return worst;
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
