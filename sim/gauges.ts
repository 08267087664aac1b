/** Numbers that change at events, and their integrals over time. Times in ns; O(1) a change. */
export class Gauges {
  readonly value: Float64Array;
  /** Integral of each value since the last `restart`, up to its last change or `flush`. */
  readonly area: Float64Array;
  readonly #sinceNs: Float64Array;

  constructor(count: number) {
    this.value = new Float64Array(count);
    this.area = new Float64Array(count);
    this.#sinceNs = new Float64Array(count);
  }

  set(index: number, value: number, nowNs: number): void {
    this.area[index] += this.value[index] * (nowNs - this.#sinceNs[index]);
    this.#sinceNs[index] = nowNs;
    this.value[index] = value;
  }

  /** `set` to the present value and `change` more, for one look at it less. */
  add(index: number, change: number, nowNs: number): void {
    const before = this.value[index];
    this.area[index] += before * (nowNs - this.#sinceNs[index]);
    this.#sinceNs[index] = nowNs;
    this.value[index] = before + change;
  }

  /** Brings every integral up to `nowNs`. */
  flush(nowNs: number): void {
    for (let i = 0; i < this.value.length; i++) this.set(i, this.value[i], nowNs);
  }

  /** Integrals start again from 0 at `nowNs`. */
  restart(nowNs: number): void {
    this.flush(nowNs);
    this.area.fill(0);
  }
}
