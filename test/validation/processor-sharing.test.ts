import { describe, it } from 'vitest';
import { mmcSojourn } from '../../sim/theory.ts';
import { expectExact, simulate } from './queue.ts';

const laws = [
  { law: 'deterministic', service: '1ms' },
  { law: 'Erlang-2', service: '{ erlang: { k: 2, mean: 1ms } }' },
  { law: 'exponential', service: '{ exponential: 1ms }' },
  {
    law: 'H2, scv 4',
    service:
      '{ hyperexponential: [ { share: 0.8872983346, mean: 0.5635083269ms }, { share: 0.1127016654, mean: 4.4364916731ms } ] }',
  },
  {
    law: 'lognormal, sigma 1',
    service: `{ lognormal: { mean: 1ms, cv: ${Math.sqrt(Math.E - 1)} } }`,
  },
  {
    law: 'bounded Pareto',
    service: `{ pareto: { shape: 1.5, min: ${1 / 2.905224}ms, max: ${1000 / 2.905224}ms } }`,
  },
];
const backend = 'discipline: ps';

// The number present is a birth-death process for exponential service, and its law is the same for all others.
describe('processor sharing does not feel the service law', () => {
  it.each(laws)('V27: one slot, load 0.7, $law', ({ service }) => {
    const measured = simulate({ load: 0.7, service, backend, thousands: 200 });
    expectExact(measured.metric('sojourn.mean'), 3.333333, 0.05);
    expectExact(measured.worker('busyMean'), 0.7 * 3.333333, 0.05);
    expectExact(measured.metric('utilization'), 0.7, 0.015);
  });

  // Each of k requests gets min(1, 2/k) of a slot: as many depart per second as in M/M/2. With 200 000 requests H2
  // was a false alarm, at 3.9 SE (the mean of 2.4 million under eight other seeds was 2.791 +- 0.021); hence more.
  it.each([laws[0], laws[2], laws[3]])(
    'two slots, load 0.8: the mean of M/M/2, $law',
    ({ service }) => {
      const measured = simulate({ load: 0.8, slots: 2, service, backend, thousands: 500 });
      expectExact(measured.metric('sojourn.mean'), mmcSojourn(2, 0.8), 0.03);
      expectExact(measured.metric('utilization'), 0.8, 0.015);
    },
  );
});
