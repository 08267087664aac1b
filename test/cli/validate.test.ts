import { expect, test } from 'vitest';
import { fairlead } from './cli.ts';

test('validate prints theory beside simulation and ends with 0 when all agree', async () => {
  const { code, stdout, stderr } = await fairlead(['validate', '--only', 'v17, V30', '--quiet']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^ V17 {2}M\/M\/1\/5, 0.8 offered$/m);
  expect(stdout).toMatch(/^ {3}sojourn.mean +2.56307 +2\.\d+ .* pass$/m);
  expect(stdout).toMatch(/^ {3}largest difference +0 +0 +.* pass$/m);
  expect(stdout).toMatch(/^6 checks passed, 0 failed$/m);
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('validate --json is the same on any number of threads', async () => {
  const args = ['validate', '--only', 'V17', '--json', '--seed', 'other', '--threads'];
  const [one, two] = [await fairlead([...args, '1']), await fairlead([...args, '2'])];
  expect(one.stdout).toBe(two.stdout);
  const { format, seed, passed, failed, cases } = JSON.parse(one.stdout);
  expect({ format, seed, checks: passed + failed }).toEqual({
    format: 'fairlead/validation@1',
    seed: 'other',
    checks: 4,
  });
  expect(cases[0].checks[0].theory).toBeCloseTo(0.088819, 6);
});

test('validate names the nearest case', async () => {
  const { code, stderr } = await fairlead(['validate', '--only', 'V17,V0E']);
  expect(code).toBe(2);
  expect(stderr).toContain('--only names "V0E", which is no case; did you mean V01?');
});
