/** Sweeps as a user runs them: rows, ledgers, shards, interruptions, and command lines that cannot be meant. */
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SweepResult } from '../../sim/sweep/result.ts';
import { alone, ended, fairlead, folder, small, stack, start } from './cli.ts';

const rate = 'clients.visitors.arrival.poisson';
const files = { 'small.yaml': small };
const cellsIn = (cwd: string, dir: string) => readdirSync(join(cwd, dir, 'cells')).sort();

/** Every file below a folder, with its text. */
function contents(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const texts = names.filter((name) => /\.\w+$/.test(name));
  return Object.fromEntries(texts.map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

test('a row for every cell and lbmethod; what is unstable or invalid is a row, too', async () => {
  const cwd = folder(files);
  const args = ['--vary', `${rate}=50/s,100/s,300/s`, '--lbmethod', 'byrequests,bybusyness'];
  const { code, stdout } = await fairlead(['sweep', 'small.yaml', ...args, '--json'], { cwd });
  const { format, runs, cells, comparisons } = JSON.parse(stdout) as SweepResult;
  expect({ code, format }).toEqual({ code: 0, format: 'fairlead/result@1' });
  expect(cells.map(({ state }) => state)).toEqual(['complete', 'complete', 'unstable']);
  expect(cells[2]!.message).toMatch(/clients offer 300 requests\/s/);
  expect(runs.map(({ cell, lbmethod }) => `${cell![rate]} ${lbmethod}`)).toEqual([
    '50/s byrequests',
    '50/s bybusyness',
    '100/s byrequests',
    '100/s bybusyness',
  ]);
  const busy = (i: number) => runs[i]!.metrics['utilization']!.mean;
  expect(busy(2) / busy(0)).toBeCloseTo(2, 0);
  expect(comparisons.every(({ cell }) => cell !== undefined)).toBe(true);
});

test('a cell is what the scenario with its values gives', async () => {
  const cwd = folder({ ...files, 'faster.yaml': small.replace('100/s', '120/s') });
  const args = ['--vary', `${rate}=120/s`, '--json', '--quiet'];
  const { stdout } = await fairlead(['sweep', 'small.yaml', ...args], { cwd });
  const single = await fairlead(['run', 'faster.yaml', '--json', '--quiet'], { cwd });
  const { cell, ...run } = (JSON.parse(stdout) as SweepResult).runs[0]!;
  expect(cell).toEqual({ [rate]: '120/s' });
  expect(run).toEqual(JSON.parse(single.stdout).runs[0]);
});

test('shards, merged, are the bytes of the whole; what is there is not run again', async () => {
  const cwd = folder(files);
  const base = ['sweep', 'small.yaml', '--vary', `${rate}=50/s,80/s,110/s`, '--vary', 'seed=1,2'];
  const whole = await fairlead([...base, '--out', 'whole'], { cwd });
  expect(whole.code).toBe(0);
  for (const shard of ['1/3', '2/3', '3/3']) {
    const dir = `shard-${shard[0]}`;
    const { code } = await fairlead([...base, '--shard', shard, '--out', dir, '-q'], { cwd });
    expect(code).toBe(0);
    expect(cellsIn(cwd, dir)).toHaveLength(2);
  }
  const two = await fairlead(['merge', 'shard-1', 'shard-2', '--out', 'part'], { cwd });
  expect(two.code).toBe(4);
  expect(two.stderr).toContain('2 of 6 cells are missing');
  expect(two.stdout).toContain('INCOMPLETE: 2 of 6 cells are missing');
  expect(readFileSync(join(cwd, 'part/index.html'), 'utf8')).toContain('INCOMPLETE: 2 of 6 cells');
  const all = ['shard-1', 'shard-2', 'shard-3', 'part'];
  const merged = await fairlead(['merge', ...all, '--out', 'merged'], { cwd });
  expect(merged.code).toBe(0);
  expect(merged.stderr).toContain('4 cells are in several folders');
  expect(contents(join(cwd, 'merged'))).toEqual(contents(join(cwd, 'whole')));

  const [name] = cellsIn(cwd, 'merged') as [string];
  const path = join(cwd, 'merged/cells', name);
  const marked = readFileSync(path, 'utf8').replace('"mean": ', '"mean": 7');
  writeFileSync(path, marked);
  const again = await fairlead([...base, '--out', 'merged'], { cwd });
  expect(again.stderr).toContain('6 of 6 cells are in merged already; 0 to run');
  expect(readFileSync(path, 'utf8')).toBe(marked);
  const conflict = await fairlead(['merge', 'merged', 'whole'], { cwd });
  expect({ code: conflict.code, stdout: conflict.stdout }).toEqual({ code: 5, stdout: '' });
  expect(conflict.stderr).toContain('has different results in merged and whole');
});

test('cells of an earlier sweep are reused where they fit, and foreign to a merge', async () => {
  const cwd = folder(files);
  const sweep = (values: string) =>
    fairlead(['sweep', 'small.yaml', '--vary', `seed=${values}`, '--out', 'out'], { cwd });
  await sweep('1,2');
  const { stderr } = await sweep('2,3');
  expect(stderr).toContain('1 of 2 cells are in out already; 1 to run');
  const merged = await fairlead(['merge', 'out'], { cwd });
  expect(merged.code).toBe(0);
  expect(merged.stderr).toContain('1 cells are not of this sweep');
});

test('a cell is run again when a module that its lbmethod imports has changed', async () => {
  const first = 'export const pick = (among) => among.ids[0];';
  const own = `import { pick } from './pick.mjs';
export default { name: 'own', summary: '', source: '', elect: (state, among) => pick(among) };`;
  const cwd = folder({ ...files, 'own.mjs': own, 'pick.mjs': first });
  const args = ['--vary', `${rate}=20/s`, '--lbmethod', './own.mjs', '--out', 'out', '--json'];
  const sweep = () => alone(['sweep', 'small.yaml', ...args], { cwd });
  const shareOfA = (stdout: string) =>
    (JSON.parse(stdout) as SweepResult).runs[0]!.workers[0]!.share.mean;
  expect(shareOfA((await sweep()).stdout)).toBe(1);
  expect((await sweep()).stderr).toContain('1 of 1 cells are in out already; 0 to run');
  writeFileSync(join(cwd, 'pick.mjs'), first.replace('[0]', '[1]'));
  const changed = await sweep();
  expect(changed.stderr).not.toContain('already');
  expect(shareOfA(changed.stdout)).toBe(0);
});

test('a precision that is not reached in some cell is inconclusive, as in a run', async () => {
  const precision = 'precision: { metric: sojourn.mean, relative: 50%, max: 10 }';
  const precise = small.replace('replications: 4', precision);
  const cwd = folder({ 'small.yaml': precise });
  const vary = (relatives: string) => ['--vary', `run.precision.relative=${relatives}`];
  const some = await fairlead(['sweep', 'small.yaml', ...vary('90%,0.01%'), '--out', 'o'], { cwd });
  expect(some.code).toBe(3);
  expect((await fairlead(['merge', 'o'], { cwd })).code).toBe(3);
  expect((await fairlead(['sweep', 'small.yaml', ...vary('90%')], { cwd })).code).toBe(0);
});

test('shards that call the scenario by other names merge, refused cells too', async () => {
  const cwd = folder({ 'small.yaml': small, 'same.yaml': small });
  const vary = ['--vary', `${rate}=50/s,300/s`];
  const messages = [];
  for (const [i, file] of ['small.yaml', 'same.yaml'].entries()) {
    const { stdout } = await fairlead(['sweep', file, ...vary, '--out', `o${i}`, '--json'], {
      cwd,
    });
    messages.push((JSON.parse(stdout) as SweepResult).cells[1]!.message);
  }
  expect(messages[0]).not.toBe(messages[1]);
  const { code, stderr } = await fairlead(['merge', 'o0', 'o1'], { cwd });
  expect(stderr).toContain('2 cells are in several folders, with the same results');
  expect(code).toBe(0);
});

test('why a cell cannot be read is told of the scenario as it is now', async () => {
  const uniform = small.replace('exponential: 10ms', 'uniform: [1ms, 9ms]');
  const cwd = folder({ 'one.yaml': uniform, 'two.yaml': uniform });
  const ends = ['0=1ms,5ms', '1=2ms,9ms'];
  const vary = ends.flatMap((end) => ['--vary', `backends.app.service.uniform.${end}`]);
  const told = async (file: string) => {
    const args = ['sweep', file, ...vary, '--out', 'out', '--json'];
    const { stdout } = await fairlead(args, { cwd });
    return (JSON.parse(stdout) as SweepResult).cells[2]!.message;
  };
  expect(await told('one.yaml')).toMatch(/^one\.yaml:7:.*the first value is above the second/);
  expect(await told('two.yaml')).toMatch(/^two\.yaml:7:/);
});

test('an interrupt leaves whole cells, and the same command goes on from them', async () => {
  // The last cells would take minutes, so that the signal cannot come too late.
  const long = small.replace('replications: 4', 'replications: 20');
  const cwd = folder({ 'long.yaml': long });
  const args = ['--vary', 'run.requests=300,400,30000000', '--out', 'out', '--lbmethod'];
  const child = start(['sweep', 'long.yaml', ...args, 'byrequests'], { cwd });
  const done = ended(child);
  const cells = join(cwd, 'out/cells');
  await once(child.stderr!, 'data'); // it has begun, so the folder is there
  const watcher = watch(cells);
  while (readdirSync(cells).filter((name) => name.endsWith('.json')).length < 2) {
    await once(watcher, 'change');
  }
  watcher.close();
  child.kill('SIGINT');
  const { code, stdout, stderr } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain('interrupted; 2 of 3 cells are in out, the same command goes on');
  const names = readdirSync(cells);
  expect(names).toHaveLength(2);
  for (const name of names) {
    expect(JSON.parse(readFileSync(join(cells, name), 'utf8'))).toMatchObject({
      state: 'complete',
    });
  }
  expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['cells', 'manifest.json']);
  const short = ['--vary', 'run.requests=300,400,500', '--out', 'out', '--lbmethod', 'byrequests'];
  const again = await fairlead(['sweep', 'long.yaml', ...short], { cwd });
  expect(again.code).toBe(0);
  expect(again.stderr).toContain('2 of 3 cells are in out already; 1 to run');
});

test('killed in the middle, and run again: the bytes of one run, and nothing else', async () => {
  const cwd = folder(files);
  const vary = ['--vary', 'run.requests=300,400,60000', '--lbmethod', 'byrequests,p2c'];
  const args = (out: string) => ['sweep', 'small.yaml', ...vary, '--out', out];
  const child = start(args('out'), { cwd });
  const done = ended(child);
  const cells = join(cwd, 'out/cells');
  await once(child.stderr!, 'data');
  const watcher = watch(cells);
  while (!readdirSync(cells).some((name) => name.endsWith('.json'))) await once(watcher, 'change');
  watcher.close();
  child.kill('SIGKILL');
  expect((await done).code).toBeNull();
  const [whole] = readdirSync(cells).filter((name) => name.endsWith('.json'));
  writeFileSync(join(cells, `${whole}.4711.tmp`), '{ "format": "fairlead/ce'); // as a kill while it writes leaves it
  const again = await fairlead(args('out'), { cwd });
  const inOne = await fairlead(args('once'), { cwd });
  expect({ ...again, stderr: '' }).toEqual({ ...inOne, stderr: '' });
  expect(contents(join(cwd, 'out'))).toEqual(contents(join(cwd, 'once')));
});

test('a cell that fails is a row that says how to see it again, and is tried again', async () => {
  const faulty = `export default { name: 'odd', summary: '', source: '', elect: (state, among) => {
    if (globalThis.process.env.FAULT) throw new Error('no more');
    return among.ids[0];
  } };`;
  const cwd = folder({ ...files, 'odd.mjs': faulty });
  const args = [
    'sweep',
    'small.yaml',
    '--vary',
    'seed=1,2',
    '--lbmethod',
    './odd.mjs',
    '--out',
    'o',
  ];
  const env = { ...process.env, FAULT: '1' };
  const { code, stdout } = await alone([...args, '--json'], { cwd, env });
  expect(code).toBe(5);
  const { cells } = JSON.parse(stdout) as SweepResult;
  expect(cells.map(({ state }) => state)).toEqual(['failed', 'failed']);
  const command = 'reproduce with: fairlead sweep small.yaml --vary seed=1 --lbmethod ./odd.mjs';
  expect(cells[0]!.message).toMatch(/^failed: .*no more/);
  expect(cells[0]!.message).toContain(command);
  cpSync(join(cwd, 'o'), join(cwd, 'failed'), { recursive: true });
  const again = await fairlead(args, { cwd });
  expect(again.code).toBe(0);
  expect((await fairlead(['merge', 'failed', 'o'], { cwd })).code).toBe(0);
});

test('--dry-run tells cells, replications and requests beforehand, and runs none', async () => {
  const cwd = folder(files);
  const args = ['--vary', `${rate}=50/s,100/s,300/s`, '--out', 'out', '--dry-run', '--json'];
  const { code, stdout } = await fairlead(['sweep', 'small.yaml', ...args], { cwd });
  expect(code).toBe(0);
  // 2 cells x 4 replications x 300 requests, and a warm-up of 1 s at 50 and 100 a second in each.
  const requests = 4 * (300 + 50) + 4 * (300 + 100);
  expect(JSON.parse(stdout)).toMatchObject({ cells: 3, refused: 1, replications: 8, requests });
  expect(JSON.parse(stdout).seconds).toBeGreaterThan(0);
  expect(readdirSync(cwd)).toEqual(['small.yaml']);
});

test.each([
  ['nothing varied', [], /nothing is varied; expected --vary/],
  ['no values', ['--vary', 'seed'], /expected PATH=V1,V2/],
  ['a range without step', ['--vary', 'run.requests=1..3'], /has no step; expected 1\.\.3:STEP/],
  ['a path twice', ['--vary', 'seed=1', '--vary', 'seed=2'], /seed is varied twice/],
  ['a zip before its vary', ['--zip', 'seed=1'], /there is none; write --vary first/],
  ['a zip of other length', ['--vary', 'seed=1,2', '--zip', 'run.requests=9'], /expected as many/],
  ['an unknown key', ['--vary', 'run.warmpu=1s'], /run\.warmpu=1s: .*did you mean warmup\?/],
  ['an unknown name', ['--vary', 'clients.visitor.timeout=1s'], /did you mean visitors\?/],
  ['an entry too far', ['--vary', 'clients.1.timeout=1s'], /clients has entries 0 to 0/],
  [
    'a value without unit',
    ['--vary', `${rate}=5,9/s`],
    /small\.yaml:9:43 --vary .*=5: .*expected a rate/,
  ],
  ['an unknown lbmethod', ['--vary', 'balancer.lbmethod=byrequest'], /byrequest/],
  ['a value of no use anywhere', ['--vary', 'backends.app.slots=0'], /=0: .*at least 1/],
  ['inside of a value', ['--vary', 'seed.x=1'], /seed.*1: .*not a known key|expected/],
  [
    'an unknown where',
    ['--vary', 'seed=1', '--where', 'sed < 2'],
    /sed is not varied; did you mean seed\?/,
  ],
  ['half a where', ['--vary', 'seed=1', '--where', 'seed'], /expected A OP B/],
  ['nothing left', ['--vary', 'seed=1', '--where', 'seed > 1'], /leaves none of 1 cells/],
  ['a shard of none', ['--vary', 'seed=1', '--shard', '0/2', '--out', 'o'], /expected i\/N/],
  ['a shard beyond', ['--vary', 'seed=1', '--shard', '3/2', '--out', 'o'], /expected i\/N/],
  ['a shard for nobody', ['--vary', 'seed=1', '--shard', '1/2'], /--shard needs --out DIR/],
  ['a file to write to', ['--vary', 'seed=1', '--out', 'small.yaml'], /which is a file/],
  [
    'a millionfold grid',
    ['--vary', 'seed=1..1000:1', '--vary', 'run.requests=1..1000:1'],
    /1000000 cells/,
  ],
  ['no threads', ['--vary', 'seed=1', '--threads', '0'], /Expected a whole number from 1/],
])('sweep with %s is unusable: exit 2, and why', async (_, args, why) => {
  const { code, stdout, stderr } = await fairlead(['sweep', 'small.yaml', ...args], {
    cwd: folder(files),
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(stack);
});

test.each([
  ['no folder', ['merge'], /missing required argument/],
  ['a file', ['merge', 'small.yaml'], /small\.yaml is no folder/],
  ['a folder of something else', ['merge', '.'], /has no manifest\.json/],
  ['an httpd.conf', ['sweep', 'x.conf', '--vary', 'seed=1'], /httpd\.conf by its name/],
  ['a missing scenario', ['sweep', 'x.yaml', '--vary', 'seed=1'], /there is no such file/],
])('%s is unusable: exit 2, and why', async (_, args, why) => {
  const { code, stdout, stderr } = await fairlead(args, { cwd: folder(files) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(stack);
});

test('ledgers of different sweeps do not merge', async () => {
  const cwd = folder(files);
  for (const seed of ['1', '2']) {
    await fairlead(['sweep', 'small.yaml', '--vary', `seed=${seed}`, '--out', seed, '-q'], { cwd });
  }
  const { code, stderr } = await fairlead(['merge', '1', '2'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('is of another sweep than 1');
});
