/** The charts of a report, in the order a reader meets them. To add one: a file, and a line here. */
import { busy } from './busy.ts';
import type { Chart } from './chart.ts';
import { differences } from './differences.ts';
import { queueAndErrors } from './queue-and-errors.ts';
import { shares } from './shares.ts';
import { sojournPercentiles } from './sojourn-percentiles.ts';

export const charts: readonly Chart[] = [
  differences,
  sojournPercentiles,
  shares,
  busy,
  queueAndErrors,
];
