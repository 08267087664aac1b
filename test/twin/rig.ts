/** Twins of small scenarios, over real sockets. They take the compiled program, as the proxy's thread does. */
import { vi } from 'vitest';
import { parsePlaced } from '../../dist/src/scenario/parse.js';
import type { TwinResult } from '../../dist/src/twin/result.js';
import { twin } from '../../dist/src/twin/twin.js';

vi.setConfig({ testTimeout: 120_000 }); // against hanging; a twin takes some seconds

/** Two seconds of `text`, a scenario without `run`. */
export function twinOf(text: string): Promise<TwinResult> {
  const placed = parsePlaced(`run: { duration: 2s, warmup: 0s }\n${text}`, 'twin.yaml');
  const { lbmethod } = placed.scenario.balancer;
  return twin({ placed, lbmethod, onNote: () => {}, onProgress: () => {} });
}

/** A metric in the live arm, and for the same requests simulated. */
export function both({ rows }: TwinResult, metric: string): [number, number | null] {
  const row = rows.find((one) => one.metric === metric);
  if (row === undefined) throw new Error(`the twin has no ${metric}`);
  return [row.live, row.sameRequests];
}
