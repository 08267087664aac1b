/**
 * C3's rate control: a worker is sent about as many requests as it answers. The rate it may be sent falls to a fifth
 * when it is above the rate of answers, and grows back along CUBIC's curve: fast, then slowly around the rate that was
 * too much, then fast again. Rates are requests an interval. Constants are those of the authors' Cassandra.
 */
import type { Columns, Views } from '../../columns.ts';

const BETA = 0.2;
/** For times in milliseconds. */
const CUBIC = 4e-6;
/** Most that one answer raises the rate. */
const RISE_MAX = 10;
const RATE_MIN = 0.1;
/** Requests that may be sent at once after a pause. */
const TOKENS_MAX = 10;
/** Intervals after a rise during which the rate does not fall. */
const HYSTERESIS = 4;
/** Of an interval's answers in the moving average of their rate. */
const WEIGHT = 0.05;
const FIRST_SENT = 1;
const FIRST_ANSWERED = 100;

/** One row per worker. */
export const rateColumns = {
  /** What it may be sent an interval; 0 before the worker's first election. */
  rate: 'f64',
  /** Requests it could be sent at once, at `tokensAtNs`. */
  tokens: 'f64',
  tokensAtNs: 'f64',
  /** Moving average of answers an interval; those of the interval since then, and its number. */
  answerRate: 'f64',
  answers: 'f64',
  interval: 'f64',
  /** The rate that was too much, and when it last fell and rose. */
  peak: 'f64',
  fellNs: 'f64',
  roseNs: 'f64',
} as const satisfies Columns;

export type Rates = Views<typeof rateColumns>;

/** Does nothing to a worker that has a rate. */
export function startRate(rates: Rates, worker: number, nowNs: number, intervalNs: number): void {
  if (rates.rate[worker] > 0) return;
  rates.rate[worker] = FIRST_SENT;
  rates.tokens[worker] = TOKENS_MAX;
  rates.tokensAtNs[worker] = nowNs;
  rates.answerRate[worker] = FIRST_ANSWERED;
  rates.answers[worker] = 0;
  rates.interval[worker] = Math.floor(nowNs / intervalNs);
  rates.peak[worker] = 0;
  rates.fellNs[worker] = Number.NEGATIVE_INFINITY;
  rates.roseNs[worker] = Number.NEGATIVE_INFINITY;
}

/** Requests that `worker` could be sent at once; a request needs a whole one. */
export function tokensOf(rates: Rates, worker: number, nowNs: number, intervalNs: number): number {
  const intervals = (nowNs - rates.tokensAtNs[worker]) / intervalNs;
  return Math.min(TOKENS_MAX, rates.tokens[worker] + rates.rate[worker] * intervals);
}

/** Charges a request to `worker`, which it may have been sent above its rate. */
export function takeToken(rates: Rates, worker: number, nowNs: number, intervalNs: number): void {
  rates.tokens[worker] = Math.max(0, tokensOf(rates, worker, nowNs, intervalNs) - 1);
  rates.tokensAtNs[worker] = nowNs;
}

/** `worker` answered: counts it, and adapts its rate. */
export function countAnswer(rates: Rates, worker: number, nowNs: number, intervalNs: number): void {
  const interval = Math.floor(nowNs / intervalNs);
  const passed = interval - rates.interval[worker];
  if (passed > 0) {
    const each = rates.answers[worker] / passed;
    rates.answerRate[worker] += Math.min(1, WEIGHT * passed) * (each - rates.answerRate[worker]);
    rates.answers[worker] = 0;
    rates.interval[worker] = interval;
  }
  rates.answers[worker]++;
  adapt(rates, worker, nowNs, intervalNs);
}

function adapt(rates: Rates, worker: number, nowNs: number, intervalNs: number): void {
  const { rate, answerRate, peak, fellNs, roseNs } = rates;
  const now = rate[worker];
  if (now > answerRate[worker] && nowNs - roseNs[worker] > HYSTERESIS * intervalNs) {
    peak[worker] = now;
    fellNs[worker] = nowNs;
    rate[worker] = Math.max(RATE_MIN, BETA * now);
  } else if (now < answerRate[worker]) {
    roseNs[worker] = nowNs;
    const wanted = cubicRate(peak[worker], (nowNs - fellNs[worker]) / 1e6);
    rate[worker] = Math.min(wanted, now + RISE_MAX);
  }
}

/** The curve: `sinceMs` after the rate fell from `peak`, which it reaches again after the cube root of `peak` × 0.2 / 4e-6. */
export function cubicRate(peak: number, sinceMs: number): number {
  const beyond = sinceMs - Math.cbrt((peak * BETA) / CUBIC);
  return CUBIC * beyond * beyond * beyond + peak;
}
