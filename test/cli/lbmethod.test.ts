/** A user's own lbmethod, from a file: it works like the others, and its faults are told as its own. */
import { expect, test } from 'vitest';
import type { Result } from '../../sim/result.ts';
import { fairlead, folder, small, stack } from './cli.ts';

/** The idle worker that was longest not chosen, else the first: with a column of its own. */
const mine = `export default {
  name: 'longest-idle',
  summary: 'the free worker that was chosen longest ago',
  source: 'this test',
  columns: { chosenNs: 'f64' },
  elect({ busy, chosenNs }, { ids, count }, nowNs) {
    let best = ids[0];
    for (let i = 1; i < count; i++) {
      const worker = ids[i];
      const freer = busy[worker] < busy[best];
      const older = busy[worker] === busy[best] && chosenNs[worker] < chosenNs[best];
      if (freer || older) best = worker;
    }
    chosenNs[best] = nowNs;
    return best;
  },
};
`;
const files = { 'small.yaml': small, 'mine.mjs': mine };

test('run takes it by its path, and calls it by its name', async () => {
  const args = ['run', 'small.yaml', '--lbmethod', './mine.mjs', '--json', '--quiet'];
  const { code, stdout, stderr } = await fairlead(args, { cwd: folder(files) });
  const { runs } = JSON.parse(stdout) as Result;
  expect({ code, stderr, name: runs[0]?.lbmethod }).toEqual({
    code: 0,
    stderr: '',
    name: 'longest-idle',
  });
  expect(runs[0]?.workers.map(({ share }) => share.mean > 0.2)).toEqual([true, true, true]);
});

test('compare takes it in a list, as .js too', async () => {
  const cwd = folder({ 'small.yaml': small, 'mine.js': mine, 'package.json': '{"type":"module"}' });
  const args = ['compare', 'small.yaml', '--lbmethod', 'bybusyness,./mine.js', '--json'];
  const { runs } = JSON.parse((await fairlead(args, { cwd })).stdout) as Result;
  expect(runs.map(({ lbmethod }) => lbmethod)).toEqual(['bybusyness', 'longest-idle']);
});

test('compare tells two modules apart whose methods have one name', async () => {
  const by = (which: string) => `export default { name: 'mine', elect: (_, among) => ${which} };`;
  const cwd = folder({
    'small.yaml': small,
    'old.mjs': by('among.ids[0]'),
    'new.mjs': by('among.ids[among.count - 1]'),
  });
  const list = './old.mjs,./new.mjs,./old.mjs';
  const args = ['compare', 'small.yaml', '--lbmethod', list, '--json', '-q'];
  const { runs } = JSON.parse((await fairlead(args, { cwd })).stdout) as Result;
  expect(runs.map(({ lbmethod, workers }) => [lbmethod, workers[0]?.share.mean])).toEqual([
    ['mine (old.mjs)', 1],
    ['mine (new.mjs)', 0],
  ]);
});

test('explain shows its choices', async () => {
  const args = ['explain', 'small.yaml', '--lbmethod', './mine.mjs', '--request', '1'];
  const { code, stdout } = await fairlead(args, { cwd: folder(files) });
  expect(code).toBe(0);
  expect(stdout).toContain('-> a  by longest-idle: the free worker that was chosen longest ago');
});

test('a scenario may name it, relative to itself', async () => {
  const cwd = folder({ 'x.yaml': small.replace('byrequests', './mine.mjs'), 'mine.mjs': mine });
  const { stdout } = await fairlead(['run', `${cwd}/x.yaml`, '--json']);
  expect((JSON.parse(stdout) as Result).runs[0]?.lbmethod).toBe('longest-idle');
});

const withParameter = `export default {
  name: 'nth',
  summary: 'the candidate of a number', source: 'this test',
  parameters: {
    number: { kind: 'whole', min: 0, max: 2, default: 0, says: 'which one' },
    window: { kind: 'duration', min: 0, max: 1e12, default: 1e9, says: 'a time' },
  },
  elect({ parameters }, { ids }) {
    if (parameters.window !== 1e9 && parameters.window !== 5e6) throw new Error('window');
    return ids[parameters.number];
  },
};
`;

test('a scenario may set its parameters, and results name them', async () => {
  const text = small.replace('byrequests', '{ ./nth.mjs: { number: 1, window: 5ms } }');
  const cwd = folder({ 'x.yaml': text, 'nth.mjs': withParameter });
  const { stdout } = await fairlead(['compare', 'x.yaml', '--lbmethod', './nth.mjs', '--json'], {
    cwd,
  });
  const { runs } = JSON.parse(stdout) as Result;
  expect(runs.map(({ lbmethod, workers }) => [lbmethod, workers.map((w) => w.share.mean)])).toEqual(
    [
      ['nth (number 1, window 5ms)', [0, 1, 0]],
      ['nth', [1, 0, 0]],
    ],
  );
});

test.each([
  ['{ number: 3 }', 'number of nth is 3; expected a whole number from 0 to 2'],
  ['{ nomber: 1 }', 'nth has no parameter nomber; it has number, window'],
])('parameters %s are unusable: exit 2', async (parameters, why) => {
  const text = small.replace('byrequests', `{ ./nth.mjs: ${parameters} }`);
  const cwd = folder({ 'x.yaml': text, 'nth.mjs': withParameter });
  const { code, stderr } = await fairlead(['run', 'x.yaml', '-q'], { cwd });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
  expect(stderr).not.toMatch(stack);
});

test('a manager event may switch to it', async () => {
  const event = 'events: [{ at: 0s, manager: { lbmethod: { ./nth.mjs: { number: 2 } } } }]\n';
  const cwd = folder({ 'x.yaml': small + event, 'nth.mjs': withParameter });
  const { stdout } = await fairlead(['run', 'x.yaml', '--json'], { cwd });
  const { runs } = JSON.parse(stdout) as Result;
  expect(runs[0]?.workers.map((w) => w.share.mean)).toEqual([0, 0, 1]);
});

const electing = (body: string) =>
  `export default { name: 'odd', elect(state, among) { ${body} } };`;

test.each([
  ['exports nothing', 'const x = 1;', 'exports no lbmethod; expected an object'],
  ['exports something else', 'export default { name: 5, elect: 1 };', 'exports no lbmethod'],
  ['throws when loaded', "throw new Error('boom');", 'cannot be loaded: boom'],
  ['does not parse', 'export default {', 'cannot be loaded: '],
  ['throws in elect', electing("throw new Error('no idea');"), 'odd threw: Error: no idea'],
  ['elects a worker that is not there', electing('return 7;'), 'odd returned 7; expected one of'],
  ['elects half a worker', electing('return 0.5;'), 'odd returned 0.5; expected one of'],
  ['elects nothing', electing(''), 'odd returned undefined; expected one of'],
])('a module that %s is unusable: exit 2, naming it', async (_, text, why) => {
  const cwd = folder({ 'small.yaml': small, 'odd.mjs': text });
  for (const command of ['run', 'explain']) {
    const args = [command, 'small.yaml', '--lbmethod', './odd.mjs', '--threads', '1', '--quiet'];
    const shared = command === 'run' ? args : args.slice(0, 4);
    const { code, stdout, stderr } = await fairlead(shared, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('odd.mjs');
    expect(stderr).toContain(why);
    expect(stderr).not.toMatch(stack);
  }
});

test('a module that elects a disabled worker is unusable', async () => {
  const text = small.replace('{ name: c }', '{ name: c, status: D }');
  const cwd = folder({ 'x.yaml': text, 'odd.mjs': electing('return 2;') });
  const { code, stderr } = await fairlead(['run', 'x.yaml', '--lbmethod', './odd.mjs', '-q'], {
    cwd,
  });
  expect(code).toBe(2);
  expect(stderr).toContain('odd returned 2; expected one of');
});

test('a module that is missing is unusable', async () => {
  const args = ['run', 'small.yaml', '--lbmethod', './nothing.mjs'];
  const { code, stderr } = await fairlead(args, { cwd: folder(files) });
  expect(code).toBe(2);
  expect(stderr).toContain('nothing.mjs: cannot be loaded');
});

test('a module that tampers with busy breaks an invariant: exit 5', async () => {
  const text = electing('state.busy[among.ids[0]] += 3; return among.ids[0];');
  const cwd = folder({ 'small.yaml': small, 'odd.mjs': text });
  const args = [
    'run',
    'small.yaml',
    '--lbmethod',
    './odd.mjs',
    '--json',
    '--quiet',
    '--out',
    'report',
  ];
  const { code, stdout, stderr } = await fairlead(args, { cwd });
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  expect(stderr).toMatch(/broke an invariant \(odd, seed 1, replication 0\): busy: /);
});
