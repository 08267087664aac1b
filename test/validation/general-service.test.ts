import { describe, it } from 'vitest';
import { expectExact, simulate } from './queue.ts';

// Balanced means: each branch does half of the work, so that its mean is 1/2 over its share.
const h2 = (share: number) =>
  `{ hyperexponential: [ { share: ${share}, mean: ${0.5 / share}ms }, { share: ${1 - share}, mean: ${0.5 / (1 - share)}ms } ] }`;
const lognormal = `{ lognormal: { mean: 1ms, cv: ${Math.sqrt(Math.E - 1)} } }`;
// On [1, 1000] with shape 1.5 the mean is 2.905224; scaled to 1.
const pareto = `{ pareto: { shape: 1.5, min: ${1 / 2.905224}ms, max: ${1000 / 2.905224}ms } }`;

describe('M/G/1 waits as Pollaczek and Khinchine say', () => {
  it.each([
    { id: 'V21', law: 'deterministic', service: '1ms', waits: [0.5, 1.166667, 2], within: 0.03 },
    {
      id: 'V22',
      law: 'Erlang-2',
      service: '{ erlang: { k: 2, mean: 1ms } }',
      waits: [0.75, 1.75, 3],
      within: 0.03,
    },
    {
      id: 'V23',
      law: 'H2, scv 4',
      service: h2(0.8872983346),
      waits: [2.5, 5.833333, 10],
      within: 0.07,
    },
    {
      id: 'V24',
      law: 'H2, scv 10',
      service: h2(0.9522670169),
      waits: [5.5, 12.833333, 22],
      within: 0.12,
    },
    {
      id: 'V25',
      law: 'lognormal, sigma 1',
      service: lognormal,
      waits: [1.359141, 3.171328, 5.436564],
      within: 0.07,
    },
    { id: 'V26', law: 'bounded Pareto', service: pareto, waits: [5.4424, 12.698933], within: 0.2 },
  ])('$id: $law', ({ service, waits, within }) => {
    waits.forEach((wait, i) => {
      const measured = simulate({ load: [0.5, 0.7, 0.8][i], service, thousands: 200 });
      expectExact(measured.metric('waiting.mean'), wait, within);
    });
  });
});
