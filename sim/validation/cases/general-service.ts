/** M/G/1 waits as Pollaczek and Khinchine say (V21 to V26), and processor sharing, which feels no law (V27). */
import { distributionOf } from '../../distributions/index.ts';
import { mg1Wait, mmcSojourn, psSojourn } from '../../theory/index.ts';
import { type Case, metric, worker } from '../case.ts';
import { station } from '../station.ts';

// Balanced means: each branch does half of the work, so that its mean is 1/2 over its share.
const h2 = (share: number) =>
  `{ hyperexponential: [ { share: ${share}, mean: ${0.5 / share}ms }, { share: ${1 - share}, mean: ${0.5 / (1 - share)}ms } ] }`;
// Bounded Pareto on [1, 1000] with shape 1.5, scaled to mean 1.
const tail = distributionOf({ kind: 'pareto', shape: 1.5, min: 1, max: 1000 });

interface Law {
  readonly name: string;
  readonly service: string;
  /** Squared coefficient of variation. */
  readonly scv: number;
}

const exponential: Law = { name: 'exponential', service: '{ exponential: 1ms }', scv: 1 };
const constant: Law = { name: 'deterministic', service: '1ms', scv: 0 };
const erlang: Law = { name: 'Erlang-2', service: '{ erlang: { k: 2, mean: 1ms } }', scv: 0.5 };
const mild: Law = { name: 'H2, scv 4', service: h2(0.8872983346), scv: 4 };
const wild: Law = { name: 'H2, scv 10', service: h2(0.9522670169), scv: 10 };
const lognormal: Law = {
  name: 'lognormal, sigma 1',
  service: `{ lognormal: { mean: 1ms, cv: ${Math.sqrt(Math.E - 1)} } }`,
  scv: Math.E - 1,
};
const pareto: Law = {
  name: 'bounded Pareto',
  service: `{ pareto: { shape: 1.5, min: ${1 / tail.mean}ms, max: ${1000 / tail.mean}ms } }`,
  scv: tail.scv,
};
const gamma: Law = {
  name: 'gamma, scv 2',
  service: '{ gamma: { shape: 0.5, mean: 1ms } }',
  scv: 2,
};
const weibull: Law = {
  name: 'Weibull, shape 0.5',
  service: '{ weibull: { shape: 0.5, mean: 1ms } }',
  scv: 5, // Gamma(5) / Gamma(3)^2 - 1
};

const waits = [
  { id: 'V21', law: constant, loads: [0.5, 0.7, 0.8], within: 0.03 },
  { id: 'V22', law: erlang, loads: [0.5, 0.7, 0.8], within: 0.03 },
  { id: 'V23', law: mild, loads: [0.5, 0.7, 0.8], within: 0.07 },
  { id: 'V24', law: wild, loads: [0.5, 0.7, 0.8], thousands: 800, within: 0.1 },
  { id: 'V25', law: lognormal, loads: [0.5, 0.7, 0.8], within: 0.07 },
  { id: 'V21', law: constant, loads: [0.9], thousands: 400, within: 0.06 },
  { id: 'V22', law: erlang, loads: [0.9], thousands: 400, within: 0.08 },
  { id: 'V23', law: mild, loads: [0.9], thousands: 800, within: 0.12 },
  { id: 'V24', law: wild, loads: [0.9], thousands: 1200, within: 0.15 },
  { id: 'V26', law: pareto, loads: [0.5, 0.7], thousands: 2000, within: 0.15 },
  { id: 'gamma', law: gamma, loads: [0.7], within: 0.05 },
  { id: 'weibull', law: weibull, loads: [0.7], within: 0.08 },
].flatMap(({ id, law, loads, thousands = 200, within }) =>
  loads.map((load) =>
    station({
      id,
      title: `M/G/1, load ${load}, ${law.name}`,
      load,
      service: law.service,
      scv: law.scv,
      thousands,
      checks: [metric('waiting.mean', () => mg1Wait(load, law.scv), within)],
    }),
  ),
);

const backend = 'discipline: ps';
const shared = [constant, erlang, exponential, mild, lognormal, pareto].map(({ name, service }) =>
  station({
    id: 'V27',
    title: `processor sharing, load 0.7, ${name}`,
    load: 0.7,
    service,
    backend,
    thousands: 200,
    checks: [
      metric('sojourn.mean', () => psSojourn(0.7), 0.05),
      worker('busyMean', () => 0.7 * psSojourn(0.7), 0.05),
      metric('utilization', () => 0.7, 0.015),
    ],
  }),
);

// Each of k requests gets min(1, 2/k) of a slot: as many depart per second as in M/M/2.
const sharedByTwo = [constant, exponential, mild].map(({ name, service }) =>
  station({
    id: 'V27',
    title: `processor sharing of two slots, load 0.8, ${name}: the mean of M/M/2`,
    load: 0.8,
    slots: 2,
    service,
    backend,
    thousands: 500,
    checks: [
      metric('sojourn.mean', () => mmcSojourn(2, 0.8), 0.03),
      metric('utilization', () => 0.8, 0.015),
    ],
  }),
);

export const generalService: readonly Case[] = [...waits, ...shared, ...sharedByTwo];
