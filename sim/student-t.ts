/**
 * P(|T| <= t) for Student's t with a whole number of degrees of freedom, t >= 0: finite sums, exact to about
 * 1e-15 absolute. O(df). Source: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.
 */
export function tCentral(t: number, df: number): number {
  const cos2 = df / (df + t * t);
  const sin = t / Math.sqrt(df + t * t);
  const odd = df % 2 === 1;
  let term = odd ? Math.sqrt(cos2) : 1;
  let sum = df === 1 ? 0 : term;
  for (let i = odd ? 3 : 2; i < df; i += 2) {
    term *= (cos2 * (i - 1)) / i;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (Math.atan(t / Math.sqrt(df)) + sin * sum) : sin * sum;
}

/**
 * The t that |T| stays below with probability `level` in (0, 1): half-widths of two-sided intervals.
 * Bisection to the last bit; about 60 times `tCentral`.
 */
export function tHalfWidth(level: number, df: number): number {
  let high = 1;
  while (tCentral(high, df) < level) high *= 2;
  let low = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (tCentral(middle, df) < level) low = middle;
    else high = middle;
  }
}
