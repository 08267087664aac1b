import type { ProfileSpec } from '../../src/scenario/scenario.ts';
import type { Uniform } from '../streams.ts';
import type { Source } from './source.ts';

/** The segment before the first point: the warm-up. */
const BEFORE = -1;

/**
 * A Poisson process whose rate follows straight lines between the points of a profile, by inverting the integral of
 * the rate: one draw an arrival, nothing thinned out. The profile begins at `beginNs`, the end of the warm-up; until
 * then its first rate holds, or, if it repeats, what comes before a repetition. After the last point its rate stays.
 */
export class Profile implements Source {
  private readonly atNs: readonly number[];
  private readonly perNs: Float64Array;
  /** Expected arrivals between each point and the next; without end after the last point, unless its rate is 0. */
  private readonly areas: Float64Array;
  private readonly repeat: boolean;
  private readonly uniform: Uniform;
  /** Number of the point that is behind us. */
  private segment: number;
  /** When this repetition began. */
  private beganNs: number;
  /** Expected arrivals of the whole segment, and of the part of it that is behind us. */
  private area: number;
  private spent: number;

  constructor({ atNs, perSecond, repeat }: ProfileSpec, beginNs: number, uniform: Uniform) {
    const last = atNs.length - 1;
    const perNs = Float64Array.from(perSecond, (rate) => rate / 1e9);
    this.atNs = atNs;
    this.perNs = perNs;
    this.areas = perNs.map((rate, i) => {
      if (i === last) return rate === 0 ? 0 : Number.POSITIVE_INFINITY;
      return ((rate + perNs[i + 1]) / 2) * (atNs[i + 1] - atNs[i]);
    });
    this.repeat = repeat;
    this.uniform = uniform;
    this.beganNs = beginNs;
    this.segment = BEFORE;
    this.area = perNs[0] * beginNs;
    this.spent = 0;
    if (repeat) this.#rewind(beginNs);
  }

  next(): number {
    let expected = this.spent - Math.log(1 - this.uniform());
    while (expected >= this.area) {
      if (this.segment === this.atNs.length - 1) return Number.POSITIVE_INFINITY; // its rate is 0
      expected -= this.area;
      this.#enter(this.segment + 1);
    }
    this.spent = expected;
    return Math.round(this.#whenSpent(expected));
  }

  #enter(segment: number): void {
    const wraps = this.repeat && segment === this.atNs.length - 1;
    if (wraps) this.beganNs += this.atNs[segment];
    this.segment = wraps ? 0 : segment;
    this.area = this.areas[this.segment];
  }

  /** Puts time 0 into the repetition that precedes `beginNs` by whole periods. */
  #rewind(beginNs: number): void {
    const periodNs = this.atNs[this.atNs.length - 1];
    this.beganNs = beginNs - Math.ceil(beginNs / periodNs) * periodNs;
    const goneNs = -this.beganNs;
    let segment = 0;
    while (this.atNs[segment + 1] <= goneNs) segment++;
    this.#enter(segment);
    const insideNs = goneNs - this.atNs[segment];
    this.spent = insideNs * (this.perNs[segment] + (this.#slope(segment) * insideNs) / 2);
  }

  #slope(segment: number): number {
    const ns = this.atNs[segment + 1] - this.atNs[segment];
    return (this.perNs[segment + 1] - this.perNs[segment]) / ns;
  }

  /** When the expected arrivals of the segment come to `y`, within it. */
  #whenSpent(y: number): number {
    const segment = this.segment;
    if (segment === BEFORE) return y / this.perNs[0];
    const rate = this.perNs[segment];
    const fromNs = this.beganNs + this.atNs[segment];
    if (segment === this.atNs.length - 1) return fromNs + y / rate;
    // The root of rate s + slope s^2 / 2 = y, in the form that does not cancel; 1 for 0 / 0.
    const root = Math.sqrt(rate * rate + 2 * this.#slope(segment) * y);
    return fromNs + (2 * y) / (rate + root || 1);
  }
}
