/** A scenario in both worlds: many replications simulated, one live, and what lies between. */
import { setImmediate as turn } from 'node:timers/promises';
import { alternativesOf } from '../../sim/alternatives.ts';
import { type Replication, replicate } from '../../sim/replication.ts';
import { lbmethodOf } from '../config/lbmethod-of.ts';
import type { PlacedScenario } from '../scenario/parse.ts';
import type { LbMethodRef } from '../scenario/scenario.ts';
import { PickWitness } from './decisions.ts';
import { runLive } from './live.ts';
import { capabilityNotes, outcomeOf } from './outcome.ts';
import { planOf } from './plan.ts';
import { refuseUnlike } from './refusals.ts';
import type { TwinResult } from './result.ts';

/** Simulated runs beside the live one, with other requests than it has. */
const OTHERS = 40;
/** Bins of the time series, which nobody looks at here. */
const BINS = 200;

export interface TwinOptions {
  readonly placed: PlacedScenario;
  readonly lbmethod: LbMethodRef;
  /** Length of the live run; see `planOf`. */
  readonly seconds?: number | undefined;
  /** A sentence before the live run: what was cut, what the machine can do. */
  readonly onNote: (text: string) => void;
  /** Simulated runs, then seconds of the live one. */
  readonly onProgress: (done: number, total: number, what: 'simulated' | 'live') => void;
}

/** @throws LabError for what cannot be had live; Error when the proxy's thread dies. */
export async function twin(options: TwinOptions): Promise<TwinResult> {
  const { placed, onNote, onProgress } = options;
  const lbmethod = await lbmethodOf(options.lbmethod);
  const asked = options.lbmethod.name !== placed.scenario.balancer.lbmethod.name;
  refuseUnlike(placed, lbmethod, asked);
  const balancer = { ...placed.scenario.balancer, lbmethod: options.lbmethod };
  const plan = planOf({ ...placed.scenario, balancer }, options.seconds);
  for (const note of plan.notes) onNote(note);
  const { scenario, seconds } = plan;
  const alternatives = await alternativesOf(scenario);
  const binNs = Math.ceil((seconds * 1e9) / BINS);
  const common = { scenario, lbmethod, alternatives, warmupNs: 0, binNs };
  const witness = new PickWitness();
  const same = replicate({ ...common, replication: 0, witness });
  const others: Replication[] = [];
  for (let replication = 1; replication <= OTHERS; replication++) {
    others.push(replicate({ ...common, replication }));
    onProgress(replication, OTHERS, 'simulated');
    await turn(); // somebody may want to interrupt
  }
  const live = await runLive({
    ...common,
    replication: 0,
    onReady: (capability) => {
      for (const note of capabilityNotes(plan, capability)) onNote(note);
    },
    onProgress: (done) => {
      if (done < seconds) onProgress(done, seconds, 'live'); // what is left then is the drain
    },
  });
  onProgress(seconds, seconds, 'live');
  return outcomeOf(plan, options.lbmethod, { same, others, witness }, live);
}
