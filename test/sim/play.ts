/** Small scenarios, played by the real engine, with every number in sight. */
import { expect } from 'vitest';
import type { Flight } from '../../sim/flights.ts';
import { brokenInvariants } from '../../sim/invariants.ts';
import { Model, type Witness } from '../../sim/model.ts';
import { type Replication, replicate } from '../../sim/replication.ts';
import { streams } from '../../sim/streams.ts';
import { type LbMethod, lbmethods } from '../../src/core/index.ts';
import { type MetricName, metricNames } from '../../src/scenario/metrics.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export interface Options {
  readonly lbmethod?: string;
  readonly replication?: number;
  readonly warmupNs?: number;
  readonly binNs?: number;
  readonly witness?: Witness;
  /** Where the scenario lies, if it refers to files. */
  readonly file?: string;
}

export interface Played extends Replication {
  metric(name: MetricName): number;
  /** Sojourn in ms by number of the arrival, NaN where the request failed. */
  readonly sojournMs: number[];
  /** Picks of each request as worker rows, those of tries that failed included; by number of the arrival. */
  readonly picked: number[][];
  readonly model: Model;
}

export const methodOf = (name: string): LbMethod => lbmethods.find((each) => each.name === name)!;

/** Runs `text` once, without warm-up unless the options say otherwise, and checks the invariants. */
export function play(text: string, options: Options = {}): Played {
  const { lbmethod = 'byrequests', replication = 0, warmupNs = 0, binNs = 1e9 } = options;
  const scenario = parseScenario(text, options.file ?? 'hand.yaml');
  const task = { scenario, alternatives: lbmethods, warmupNs, binNs, replication };
  const run = replicate({ ...task, lbmethod: methodOf(lbmethod) });
  expect(run.broken).toEqual([]);
  const { model, sojournMs, picked } = look(scenario, { ...options, lbmethod });
  const metric = (name: MetricName) => run.metrics[metricNames.indexOf(name)];
  return { ...run, metric, sojournMs, picked, model };
}

/** Runs a scenario once more with eyes on every request. */
function look(scenario: Scenario, options: Options) {
  const { lbmethod = 'byrequests', replication = 0, warmupNs = 0, binNs = 1e9 } = options;
  const sojourns = new Float64Array(10_000).fill(Number.NaN);
  const picked: number[][] = [];
  const note = ({ number, serial, tries, worker }: Flight) => {
    picked[number] ??= [];
    const before = counted.get(serial) ?? 0;
    if (tries > before) picked[number].push(worker);
    counted.set(serial, tries);
  };
  const counted = new Map<number, number>();
  const model = new Model({
    scenario,
    lbmethod: methodOf(lbmethod),
    alternatives: lbmethods,
    stream: streams(scenario.seed, replication),
    warmupNs,
    binNs,
    curve: { sojourns, arrivedNs: new Float64Array(10_000).fill(Number.NaN) },
    witness: {
      before(flight, nowNs) {
        options.witness?.before(flight, nowNs);
        if (flight.serial !== 0) note(flight);
      },
      after(flight, step, nowNs) {
        options.witness?.after(flight, step, nowNs);
        if (flight.serial !== 0) note(flight);
      },
    },
  });
  model.run();
  expect(brokenInvariants(model)).toEqual([]);
  const seen = model.warmupArrivals + model.observations.arrived; // those of the drain do not count
  return { model, picked: picked.slice(0, seen), sojournMs: [...sojourns.subarray(0, seen)] };
}

/** Workers a, b, c… with a backend of 20 ms a request each, `count` requests one every 100 ms. */
export function everyTenth(count: number, rest: string, backend = 'service: 20ms'): string {
  return `
run: { requests: ${count} }
backends: { app: { ${backend} } }
clients: [ { name: c, arrival: { constant: 10/s } } ]
${rest}`;
}
