/** Prefix discrepancy over four periods, by weights: what four implementations of weighted round robin come to. */
export const smoothness = [
  // weights, smooth weighted round robin, earliest deadline first
  [[5, 1, 1], '0.5714', '1.1429'],
  [[3, 2, 1], '0.5000', '0.5000'],
  [[10, 5, 3, 2], '0.5000', '1.0000'],
  [[7, 5, 3, 1], '0.6875', '0.9375'],
  [[100, 1, 1], '0.6667', '1.9412'],
  [[13, 9, 4, 3, 1], '0.6667', '1.1667'],
] as const;
