import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../sim/result.ts';
import { fairlead, folder, program, small } from './cli.ts';

const files = { 'small.yaml': small };

test('run --json prints the document and nothing else', async () => {
  const { code, stdout } = await fairlead(['run', 'small.yaml', '--json'], { cwd: folder(files) });
  const result = JSON.parse(stdout) as Result;
  expect(code).toBe(0);
  expect(stdout.endsWith('}\n')).toBe(true);
  expect(result).toMatchObject({ format: 'fairlead/result@1', scenario: { name: 'small' } });
  expect(result.runs.map(({ lbmethod }) => lbmethod)).toEqual(['byrequests']);
});

test("compare --json compares httpd's four, the scenario's own first", async () => {
  const cwd = folder({ 'x.yaml': small.replace('byrequests', 'bybusyness') });
  const { stdout } = await fairlead(['compare', 'x.yaml', '--json'], { cwd });
  const { runs } = JSON.parse(stdout) as Result;
  const names = runs.map(({ lbmethod }) => lbmethod);
  expect(names).toEqual(['bybusyness', 'byrequests', 'bytraffic', 'heartbeat']);
});

test('compare with one lbmethod compares it with the scenario’s own', async () => {
  const args = ['compare', 'small.yaml', '--lbmethod', 'random', '--json'];
  const { runs } = JSON.parse((await fairlead(args, { cwd: folder(files) })).stdout) as Result;
  expect(runs.map(({ lbmethod }) => lbmethod)).toEqual(['byrequests', 'random']);
});

test('the same bytes on any number of threads, and again', async () => {
  const cwd = folder(files);
  const args = ['compare', 'small.yaml', '--json', '--quiet', '--threads'];
  const texts: string[] = [];
  for (const threads of ['1', '2', '4', '1']) {
    texts.push((await fairlead([...args, threads], { cwd })).stdout);
  }
  expect(texts[0]?.length).toBeGreaterThan(1000);
  expect(new Set(texts).size).toBe(1);
});

test('--seed takes the place of the scenario’s', async () => {
  const cwd = folder(files);
  const result = async (...more: string[]) =>
    JSON.parse(
      (await fairlead(['run', 'small.yaml', '--json', ...more], { cwd })).stdout,
    ) as Result;
  const [own, same, other] = [
    await result(),
    await result('--seed', '1'),
    await result('--seed', '2'),
  ];
  expect(same).toEqual(own);
  expect(other.scenario.seed).toBe('2');
  expect(other.runs[0]?.metrics['sojourn.mean']).not.toEqual(own.runs[0]?.metrics['sojourn.mean']);
});

test('--quiet leaves stderr empty; without it, progress is there and not on stdout', async () => {
  const cwd = folder(files);
  const quiet = await fairlead(['run', 'small.yaml', '--quiet'], { cwd });
  const loud = await fairlead(['run', 'small.yaml'], { cwd });
  expect(quiet).toMatchObject({ code: 0, stderr: '' });
  expect(loud.stdout).toBe(quiet.stdout);
  expect(loud.stderr).toContain('4/4 replications');
});

test('--out writes the report and only that', async () => {
  const cwd = folder(files);
  const { code, stdout, stderr } = await fairlead(['compare', 'small.yaml', '--out', 'report'], {
    cwd,
  });
  const names = readdirSync(join(cwd, 'report')).sort();
  expect(code).toBe(0);
  expect(stderr).toContain(join('report', 'index.html'));
  expect(stdout).not.toContain('index.html');
  expect(names).toEqual(
    expect.arrayContaining(['index.html', 'metrics.csv', 'result.json', 'series.csv']),
  );
  expect(names.filter((name) => !/^[\w-]+\.(?:html|json|csv|svg)$|\.vl\.json$/.test(name))).toEqual(
    [],
  );
  expect(readdirSync(cwd).sort()).toEqual(['report', 'small.yaml']);
});

test('--out writes what --json prints', async () => {
  const cwd = folder(files);
  const { stdout } = await fairlead(['run', 'small.yaml', '--json', '--out', 'report'], { cwd });
  expect(readFileSync(join(cwd, 'report/result.json'), 'utf8')).toBe(stdout);
});

test('without --out nothing is written', async () => {
  const cwd = folder(files);
  await fairlead(['compare', 'small.yaml'], { cwd });
  expect(readdirSync(cwd)).toEqual(['small.yaml']);
});

test('a run in which requests stay unanswered is exit 4, with its result', async () => {
  // Every server hangs for longer than the drain lasts, and the balancer waits for them.
  const hang = '{ at: 1s, worker: [a, b, c], hang: 1h }';
  const workers = ['a', 'b', 'c'].map((name) => `{ name: ${name}, timeout: 1h }`).join(', ');
  const text = `${small.replace(/workers: .*/, `workers: [${workers}]`)}events: [ ${hang} ]\n`;
  const { code, stdout } = await fairlead(['run', 'x.yaml', '--json'], {
    cwd: folder({ 'x.yaml': text }),
  });
  const { runs } = JSON.parse(stdout) as Result;
  expect({ code, state: runs[0]?.state }).toEqual({ code: 4, state: 'truncated' });
});

describe('precision', () => {
  const asking = (relative: string, max: number) =>
    folder({
      'x.yaml': small.replace(
        'replications: 4',
        `precision: { metric: sojourn.mean, relative: ${relative}, max: ${max} }`,
      ),
    });

  test('tells the cost after ten replications, then how narrow the interval became', async () => {
    const { code, stdout, stderr } = await fairlead(['run', 'x.yaml'], { cwd: asking('3%', 500) });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /sojourn\.mean is ±\d.* % after 10 replications; ±3 % takes about \d+ \(at most 500\): about \d+ s more/,
    );
    expect(stdout).toMatch(
      /Precision reached: sojourn\.mean is within ±2\.\d+ % after \d+ replications, asked for ±3.00 %\./,
    );
  });

  test('not reached is exit 3, and said first', async () => {
    const cwd = asking('0.1%', 11);
    const { code, stdout } = await fairlead(['compare', 'x.yaml', '--quiet'], { cwd });
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /Precision not reached: sojourn\.mean is within ±\d\S* % in every run after 11 replications/,
    );
  });

  test('the same bytes on any number of threads', async () => {
    const cwd = asking('5%', 500);
    const texts: string[] = [];
    for (const threads of ['1', '3']) {
      const args = ['compare', 'x.yaml', '--lbmethod', 'random', '--json', '--quiet'];
      texts.push((await fairlead([...args, '--threads', threads], { cwd })).stdout);
    }
    expect(JSON.parse(texts[0]).runs[0].precision.reached).toBe(true);
    expect(texts[1]).toBe(texts[0]);
  });
});

/** util-linux's `script` gives a program a terminal. */
const hasScript = existsSync('/usr/bin/script');
test.skipIf(!hasScript)('colour on a terminal, unless NO_COLOR is set', () => {
  const cwd = folder(files);
  const command = `"${process.execPath}" "${program}" run small.yaml --quiet`;
  const shown = (NO_COLOR: string | undefined) =>
    execFileSync('/usr/bin/script', ['-qec', command, '/dev/null'], {
      cwd,
      env: { ...process.env, NO_COLOR, FORCE_COLOR: undefined, TERM: 'xterm' },
      encoding: 'utf8',
    });
  const sequence = '\u001b[';
  expect(shown(undefined)).toContain(sequence);
  expect(shown('1')).not.toContain(sequence);
});

test('no colour into a pipe', async () => {
  const { stdout } = await fairlead(['run', 'small.yaml'], { cwd: folder(files) });
  expect(stdout).toContain('sojourn.p99');
  expect(stdout).not.toContain('\u001b');
});
