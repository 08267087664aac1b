/**
 * A number that changes at events, and its integral over time. Times in ns; O(1) a change. Each change counts from its
 * instant on, so that the integral up to t is `value` times t, less the sum of all changes times their instants: exact
 * while that stays below 2^53.
 */
export class Gauge {
  value = 0;
  private moment = Number.NaN; // a double from the start: V8 keeps fields as what they first held

  constructor() {
    this.moment = 0;
  }

  /** One more. */
  rise(nowNs: number): void {
    this.value++;
    this.moment += nowNs;
  }

  /** One less. */
  fall(nowNs: number): void {
    this.value--;
    this.moment -= nowNs;
  }

  set(value: number, nowNs: number): void {
    this.moment += (value - this.value) * nowNs;
    this.value = value;
  }

  /** Integral of the value since the last `restart`. `nowNs`: not before the last change. */
  area(nowNs: number): number {
    return this.value * nowNs - this.moment;
  }

  /** The integral starts again from 0 at `nowNs`. */
  restart(nowNs: number): void {
    this.moment = this.value * nowNs;
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
  area(nowNs: number): Float64Array {
    return Float64Array.from(this.all, (gauge) => gauge.area(nowNs));
  }

  restart(nowNs: number): void {
    for (const gauge of this.all) gauge.restart(nowNs);
  }
}
