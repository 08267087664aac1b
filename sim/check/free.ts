/** Gates that need no statistics: one counter-example is enough. */
import { type LbMethod, lbmethods, withParameters } from '../../src/core/index.ts';
import { firstInLine } from '../../src/scenario/load.ts';
import type { LbMethodRef, Scenario } from '../../src/scenario/scenario.ts';
import type { Arm } from '../experiment.ts';
import type { Reference } from './reference.ts';
import { strays } from './remap.ts';
import type { GateResult } from './result.ts';
import { deadlineRoughness, idealRoughness, roughness } from './sequence.ts';

/** Sums of shares are not exact. */
const ROUNDING = 1e-9;

const plain = { metric: null, value: null, reference: null, change: null } as const;

/**
 * How far the picks of methods that go by load factors alone may stray while all workers are ready. Random methods
 * have no such bound, and those that look at what is busy or slow owe none to the load factors.
 */
const SMOOTH: Readonly<Record<string, (loadfactors: readonly number[]) => number>> = {
  byrequests: idealRoughness,
  swrr: idealRoughness,
  edf: deadlineRoughness,
};

/** Every free gate that applies to these replications. */
export function freeGates(
  { clients, balancer }: Scenario,
  lbmethod: LbMethodRef,
  arm: Arm,
  line: number,
): GateResult[] {
  const gates: GateResult[] = [];
  const add = (text: string, holds: boolean, note: string) =>
    gates.push({ kind: 'free', text, line, verdict: holds ? 'passed' : 'failed', note, ...plain });
  if (
    balancer.sticky !== null &&
    clients.some(({ session }) => session && session.sticky !== 'none')
  ) {
    const moves = arm.reduce((sum, { unforcedMoves }) => sum + unforcedMoves, 0);
    const note = moves === 0 ? '' : `${moves} requests left a worker that could serve their route`;
    add('no session moves without need', moves === 0, note);
  }
  const method = registered(lbmethod);
  const serving = [...firstInLine(balancer.workers)];
  const bound = method === null ? undefined : SMOOTH[method.name];
  if (method !== null && bound !== undefined) {
    const factors = serving.map(({ loadfactor }) => loadfactor);
    const [worst, most] = [roughness(method, factors), bound(factors)];
    const text = `picks stray at most ${most.toFixed(3)} from the load factors`;
    add(text, worst <= most + ROUNDING, `${worst.toFixed(3)} at worst`);
  }
  if (method?.strays !== undefined && serving.length > 1) {
    const share = strays(method, serving);
    const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
    const text = `a lost worker moves at most ${percent(method.strays)} of the others' keys`;
    add(text, share <= method.strays, `${percent(share)} at worst`);
  }
  return gates;
}

/** The method with its parameters, under its own name; null for a user's module. */
function registered({ name, file, set }: LbMethodRef): LbMethod | null {
  const method = file === null && lbmethods.find((one) => one.name === (set?.method ?? name));
  if (!method) return null;
  return set === undefined ? method : withParameters(method, set.values);
}

/** Every decision and number as in the reference; null unless that is asked for. */
export function exactGate(reference: Reference, arm: Arm, line: number): GateResult | null {
  if (!reference.exact) return null;
  const before = reference.fingerprints();
  const differ = arm.findIndex(
    ({ fingerprint }, r) => r < before.length && fingerprint !== before[r],
  );
  const note =
    differ < 0
      ? ''
      : `replication ${differ} is another: ${arm[differ]!.fingerprint} instead of ${before[differ]}`;
  const text = 'every decision as in the reference';
  return { kind: 'exact', text, line, verdict: differ < 0 ? 'passed' : 'failed', note, ...plain };
}
