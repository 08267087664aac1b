/** The search for capacity as a user runs it. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CapacityResult } from '../../sim/capacity/capacity.ts';
import { ended, fairlead, folder, small, stack, start } from './cli.ts';

const one = small.replace(
  'workers: [{ name: a, loadfactor: 2 }, { name: b }, { name: c }]',
  'workers: [{ name: a }]',
);
const files = {
  'small.yaml': small,
  'one.yaml': one.replace('100/s', '50/s').replace('requests: 300', 'requests: 2000'),
  'closed.yaml': small.replace('poisson: 100/s', 'closed: { users: 3 }'),
};
const slo = ['--slo', 'sojourn.mean < 40ms'];

test('--json prints the capacity, its interval, and every rate that was looked at', async () => {
  const args = ['capacity', 'one.yaml', ...slo, '--precision', '10%', '--json'];
  const { code, stdout, stderr } = await fairlead(args, { cwd: folder(files) });
  const { format, objectives, capacities } = JSON.parse(stdout) as CapacityResult;
  expect({ code, format, objectives }).toEqual({
    code: 0,
    format: 'fairlead/capacity@1',
    objectives: ['sojourn.mean < 40ms'],
  });
  const [{ state, requestsPerSecond, looks }] = capacities as [CapacityResult['capacities'][0]];
  const [low, high] = requestsPerSecond!.ci95;
  expect(state).toBe('found');
  // 1/10ms - 1/(40ms - 1ms of rtt) is 74.4; seeds are fixed.
  expect(low).toBeLessThan(74.4);
  expect(high).toBeGreaterThan(74.4);
  expect(Math.log(high! / low) / 2).toBeLessThanOrEqual(0.1);
  const rates = looks.map((look) => look.requestsPerSecond);
  expect(rates).toEqual([...rates].sort((a, b) => a - b));
  expect(stderr).toMatch(/^about 12 rates x 10 replications, 240,000 requests: \d+ (s|min)/);
  expect(stderr).toMatch(/requests\/s, 10 replications: (holds|unclear|fails) \(sojourn\.mean /);
});

test('what more replications will cost is told before they are run', async () => {
  const args = ['capacity', 'one.yaml', ...slo, '--precision', '2%', '--max-replications', '15'];
  const { code, stderr } = await fairlead(args, { cwd: folder(files) });
  expect(code).toBe(3);
  const [before, after] = stderr.split(/^.* ±[\d.]+ % with 10 replications at each rate.*$/m);
  expect(stderr).toMatch(/asked for ±2 %; now 15, which is the most allowed: about \d+ (s|min)$/m);
  expect(before!.match(/requests\/s, 10 replications/g)!.length).toBeLessThan(6);
  expect(before).not.toMatch(/15 replications/);
  expect(after).not.toMatch(/requests\/s, 10 replications/);
});

test('--out writes the report, and the document that --json prints', async () => {
  const cwd = folder(files);
  const args = ['capacity', 'one.yaml', ...slo, '--precision', '50%', '--json', '--out', 'report'];
  const { code, stdout, stderr } = await fairlead(args, { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^report: report\/index\.html$/m);
  expect(readFileSync(path.join(cwd, 'report/result.json'), 'utf8')).toBe(stdout);
  expect(readdirSync(path.join(cwd, 'report')).sort()).toEqual([
    'capacity-1.csv',
    'capacity-1.svg',
    'capacity-1.vl.json',
    'index.html',
    'rates.csv',
    'result.json',
  ]);
});

test('--out that is a file is refused before anything is simulated', async () => {
  const args = ['capacity', 'one.yaml', ...slo, '--out', 'small.yaml'];
  const { code, stdout, stderr } = await fairlead(args, { cwd: folder(files) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/--out is small\.yaml, which is a file; expected a folder/);
  expect(stderr).not.toMatch(/replications/);
});

test('2: what a search for a rate cannot do as the scenario says', async () => {
  const cwd = folder({
    'precise.yaml': small.replace(
      'replications: 4',
      'precision: { metric: sojourn.mean, relative: 5% }',
    ),
    'event.yaml': `${small}events: [ { at: 1s, worker: a, crash: 1s } ]\n`,
    'fault.yaml': `${small}faults: [ { worker: a, pause: { up: 1s, down: 10ms } } ]\n`,
  });
  for (const [file, said] of [
    [
      'precise.yaml',
      /^precise\.yaml:2:35 run\.precision is not supported yet by capacity.* --precision/,
    ],
    [
      'event.yaml',
      /^event\.yaml:2:8 run\.requests gives no length of time.* expected run\.duration/,
    ],
    ['fault.yaml', /^fault\.yaml:2:8 run\.requests gives no length of time/],
  ] as const) {
    const { code, stdout, stderr } = await fairlead(['capacity', file, ...slo], { cwd });
    expect({ file, code, stdout }).toEqual({ file, code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  }
});

test('words, a row for every lbmethod, workers out; the same bytes on any number of threads', async () => {
  const cwd = folder(files);
  const args = [
    'capacity',
    'small.yaml',
    ...slo,
    '--precision',
    '50%',
    '--without',
    'a',
    '--quiet',
  ];
  const on = (threads: string) =>
    fairlead([...args, '--lbmethod', 'byrequests,bybusyness', '--threads', threads], { cwd });
  const [first, second] = [await on('1'), await on('2')];
  expect(first).toEqual(second);
  expect(first.stderr).toBe('');
  expect(first.stdout).toMatch(/^small without a: sojourn\.mean < 40ms$/m);
  expect(first.stdout).toMatch(/^bybusyness: up to 1\d\d requests\/s \(95 % interval/m);
});

test.each([
  ['missed everywhere', 1, ['--slo', 'sojourn.mean < 5ms'], /missed even at 3\.\d+ requests\/s/],
  ['too wide', 3, [...slo, '--max-replications', '10', '--precision', '0.1%'], /wider than asked/],
  ['without data', 4, ['--slo', 'sojourn.p999 < 1s'], /no data/],
])('%s: exit %i', async (_, expected, args, words) => {
  const { code, stdout } = await fairlead(['capacity', 'small.yaml', ...args, '-q'], {
    cwd: folder(files),
  });
  expect(code).toBe(expected);
  expect(stdout).toMatch(words);
});

test('an interrupt: exit 130, and nothing on stdout', async () => {
  const long = small.replace('requests: 300', 'requests: 30000000');
  const child = start(['capacity', 'long.yaml', ...slo], { cwd: folder({ 'long.yaml': long }) });
  await once(child.stderr!, 'data'); // the cost is told
  child.kill('SIGINT');
  const { code, stdout } = await ended(child);
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
});

test.each([
  ['no objective', 'small.yaml', [], /no objective; expected --slo 'sojourn\.p99 < 200ms'/],
  [
    'no metric',
    'small.yaml',
    ['--slo', 'sojourn.p98 < 1s'],
    /--slo: .*sojourn\.p98 is no metric; did you mean/,
  ],
  [
    'no unit',
    'small.yaml',
    ['--slo', 'sojourn.p99 < 200'],
    /--slo: .*expected a time such as 400ms/,
  ],
  [
    'no comparison',
    'small.yaml',
    ['--slo', 'sojourn.p99'],
    /--slo: .*expected a line METRIC OP BOUND/,
  ],
  [
    'an slo metric without slo',
    'small.yaml',
    ['--slo', 'slo.attained > 99%'],
    /needs an objective/,
  ],
  [
    'an unknown worker',
    'small.yaml',
    [...slo, '--without', 'aa'],
    /no worker of this name; known here: a, b, c/,
  ],
  ['all workers out', 'small.yaml', [...slo, '--without', 'a,b,c'], /names every worker/],
  ['an unknown client', 'small.yaml', [...slo, '--client', 'x'], /no open client of this name/],
  ['closed clients', 'closed.yaml', slo, /every client is closed/],
  ['half a precision', 'small.yaml', [...slo, '--precision', '2'], /expected a percentage/],
  ['few replications', 'small.yaml', [...slo, '--max-replications', '3'], /whole number from 10/],
  ['no lbmethod', 'small.yaml', [...slo, '--lbmethod', 'byrequest'], /no lbmethod of this name/],
])('%s is unusable: exit 2, and why', async (_, file, args, why) => {
  const { code, stdout, stderr } = await fairlead(['capacity', file, ...args], {
    cwd: folder(files),
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(stack);
});
