/** What a gate says, the same in the terminal, in XML, in Markdown and in annotations. */
import type {
  Change,
  CheckResult,
  GateResult,
  GateVerdict,
  ScenarioCheck,
} from '../../sim/check/result.ts';
import { decimalsFor, formatFixed, formatMean, formatMetric } from '../format.ts';
import { states } from '../sentences.ts';

/** `sojourn.mean: at most 2 % more`: what is held. */
export function gateName({ kind, metric, text }: GateResult): string {
  return kind === 'baseline' ? `${metric}: ${text}` : text;
}

/** `23.4 ms instead of 22.1 ms: +5.9 % (+5.1 to +6.7 %)`: what was found. */
export function gateFinding({ kind, value, reference, change, note }: GateResult): string {
  if (value === null) return note === '' ? 'no data in this run' : note;
  if (kind !== 'baseline') return formatMetric(value);
  if (change === null)
    return reference === null ? 'no data to compare with' : 'no data in this run';
  const now = formatMean(value);
  if (note !== '') return `${now}, ${note}`;
  return `${now} instead of ${formatMean(reference)}: ${formatChange(change)}`;
}

/** `+5.9 % (+5.1 to +6.7 %)`; shares move by percentage points. */
export function formatChange({ kind, mean, ci95, unit }: Change): string {
  const isPercent = kind === 'relative' || unit === 'share';
  const scale = isPercent ? 100 : 1;
  const suffix =
    kind === 'relative' ? ' %' : unit === 'share' ? ' pp' : unit === '1' ? '' : ` ${unit}`;
  const half = ci95 === null ? Math.abs(mean) : (ci95[1] - ci95[0]) / 2;
  const decimals = Math.max(decimalsFor(mean * scale, 2), decimalsFor(half * scale, 1));
  const signed = (x: number) => formatFixed(x * scale, Math.min(decimals, 4), true);
  if (ci95 === null) return `${signed(mean)}${suffix}`;
  return `${signed(mean)}${suffix} (${signed(ci95[0])} to ${signed(ci95[1])}${suffix})`;
}

/** What a verdict asks for. */
export const advice: Record<GateVerdict, string> = {
  passed: '',
  failed:
    'If this is meant, run fairlead check --update and commit the baseline; if not, it is a regression.',
  inconclusive:
    'Too close to its limit to tell: raise run.replications or widen the margin, or look whether it may be so.',
  'no data':
    'This run has nothing to hold to the line: take the line out or let the scenario produce the metric.',
};

/** Why a run as a whole is no answer; empty for a complete one. */
export function stateSentence({ state }: ScenarioCheck): string {
  const why = states[state];
  if (why === null) return '';
  return `${state === 'no data' ? 'no data' : `the run is ${state}`}: ${why}`;
}

/** `12 gates: 11 passed, 1 failed`. */
export function tally(gates: readonly GateResult[]): string {
  const verdicts = ['passed', 'failed', 'inconclusive', 'no data'] as const;
  const parts = verdicts.flatMap((verdict) => {
    const count = gates.filter((gate) => gate.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${gates.length} gates: ${parts.join(', ')}`;
}

export function allGates({ scenarios }: CheckResult): readonly GateResult[] {
  return scenarios.flatMap(({ gates }) => gates);
}
