import { describe, it } from 'vitest';
import { expectExact, simulate } from './queue.ts';

describe('M/M/c: one worker with c slots', () => {
  it.each([
    { id: 'V07', slots: 2, load: 0.5, wait: 0.333333, p99: 3.506558, thousands: 300, within: 0.02 },
    {
      id: 'V08',
      slots: 2,
      load: 0.8,
      wait: 1.777778,
      p99: 10.660609,
      thousands: 350,
      within: 0.03,
    },
    {
      id: 'V09',
      slots: 2,
      load: 0.9,
      wait: 4.263158,
      p99: 22.228712,
      thousands: 400,
      within: 0.05,
    },
    {
      id: 'V10',
      slots: 3,
      load: 2 / 3,
      wait: 0.444444,
      p99: 3.79424,
      thousands: 300,
      within: 0.025,
    },
    { id: 'V11', slots: 4, load: 0.9, wait: 1.969383, p99: 10.9165, thousands: 400, within: 0.05 },
    { id: 'V12', slots: 10, load: 0.8, wait: 0.20459, p99: 1.855785, thousands: 350, within: 0.05 },
    {
      id: 'V13',
      slots: 10,
      load: 0.9,
      wait: 0.668732,
      p99: 4.202798,
      thousands: 400,
      within: 0.05,
    },
    {
      id: 'V14',
      slots: 100,
      load: 0.95,
      wait: 0.101291,
      p99: 0.784971,
      thousands: 600,
      within: 0.2,
    },
  ])('$id: $slots slots, load $load', ({ slots, load, wait, p99, thousands, within }) => {
    const measured = simulate({ slots, load, thousands, wait: p99 });
    expectExact(measured.metric('waiting.mean'), wait, within);
    expectExact(measured.metric('sojourn.mean'), wait + 1, within);
    if (load < 0.95) expectExact(measured.waitedLonger, 0.01, 12 * within);
    expectExact(measured.metric('utilization'), load, 0.005);
  });
});
