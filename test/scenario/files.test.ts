import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadScenario, parseScenario } from '../../src/scenario/parse.ts';
import { problemsOf } from './problems.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const text = `run: { requests: 5 }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: { samples: service.csv } } }
clients: [ { name: c, arrival: { poisson: 10/s } } ]
`;

test.each([
  ['missing', () => join(folder, 'nowhere.yaml'), 'UNREADABLE', 'there is no such file'],
  ['a folder', () => folder, 'UNREADABLE', 'it is a folder'],
  ['a device', () => '/dev/null', 'UNREADABLE', 'it is a device'],
  ['empty', () => write('empty.yaml', ''), 'SYNTAX', 'the file is empty'],
  [
    'only comments',
    () => write('comments.yaml', '# one\n\n# two\n'),
    'SYNTAX',
    'the file is empty',
  ],
  ['null', () => write('null.yaml', '~\n'), 'SYNTAX', 'the file is empty'],
  ['10 MB', () => write('large.yaml', '# line\n'.repeat(1.5e6)), 'UNREADABLE', 'larger than 1 MiB'],
  [
    'binary',
    () => write('binary.yaml', Uint8Array.of(0x7f, 0x45, 0, 1)),
    'UNREADABLE',
    'not UTF-8',
  ],
  [
    'Latin-1',
    () => write('latin1.yaml', Buffer.from('name: é', 'latin1')),
    'UNREADABLE',
    'not UTF-8',
  ],
  [
    'UTF-16',
    () => write('utf16.yaml', Buffer.from('name: x', 'utf16le')),
    'UNREADABLE',
    'not UTF-8',
  ],
  [
    'nested too deeply',
    () => write('deep.yaml', '['.repeat(300_000)),
    'SYNTAX',
    'nested too deeply',
  ],
])('a scenario file that is %s is refused', (_, path, code, fragment) => {
  const problems = problemsOf(() => loadScenario(path()));
  expect(problems[0]?.code).toBe(code);
  expect(problems[0]?.message).toContain(fragment);
});

test('a byte order mark does no harm', () => {
  write('service.csv', '5ms\n');
  expect(loadScenario(write('bom.yaml', `\uFEFF${text}`)).clients).toHaveLength(1);
});

test('the digest covers the scenario and every file it refers to', () => {
  const path = write('scenario.yaml', text);
  write('service.csv', '5ms\n');
  const before = loadScenario(path).sha256;
  expect(parseScenario(text, path).sha256).toBe(before);
  write('service.csv', '6ms\n');
  const after = loadScenario(path).sha256;
  expect(after).not.toBe(before);
  expect(loadScenario(write('other.yaml', `${text}# more\n`)).sha256).not.toBe(after);
});

test('the digest covers what the module of an lbmethod imports, directly or not', () => {
  const own = '{ lbmethod: ./own.mjs, workers: [{ name: a }] }';
  write(
    'own.mjs',
    "import { one } from './one.mjs';\nimport 'a-package'; import './not-there.mjs';\n",
  );
  write('one.mjs', "export { one } from './two.cjs'; import './own.mjs';\n");
  write('two.cjs', 'exports.one = 1;\n');
  write('service.csv', '5ms\n');
  const path = write('scenario.yaml', text.replace(/^balancer:.*$/m, `balancer: ${own}`));
  const before = loadScenario(path).sha256;
  write('two.cjs', 'exports.one = 2;\n');
  expect(loadScenario(path).sha256).not.toBe(before);
});

test.each([
  ['', 'holds no values'],
  ['5ms\n-3ms\n', '"-3ms" is no value'],
  ['time,size\n5ms,x\n', '"x" is no value'],
])('samples %j are refused', (samples, fragment) => {
  write('service.csv', samples);
  const [problem] = problemsOf(() => parseScenario(text, join(folder, 'x.yaml')));
  expect(problem?.message).toContain(fragment);
});

test('a broken .gz is refused', () => {
  write('log.gz', 'not gzip');
  const traced = text
    .replace('{ samples: service.csv }', '5ms')
    .replace('poisson: 10/s', 'trace: log.gz');
  const [problem] = problemsOf(() => parseScenario(traced, join(folder, 'x.yaml')));
  expect(problem?.message).toContain('it is not a whole gzip file');
});
