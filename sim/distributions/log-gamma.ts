/** Godfrey's coefficients for g = 7 and nine terms. */
const COEFFICIENTS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const LOG_SQRT_2PI = 0.9189385332046728;

/**
 * log of the gamma function for x > 0; within 1e-14 of max(1, |value|).
 * Source: Lanczos (1964), "A precision approximation of the gamma function", SIAM J. Numer. Anal. 1.
 */
export function logGamma(x: number): number {
  let sum = 0.99999999999980993;
  for (let i = 0; i < COEFFICIENTS.length; i++) sum += COEFFICIENTS[i] / (x + i);
  const shifted = x + 6.5;
  return LOG_SQRT_2PI + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum);
}
