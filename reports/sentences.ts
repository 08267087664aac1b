/** Verdicts as plain sentences, one idea each, for the terminal and the page alike. */
import type { Comparison, ExpectationResult, Result, RunResult, Verdict } from '../sim/result.ts';
import { formatCount, formatMean, formatMetric, formatValue } from './format.ts';
import { againstBaseline, comparedVerdicts } from './headline.ts';
import { describeShift, formatMargin, type Shift, shiftOf } from './shift.ts';

/** `sojourn.p99: bybusyness is better than byrequests: 141 ms instead of 312 ms (-54.8 %, ...).` */
export function verdictSentence(result: Result, comparison: Comparison): string {
  return `${comparison.metric}: ${verdictPhrase(result, comparison)}`;
}

/** The sentence without the metric's name, for a place that has it already. */
export function verdictPhrase(result: Result, comparison: Comparison): string {
  return `${phrases[comparison.verdict](comparison, result)}.`;
}

type Phrase = (comparison: Comparison, result: Result) => string;

const phrases: Record<Verdict, Phrase> = {
  better: (c, result) => `${c.b} is better than ${c.a}: ${instead(c, result)}`,
  worse: (c, result) => `${c.b} is worse than ${c.a}: ${instead(c, result)}`,
  different: (c, result) => `${c.b} differs from ${c.a}: ${instead(c, result)}`,
  equivalent: (c, result) => {
    const [a, b] = values(c, result);
    const names = `${c.a} and ${c.b} are equivalent`;
    if (exactlyEqual(c)) return `${names}: both ${a}, in every replication`;
    const margin = formatMargin(c.metric);
    const within = margin === undefined ? '' : `difference within ${margin}: `;
    return `${names}: ${a} and ${b} (${within}${describeShift(shiftOf(result, c))})`;
  },
  unclear: (c, result) => {
    const count = formatCount(replications(c, result), 'replication');
    const shift = shiftOf(result, c);
    const told = describeShift(shift);
    const unclear = `${c.b} against ${c.a} is unclear:`;
    if (!leavesOutZero(shift) || c.p === null || c.pHolm === null) {
      return `${unclear} ${count} cannot tell them apart (${told}); run more replications`;
    }
    const ps = `p = ${twoDigits(c.p)}, for all pairs together ${twoDigits(c.pHolm)}`;
    return `${unclear} among ${pairsOf(result)} pairs, ${count} cannot tell them apart (${told}; ${ps}); run more replications`;
  },
};

function leavesOutZero({ ci95 }: Shift): boolean {
  return ci95 !== null && (ci95[0] > 0 || ci95[1] < 0);
}

const twoDigits = (p: number) => Number(p.toPrecision(2));

const pairsOf = ({ runs }: Result) => (runs.length * (runs.length - 1)) / 2;

/** How intervals and verdicts go together when pairs are tested together; null when there is one pair or none. */
export function testSentence(result: Result): string | null {
  const pairs = pairsOf(result);
  if (pairs < 2) return null;
  return `Intervals are those of each pair by itself; better and worse go by p values adjusted for all ${pairs} pairs of a metric (Holm), so that a false alarm among them stays at 5 %.`;
}

function instead(c: Comparison, result: Result): string {
  const [a, b] = values(c, result);
  return `${b} instead of ${a} (${describeShift(shiftOf(result, c))})`;
}

/** To the last bit, in every replication. */
function exactlyEqual({ difference, ci95 }: Comparison): boolean {
  return difference === 0 && ci95 !== null && ci95[0] === 0 && ci95[1] === 0;
}

function values(c: Comparison, result: Result): [string, string] {
  const text = (name: string) =>
    formatMean(result.runs.find((run) => run.lbmethod === name)?.metrics[c.metric]);
  return [text(c.a), text(c.b)];
}

/** Paired, so the smaller of the two counts. */
function replications(c: Comparison, result: Result): number {
  const runs = result.runs.filter((run) => run.lbmethod === c.a || run.lbmethod === c.b);
  return Math.min(...runs.map((run) => run.replications));
}

const summaryOrder = ['better', 'worse', 'different', 'equivalent', 'unclear'] as const;

/** One line per lbmethod against the first: `bybusyness against byrequests: better in sojourn.p99; worse in ...` */
export function summarySentences(result: Result): string[] {
  const [baseline, ...others] = result.runs.map((run) => run.lbmethod);
  const metrics = comparedVerdicts(result);
  return others.flatMap((b) => {
    const found = metrics.flatMap((metric) => againstBaseline(result, b, metric) ?? []);
    if (found.length === 0) return [];
    const parts = summaryOrder.flatMap((verdict) => {
      const names = found.filter((c) => c.verdict === verdict).map((c) => c.metric);
      return names.length === 0 ? [] : [`${verdict} in ${names.join(', ')}`];
    });
    return [`${b} against ${baseline}: ${parts.join('; ')}.`];
  });
}

/** `met: sojourn.p99 <= 400ms: 312 ms (303 to 322 ms).` */
export function expectationSentence(expectation: ExpectationResult): string {
  const { verdict, text, value } = expectation;
  return value === null ? `${verdict}: ${text}.` : `${verdict}: ${text}: ${formatMetric(value)}.`;
}

export const states: Record<RunResult['state'], string | null> = {
  complete: null,
  unstable:
    'a queue grows for as long as the run lasts, so its numbers depend on how long that was',
  truncated:
    'requests were still unanswered when the drain was cut off, so its numbers lack the slowest',
  'no data': 'no request was measured',
};

/** Whether the precision that was asked for is there; null when none was. */
export function precisionSentence({ runs }: Result): string | null {
  const [run] = runs;
  if (run?.precision === undefined) return null;
  const { metric, relative, halfWidth, reached } = run.precision;
  const each = runs.length === 1 ? '' : ' in every run';
  const count = formatCount(run.replications, 'replication');
  const asked = `±${formatValue(relative, 'share')}`;
  if (halfWidth === null) return `Precision not reached: ${metric} has no interval${each}.`;
  const found = `${metric} is within ±${formatValue(halfWidth, 'share')}${each} after ${count}`;
  return reached
    ? `Precision reached: ${found}, asked for ${asked}.`
    : `Precision not reached: ${found}, asked for ${asked}; allow more (run.precision.max) or longer ones.`;
}

/** Warnings that belong before any number: `byrequests is unstable: ...`; none for complete runs. */
export function stateSentences(result: Result): string[] {
  const { runs } = result;
  const precision = runs[0]?.precision?.reached === false ? precisionSentence(result)! : [];
  const warnings = runs.flatMap(({ lbmethod, state }) => {
    const why = states[state];
    if (why === null) return [];
    return [`${lbmethod} ${state === 'no data' ? 'has no data' : `is ${state}`}: ${why}.`];
  });
  return warnings.concat(precision);
}
