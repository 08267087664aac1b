import { expect, test } from 'vitest';
import { metricNames } from '../../src/scenario/metrics.ts';
import { fairlead } from './cli.ts';

test('every metric with unit, direction, margin, formula and what chance makes of it', async () => {
  const { code, stdout } = await fairlead(['metrics']);
  const heads = stdout.split('\n').filter((line) => /^\S/.test(line));
  expect(code).toBe(0);
  expect(heads.map((line) => line.split(' ')[0])).toEqual(metricNames);
  expect(stdout).toContain(
    'fairness.jain  number, higher is better, equivalent within 0.005\n  (sum x)^2',
  );
  expect(stdout).toContain('by chance alone: about 1 / (1 + (n - 1) / m)');
});

test('one metric, as JSON', async () => {
  const { stdout } = await fairlead(['metrics', 'sojourn.p99', '--json']);
  const { format, metrics } = JSON.parse(stdout);
  expect(format).toBe('fairlead/metrics@1');
  expect(metrics).toMatchObject([{ name: 'sojourn.p99', unit: 'ms', better: 'lower' }]);
});

test('an unknown one is exit 2 with the nearest', async () => {
  const { code, stderr } = await fairlead(['metrics', 'sojurn.p99']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'command line: sojurn.p99 is no metric; did you mean sojourn.p99?\n',
  });
});
