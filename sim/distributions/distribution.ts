/**
 * A random quantity drawn by inversion: one uniform per variate, so that the uniform can belong to the
 * request and every compared lbmethod sees the same work (common random numbers).
 */
export interface Distribution {
  /** Mean in the unit of the variate, in closed form. */
  readonly mean: number;
  /** Squared coefficient of variation, in closed form. */
  readonly scv: number;
  /** The variate for a uniform `u` in [0, 1); increasing in `u`. Not rounded. Allocates nothing. */
  sample(u: number): number;
}
