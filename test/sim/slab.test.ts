import { describe, expect, it } from 'vitest';
import { Slab } from '../../sim/slab.ts';

const columns = { small: 'i32', large: 'f64' } as const;

describe('Slab', () => {
  it('hands out rows in order, and those given back first', () => {
    const slab = new Slab(columns, 4);
    expect([slab.take(), slab.take(), slab.take()]).toEqual([0, 1, 2]);
    slab.give(0);
    slab.give(1);
    expect([slab.take(), slab.take(), slab.take()]).toEqual([1, 0, 3]);
    expect(slab.used).toBe(4);
  });

  it('keeps what its rows hold when it grows', () => {
    const slab = new Slab(columns, 2);
    for (let i = 0; i < 1000; i++) {
      const row = slab.take();
      slab.rows.small[row] = 7 * i;
      slab.rows.large[row] = i / 3;
    }
    expect(slab.capacity).toBe(1024);
    for (let row = 0; row < 1000; row++) {
      expect([slab.rows.small[row], slab.rows.large[row]]).toEqual([7 * row, row / 3]);
    }
  });

  it('makes room for rows that are numbered elsewhere, and only when it must', () => {
    const slab = new Slab(columns, 8);
    const { rows } = slab;
    slab.ensure(8);
    expect(slab.rows).toBe(rows);
    slab.ensure(9);
    expect([slab.capacity, slab.rows.large.length, slab.rows.large[15]]).toEqual([16, 16, 0]);
  });
});
