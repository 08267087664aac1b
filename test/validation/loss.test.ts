import { describe, it } from 'vitest';
import { expectExact, simulate } from './queue.ts';

// `queue` counts waiting places; who finds none is answered 503 at once, by the backend.
describe('M/G/c/c loses what Erlang B says, whatever the service law', () => {
  it.each([
    {
      id: 'V15',
      slots: 10,
      offered: 8,
      service: '{ exponential: 1ms }',
      blocking: 0.121661,
      within: 0.02,
    },
    {
      id: 'V15',
      slots: 10,
      offered: 8,
      service: '{ lognormal: { mean: 1ms, cv: 1.3 } }',
      blocking: 0.121661,
      within: 0.02,
    },
    {
      id: 'V16',
      slots: 100,
      offered: 100,
      service: '{ exponential: 1ms }',
      blocking: 0.0757,
      within: 0.04,
    },
    {
      id: 'V16',
      slots: 100,
      offered: 100,
      service: '{ lognormal: { mean: 1ms, cv: 1.3 } }',
      blocking: 0.0757,
      within: 0.04,
    },
  ])('$id: $slots slots, $offered offered, $service', (station) => {
    const { slots, offered, service, blocking, within } = station;
    const queue = { slots, load: offered / slots, service, backend: 'queue: 0' };
    const measured = simulate({ ...queue, thousands: 250 });
    expectExact(measured.metric('errors.backend'), blocking, within);
    expectExact(measured.metric('sojourn.mean'), 1, 0.005);
    expectExact(measured.worker('busyMean'), offered * (1 - blocking), 0.005);
  });
});

describe('M/M/c/K: a bounded waiting room', () => {
  it.each([
    {
      id: 'V17',
      slots: 1,
      room: 5,
      offered: 0.8,
      blocking: 0.088819,
      inSystem: 1.868332,
      sojourn: 2.563065,
    },
    {
      id: 'V18',
      slots: 1,
      room: 10,
      offered: 1.2,
      blocking: 0.192586,
      inSystem: 6.710709,
      sojourn: 6.926138,
    },
    {
      id: 'V19',
      slots: 4,
      room: 10,
      offered: 3.6,
      blocking: 0.067174,
      inSystem: 5.061102,
      sojourn: 1.5071,
    },
    {
      id: 'V20',
      slots: 4,
      room: 10,
      offered: 4.8,
      blocking: 0.205472,
      inSystem: 7.110934,
      sojourn: 1.86456,
    },
  ])('$id: M/M/$slots/$room, $offered offered', (station) => {
    const { slots, room, offered, blocking, inSystem, sojourn } = station;
    const queue = { slots, load: offered / slots, backend: `queue: ${room - slots}` };
    const measured = simulate({ ...queue, thousands: 250 });
    expectExact(measured.metric('errors.backend'), blocking, 0.03);
    expectExact(measured.metric('sojourn.mean'), sojourn, 0.01);
    expectExact(measured.worker('busyMean'), inSystem, 0.01);
    expectExact(measured.metric('throughput'), offered * (1 - blocking) * 1000, 0.005);
  });
});
