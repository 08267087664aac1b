import { describe, expect, it } from 'vitest';
import { Gauge, Gauges } from '../../sim/gauges.ts';

describe('Gauges', () => {
  it('integrates each value over time', () => {
    const gauges = new Gauges(2);
    gauges.all[0].set(2, 10); // 0 for 10
    gauges.all[0].set(5, 14); // 2 for 4
    gauges.all[1].set(1, 15);
    expect([...gauges.area(20)]).toEqual([38, 5]); // 5 for 6; 1 for 5
    expect([...gauges.value]).toEqual([5, 1]);
  });

  it('adds nothing twice, and nothing for changes at the same instant', () => {
    const gauge = new Gauge();
    gauge.set(7, 3);
    gauge.set(1, 3);
    expect(gauge.area(5)).toBe(2);
    expect(gauge.area(5)).toBe(2);
  });

  it('starts again with the values it has', () => {
    const gauge = new Gauge();
    gauge.set(3, 0);
    gauge.restart(10);
    expect(gauge.area(10)).toBe(0);
    expect(gauge.area(14)).toBe(12);
  });

  it('is exact over a long run of nanoseconds', () => {
    const gauge = new Gauge();
    const day = 86_400e9;
    for (let i = 0; i <= 100; i++) gauge.set(i % 2, i * day);
    expect(gauge.area(100 * day)).toBe(50 * day);
  });
});
