import { expect, test } from 'vitest';
import {
  expectationSentence,
  stateSentences,
  summarySentences,
  testSentence,
  verdictSentence,
} from '../../reports/sentences.ts';
import { renderStudy } from '../../reports/table.ts';
import type { Comparison, Result } from '../../sim/result.ts';
import { comparison, single } from './studies.ts';

const { result } = comparison;

function say(a: string, b: string, metric: string, change: Partial<Comparison> = {}): string {
  const found = result.comparisons.find((c) => c.a === a && c.b === b && c.metric === metric);
  return verdictSentence(result, { ...found!, ...change });
}

test('better and worse say both values, the relative difference and its interval', () => {
  expect(say('byrequests', 'bybusyness', 'sojourn.p99')).toBe(
    'sojourn.p99: bybusyness is better than byrequests: 194 ms instead of 468 ms (-58.6 %, 95 % interval -61.2 to -55.9 %).',
  );
  expect(say('byrequests', 'random', 'sojourn.mean')).toBe(
    'sojourn.mean: random is worse than byrequests: 41.6 ms instead of 38.4 ms (+8.3 %, 95 % interval +7.7 to +9.0 %).',
  );
});

test('shares print as percent and their differences in percentage points', () => {
  expect(say('byrequests', 'bybusyness', 'errors.rate')).toBe(
    'errors.rate: bybusyness is better than byrequests: 0.120 % instead of 0.310 % (-0.19 percentage points, 95 % interval -0.20 to -0.18 percentage points).',
  );
});

test('plain numbers differ by plain numbers', () => {
  expect(say('byrequests', 'bytraffic', 'fairness.jain')).toBe(
    'fairness.jain: bytraffic is worse than byrequests: 0.9880 instead of 0.9994 (-0.0114, 95 % interval -0.0121 to -0.0107).',
  );
});

test('equivalent names the margin; equal in every replication says so', () => {
  expect(say('byrequests', 'bytraffic', 'sojourn.p99')).toBe(
    'sojourn.p99: byrequests and bytraffic are equivalent: 468 ms and 468 ms (difference within 1 %: +0.08 %, 95 % interval -0.22 to +0.39 %).',
  );
  const equal = { difference: 0, ci95: [0, 0], relative: 0, relativeCi95: [0, 0] } as const;
  expect(say('byrequests', 'bytraffic', 'sojourn.p99', equal)).toBe(
    'sojourn.p99: byrequests and bytraffic are equivalent: both 468 ms, in every replication.',
  );
});

test('unclear says how many replications were not enough', () => {
  const change = {
    verdict: 'unclear',
    difference: 1.4,
    ci95: [-5.6, 8.4],
    relative: 0.003,
    relativeCi95: [-0.012, 0.018],
  } as const;
  expect(say('byrequests', 'bytraffic', 'sojourn.p99', change)).toBe(
    'sojourn.p99: bytraffic against byrequests is unclear: 10 replications cannot tell them apart (+0.3 %, 95 % interval -1.2 to +1.8 %); run more replications.',
  );
});

test('unclear though the interval leaves 0 out says that the other pairs are why', () => {
  const change = {
    verdict: 'unclear',
    relative: 0.02,
    relativeCi95: [0.001, 0.04],
    p: 0.042,
    pHolm: 0.084,
  } as const;
  expect(say('byrequests', 'bytraffic', 'sojourn.p99', change)).toBe(
    'sojourn.p99: bytraffic against byrequests is unclear: among 6 pairs, 10 replications cannot tell them apart (+2.0 %, 95 % interval +0.1 to +4.0 %; p = 0.042, for all pairs together 0.084); run more replications.',
  );
});

test('what verdicts go by is said once, where there is more than one pair', () => {
  expect(testSentence(result)).toBe(
    'Intervals are those of each pair by itself; better and worse go by p values adjusted for all 6 pairs of a metric (Holm), so that a false alarm among them stays at 5 %.',
  );
  const pair = { ...result, runs: result.runs.slice(0, 2) };
  expect(testSentence(pair)).toBeNull();
  expect(testSentence(single.result)).toBeNull();
  expect(renderStudy(comparison, { colour: false, width: 300 })).toContain(testSentence(result));
});

test('one replication has no interval, a baseline of zero no percentage', () => {
  const one: Result = { ...result, runs: result.runs.map((run) => ({ ...run, replications: 1 })) };
  const base = { ...result.comparisons[0]!, metric: 'queue.max', verdict: 'unclear' } as const;
  const text = verdictSentence(one, {
    ...base,
    difference: 3,
    relative: null,
    relativeCi95: null,
    ci95: null,
  });
  expect(text).toContain('1 replication cannot tell them apart (+3.0, no interval)');
});

test('a metric that does not judge is different, and an unknown one still readable', () => {
  expect(say('byrequests', 'random', 'utilization', { verdict: 'different' })).toMatch(
    /^utilization: random differs from byrequests: 71.3 % instead of 71.3 %/,
  );
  expect(say('byrequests', 'random', 'sojourn.p99', { metric: 'made.up' })).toContain(
    '- instead of -',
  );
});

test('summaries gather verdicts per lbmethod against the first', () => {
  expect(summarySentences(result)[1]).toBe(
    'bybusyness against byrequests: better in sojourn.mean, sojourn.p99, errors.rate, sessions.broken; worse in fairness.jain.',
  );
  expect(summarySentences(single.result)).toEqual([]);
});

test('expectations say what was measured, or that nothing was', () => {
  expect(single.result.runs[0]!.expect.map(expectationSentence)).toEqual([
    'met: errors.rate <= 0.5%: 0.120 % (0.113 to 0.127 %).',
    'missed: sojourn.p99 <= 100ms: 194 ms (187 to 201 ms).',
    'unclear: fairness.jain >= 0.974: 0.9740 (0.9734 to 0.9746).',
    'no data: slo.attained >= 99%.',
  ]);
});

test('a run that is not complete says so before any number', () => {
  expect(stateSentences(result)).toEqual([]);
  const [first, ...others] = result.runs;
  const unstable = { ...result, runs: [{ ...first!, state: 'unstable' as const }, ...others] };
  expect(stateSentences(unstable)).toEqual([
    'byrequests is unstable: a queue grows for as long as the run lasts, so its numbers depend on how long that was.',
  ]);
  const text = renderStudy({ ...comparison, result: unstable }, { colour: false, width: 100 });
  expect(text.indexOf('byrequests is unstable')).toBeLessThan(text.indexOf('sojourn.mean'));
});
