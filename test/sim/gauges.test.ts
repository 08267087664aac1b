import { describe, expect, it } from 'vitest';
import { Gauges } from '../../sim/gauges.ts';

describe('Gauges', () => {
  it('integrates each value over time', () => {
    const gauges = new Gauges(2);
    gauges.set(0, 2, 10); // 0 for 10
    gauges.set(0, 5, 14); // 2 for 4
    gauges.set(1, 1, 15);
    gauges.flush(20); // 5 for 6; 1 for 5
    expect([...gauges.area]).toEqual([38, 5]);
    expect([...gauges.value]).toEqual([5, 1]);
  });

  it('adds nothing twice, and nothing for changes at the same instant', () => {
    const gauges = new Gauges(1);
    gauges.set(0, 7, 3);
    gauges.set(0, 1, 3);
    gauges.flush(5);
    gauges.flush(5);
    expect(gauges.area[0]).toBe(2);
  });

  it('starts again with the values it has', () => {
    const gauges = new Gauges(1);
    gauges.set(0, 3, 0);
    gauges.restart(10);
    expect(gauges.area[0]).toBe(0);
    gauges.flush(14);
    expect(gauges.area[0]).toBe(12);
  });

  it('is exact over a long run of nanoseconds', () => {
    const gauges = new Gauges(1);
    const day = 86_400e9;
    for (let i = 0; i <= 100; i++) gauges.set(0, i % 2, i * day);
    expect(gauges.area[0]).toBe(50 * day);
  });
});
