/** A number that changes at events, and its integral over time. Times in ns; O(1) a change. */
export class Gauge {
  value = 0;
  /** Integral of the value since the last `restart`, up to its last change or `flush`. */
  area = 0;
  #sinceNs = 0;

  set(value: number, nowNs: number): void {
    this.area += this.value * (nowNs - this.#sinceNs);
    this.#sinceNs = nowNs;
    this.value = value;
  }

  add(change: number, nowNs: number): void {
    this.set(this.value + change, nowNs);
  }

  /** Brings the integral up to `nowNs`. */
  flush(nowNs: number): void {
    this.set(this.value, nowNs);
  }

  /** The integral starts again from 0 at `nowNs`. */
  restart(nowNs: number): void {
    this.flush(nowNs);
    this.area = 0;
  }
}

/** A gauge for each worker. */
export class Gauges {
  readonly all: readonly Gauge[];

  constructor(count: number) {
    this.all = Array.from({ length: count }, () => new Gauge());
  }

  /** The present values. */
  get value(): Float64Array {
    return Float64Array.from(this.all, ({ value }) => value);
  }

  /** The integrals. */
  get area(): Float64Array {
    return Float64Array.from(this.all, ({ area }) => area);
  }

  set(index: number, value: number, nowNs: number): void {
    this.all[index].set(value, nowNs);
  }

  flush(nowNs: number): void {
    for (const gauge of this.all) gauge.flush(nowNs);
  }

  restart(nowNs: number): void {
    for (const gauge of this.all) gauge.restart(nowNs);
  }
}
