/**
 * How long to warm up, found once and then the same for every lbmethod and replication: cutting each
 * replication by its own data biases means downwards.
 */
import type { LbMethod } from '../src/core/index.ts';
import { offeredLoad, relaxationNs } from '../src/scenario/load.ts';
import type { ClientSpec, Scenario } from '../src/scenario/scenario.ts';
import { expectedRequests } from './expected.ts';
import { Model } from './model.ts';
import { streams } from './streams.ts';
import { mser5 } from './warmup.ts';

export const PILOT_REPLICATIONS = 20;
const PILOT_REQUESTS = 20_000;
/** Pilots draw from replications that no measurement uses. */
const PILOT_FIRST = 1_000_000;
/** MSER-5 sees at most so many points: the curve is averaged over neighbours first. */
const POINTS = 2_000;
const SAFETY = 1.5;
/** A start is forgotten after so many relaxation times. */
const RELAXATIONS = 5;

export interface PilotCurve {
  /** Milliseconds by arrival number; NaN where a request failed. */
  readonly sojourns: Float64Array;
  readonly arrivedNs: Float64Array;
}

export interface Warmup {
  readonly ns: number;
  readonly rule: 'mser5' | 'fixed';
  readonly notes: readonly string[];
}

/** Whether the scenario leaves the warm-up to a pilot. A trace is what it is: nothing of it is cut. */
export function needsPilot({ run, clients }: Scenario): boolean {
  return run.warmupNs === null && clients.every(({ arrival }) => arrival.kind !== 'trace');
}

/** As the scenario says, with a note where physics says that it is too short. */
export function fixedWarmup(scenario: Scenario): Warmup {
  const ns = scenario.run.warmupNs ?? 0;
  const floor = floorNs(scenario);
  if (scenario.run.warmupNs === null || ns >= floor) return { ns, rule: 'fixed', notes: [] };
  const seconds = (length: number) => `${Number((length / 1e9).toPrecision(3))} s`;
  const note = `the warm-up of ${seconds(ns)} is shorter than five relaxation times at this load (${seconds(floor)}), so the empty start may show; leave run.warmup out to have it found`;
  return { ns, rule: 'fixed', notes: [note] };
}

/** One pilot replication from an empty system, without the scenario's events and faults. */
export function pilot(scenario: Scenario, lbmethod: LbMethod, replication: number): PilotCurve {
  const requests = Math.min(PILOT_REQUESTS, expectedRequests(scenario));
  const curve = {
    sojourns: new Float64Array(requests).fill(Number.NaN),
    arrivedNs: new Float64Array(requests),
  };
  const calm: Scenario = {
    ...scenario,
    events: [],
    clients: scenario.clients.map(calmly),
    faults: [],
    run: { ...scenario.run, durationNs: null, requests },
  };
  new Model({
    scenario: calm,
    lbmethod,
    alternatives: [],
    stream: streams(scenario.seed, PILOT_FIRST + replication),
    warmupNs: 0,
    binNs: Number.POSITIVE_INFINITY,
    curve,
  }).run();
  return curve;
}

/** As during the warm-up: a profile that does not repeat stays at its first rate. */
function calmly(client: ClientSpec): ClientSpec {
  const { arrival } = client;
  if (arrival.kind !== 'profile' || arrival.repeat || arrival.perSecond[0] === 0) return client;
  return { ...client, arrival: { kind: 'poisson', perSecond: arrival.perSecond[0] } };
}

/** The frozen warm-up: MSER-5 on the curve averaged over the pilots, half as long again, at least the physics. */
export function warmupFrom(scenario: Scenario, curves: readonly PilotCurve[]): Warmup {
  const requests = curves[0].sojourns.length;
  const width = Math.ceil(requests / POINTS);
  const points = Math.floor(requests / width);
  const curve = Float64Array.from({ length: points }, (_, i) => meanBetween(curves, i, width));
  const { cut, tooShort } = mser5(curve);
  const arrival = Math.min(requests - 1, Math.round(SAFETY * cut * width));
  const cutNs = curves.reduce((sum, { arrivedNs }) => sum + arrivedNs[arrival], 0) / curves.length;
  const notes = tooShort
    ? [
        `the pilot's ${requests} requests had not settled, so the warm-up may be too short; set run.warmup to more`,
      ]
    : [];
  const ns = Math.round(Math.max(cut === 0 ? 0 : cutNs, floorNs(scenario)));
  return { ns, rule: 'mser5', notes };
}

/** Mean over the pilots and over `width` neighbouring arrivals; what failed is left out. */
function meanBetween(curves: readonly PilotCurve[], point: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (const { sojourns } of curves) {
    for (let i = point * width; i < (point + 1) * width; i++) {
      if (Number.isNaN(sojourns[i])) continue;
      sum += sojourns[i];
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** Physics' lower bound: five relaxation times at the scenario's offered load; 0 for closed clients. */
function floorNs(scenario: Scenario): number {
  const { total } = offeredLoad(scenario);
  if (total === null || total >= 1) return 0;
  return RELAXATIONS * relaxationNs(scenario, total);
}
