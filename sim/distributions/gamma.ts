import type { Distribution } from './distribution.ts';
import { exponential } from './exponential.ts';
import { logGamma } from './log-gamma.ts';
import { normalQuantile } from './normal-quantile.ts';
import { tabulated } from './tabulated.ts';

/** Terms smaller than this share of their sum end a series: below the last bit of a double. */
const NEGLIGIBLE = 1e-17;

/**
 * Gamma with `shape` in [0.1, 1000] and the given mean, by inverting its distribution function; with a whole shape
 * k this is Erlang, the sum of k exponentials.
 */
export function gamma(shape: number, mean: number): Distribution {
  if (shape === 1) return exponential(mean);
  const scale = mean / shape;
  const logFactorial = logGamma(shape);
  const standard = tabulated(
    (u) => quantile(shape, logFactorial, u),
    (x) => density(shape, logFactorial, x),
  );
  return { mean, scv: 1 / shape, sample: (u) => scale * standard(u) };
}

/** Of scale 1. `logFactorial`: the log of the gamma function at `k`. */
function density(k: number, logFactorial: number, x: number): number {
  return Math.exp((k - 1) * Math.log(x) - x - logFactorial);
}

/**
 * Quantile at scale 1. Halley's method from the start below; the error is measured in density units and from the
 * nearer tail, so that it stays relative: within 1e-12 of x for every 53-bit u. Two to four rounds, each O(sqrt k)
 * terms.
 */
function quantile(k: number, logFactorial: number, u: number): number {
  if (u === 0) return 0;
  let x = start(k, logFactorial, u);
  if (x < 1e-30) return x; // all of a small shape's mass: the first term of the series is exact
  for (let round = 0; round < 20; round++) {
    const height = density(k, logFactorial, x);
    const error = u < 0.5 ? below(k, x) - u / height : (1 - u) / height - above(k, x, height);
    const curvature = 0.5 * error * ((k - 1) / x - 1);
    const next = x - error / (1 - Math.min(curvature, 0.5));
    const step = next - x;
    x = next > 0 ? next : x / 2;
    // Halley's error is cubic: after a step of 1e-5 x it is about 1e-15 x.
    if (Math.abs(step) < 1e-5 * x) break;
  }
  return x;
}

/** Far down the distribution function's first two terms, else Wilson & Hilferty's cube, else a tail of its order. */
function start(k: number, logFactorial: number, u: number): number {
  const small = Math.exp((Math.log(u * k) + logFactorial) / k);
  if (small < 0.3 * k) return small * (1 + small / (k + 1));
  if (k < 1) return Math.max(small, -Math.log(1 - u) - logFactorial);
  const third = 1 / (9 * k);
  const root = 1 - third + normalQuantile(u) * Math.sqrt(third);
  return k * root * root * root;
}

/** P(X <= x) / density(x), by its power series. */
function below(k: number, x: number): number {
  let term = x / k;
  let sum = term;
  for (let i = k + 1; term > NEGLIGIBLE * sum; i++) {
    term *= x / i;
    sum += term;
  }
  return sum;
}

/**
 * P(X > x) / density(x): the rest of the power series where it is no small rest, else Legendre's continued fraction
 * (Abramowitz & Stegun 6.5.31) by Lentz's method.
 */
function above(k: number, x: number, height: number): number {
  if (x < k + 1) return 1 / height - below(k, x);
  let b = x + 1 - k;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 10_000; i++) {
    const a = i * (k - i);
    b += 2;
    d = 1 / (b + a * d);
    c = b + a / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return x * fraction;
}
