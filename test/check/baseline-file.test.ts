import { expect, test } from 'vitest';
import { parseBaselines } from '../../sim/check/baseline-file.ts';
import { writeBaselines } from '../../sim/check/baseline-text.ts';
import { misfit } from '../../sim/check/keep.ts';
import type { Baseline } from '../../sim/check/reference.ts';
import { workloadOf } from '../../sim/check/workload.ts';
import { LabError } from '../../src/problems/errors.ts';
import { version } from '../../src/version.ts';
import { scenarioOf, text } from './bench.ts';

const scenario = scenarioOf(5);

const baseline: Baseline = {
  ...{
    label: 'b.yaml',
    version,
    lbmethod: 'byrequests',
    seed: '5',
    sha256: 'ab',
    workload: workloadOf(scenario),
  },
  warmupNs: 1.5e9,
  margins: {
    'sojourn.mean': { relative: 0.02 },
    'errors.rate': { absolute: 0.001 },
    'failover.recover': { absolute: 2 },
  },
  values: {
    'sojourn.mean': Float64Array.of(0.1 + 0.2, 1 / 3, 5e-324),
    'errors.rate': Float64Array.of(0, 1e-7, 0.25),
    'failover.recover': Float64Array.of(1, Number.NaN, 3),
  },
  fingerprints: ['0123456789012345', '123e456789012345', 'ffffffffffffffff'],
};

const written = writeBaselines('', new Map([['four', baseline]]));

test('a baseline survives to the last bit, fingerprints that look like numbers included', () => {
  expect(parseBaselines(written, 'b.yaml').get('four')).toEqual(baseline);
});

test('a line a replication, and a comment on every margin that we choose', () => {
  expect(written).toContain('      - [ "0123456789012345", 0.30000000000000004, 0, 1 ]\n');
  expect(written).toContain('      - [ "123e456789012345", 0.3333333333333333, 1e-7, null ]\n');
  expect(written).toMatch(/ {6}sojourn\.mean: \{ relative: 2% \} # \w+/);
  expect(written).toMatch(/ {6}errors\.rate: \{ absolute: 0\.1% \} # \w+/);
});

test('writing again keeps edited margins, their comments and other scenarios', () => {
  const edited = written
    .replace('relative: 2%', 'relative: 7%')
    .replace(/(sojourn\.mean: \{[^}]*\}) #.*/, '$1 # agreed with the shop team');
  const other = { ...baseline, seed: '6' };
  const both = writeBaselines(edited, new Map([['other', other]]));
  const again = writeBaselines(both, new Map([['four', { ...baseline, sha256: 'cd' }]]));
  expect(again).toContain('{ relative: 7% } # agreed with the shop team');
  const entries = parseBaselines(again, 'b.yaml');
  expect(entries.get('other')).toEqual(other);
  expect(entries.get('four')).toMatchObject({
    sha256: 'cd',
    margins: { 'sojourn.mean': { relative: 0.07 } },
  });
  expect(writeBaselines(again, new Map())).toBe(again);
});

test('it fits while the workload, the seed and the version are the same', () => {
  expect(misfit(baseline, scenario)).toBeNull();
  const described = scenarioOf(5, text.replace('expect:', 'description: words\nexpect:'));
  expect(misfit(baseline, described)).toBeNull();
  const policy = scenarioOf(5, text.replace('{ name: a }', '{ name: a, loadfactor: 3 }'));
  expect(misfit(baseline, policy)).toBeNull();
  expect(misfit(baseline, scenarioOf(6))).toMatch(/seed 5.*seed 6/);
  expect(misfit(baseline, scenarioOf(5, text.replace('320/s', '321/s')))).toMatch(/other traffic/);
  expect(misfit(baseline, scenarioOf(5, text.replace('20ms }', '21ms }')))).toMatch(
    /other traffic/,
  );
  expect(misfit({ ...baseline, version: '0.0.1' }, scenario)).toMatch(/fairlead 0\.0\.1/);
  const margins = { ...baseline.margins, 'sojourn.p50': { relative: 0.1 } };
  expect(misfit({ ...baseline, margins }, scenario)).toMatch(/sojourn\.p50/);
});

test.each([
  [
    'margins: {}',
    'sojourn.mean: { relative: 2% }',
    'sojourn.mena: { relative: 2% }',
    /did you mean sojourn\.mean\?/,
  ],
  ['unit', '{ absolute: 0.1% }', '{ absolute: 5ms }', /b\.yaml:\d+:\d+ .*expected a share/],
  ['both', '{ relative: 2% }', '{ relative: 2%, absolute: 1 }', /a margin such as/],
  [
    'direction',
    'sojourn.mean: { relative: 2% }',
    'utilization: { relative: 2% }',
    /does not judge/,
  ],
  ['row', ', 0.30000000000000004, 0, 1 ]', ', 0.3, 0 ]', /is not a fingerprint and 3 numbers/],
  ['format', 'fairlead/baseline@1', 'fairlead/baseline@2', /fairlead\/baseline@1/],
  ['key', 'warmup:', 'warmpu:', /did you mean warmup\?/],
])('refused with a place and what to do: %s', (_, from, to, message) => {
  const broken = written.replace(from, to);
  expect(broken).not.toBe(written);
  expect(() => parseBaselines(broken, 'b.yaml')).toThrow(message);
  expect(() => parseBaselines(broken, 'b.yaml')).toThrow(LabError);
});
