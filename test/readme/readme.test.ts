/**
 * README.md does what it says: every command in it runs, files it shows are used as they stand, and output it
 * shows is real. All is seeded, so nothing here fails by chance.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exit } from '../../src/cli/exit.ts';
import { version } from '../../src/version.ts';
import { program } from '../cli/cli.ts';
import { anchorsOf, commandsOf, fencesOf, linksOf, missingLines } from './markdown.ts';
import { metricTable } from './metric-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inRoot = (path: string) => join(root, path);
const read = (path: string) => readFileSync(inRoot(path), 'utf8');

const readme = read('README.md');
const manifest = JSON.parse(read('package.json'));
const fences = fencesOf(readme);
const commands = fences.flatMap(commandsOf);
const files = fences.filter(({ file }) => file !== '');

/** Commands that would run this test again, or for minutes: where else they are run. */
const elsewhere: Readonly<Record<string, { readonly file: string; readonly has: string }>> = {
  'npm ci && npm test': { file: '.ci/run', has: 'FAIRLEAD_HEAVY=1 npm test' },
  'npm run bench': { file: '.ci/run', has: 'npm run --silent bench' },
  'npm run bench:proxy': { file: '.ci/run', has: 'npm run --silent bench:proxy' },
  'FAIRLEAD_HEAVY=1 npx vitest run test/validation/power.test.ts': {
    file: '.ci/run',
    has: 'FAIRLEAD_HEAVY=1 npm test',
  },
};

/** A clone after its first command: `npm ci` brings node_modules and builds. */
let clone = '';

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'fairlead-readme-'));
  for (const name of ['dist', 'node_modules']) symlinkSync(inRoot(name), join(clone, name));
  for (const name of ['package.json', 'scenario.schema.json', 'scenarios']) {
    cpSync(inRoot(name), join(clone, name), { recursive: true });
  }
  for (const { file, lines } of files.filter(({ file }) => !existsSync(inRoot(file)))) {
    writeFileSync(join(clone, file), `${lines.join('\n')}\n`);
  }
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

const printed = new Map<string, string>();

/** Runs a command as the README has it, once; `npm ci` has been done, and `npx` finds the built program. */
function runs(command: string): string {
  const line = command
    .replace(/^npm ci && /, '')
    .replaceAll('npx fairlead', `"${process.execPath}" "${program}"`);
  const text = printed.get(line) ?? shell(line);
  printed.set(line, text);
  return text;
}

function shell(line: string): string {
  const env = { ...process.env, FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: clone,
    encoding: 'utf8',
    env,
  });
  expect(status, `${line}\n${stderr}`).toBe(0);
  return `${stdout}\n${stderr}`;
}

describe('every command runs and prints what the page shows of it', () => {
  const here = commands.filter(({ command }) => !(command in elsewhere));

  test.each(here)('$command', { timeout: 120_000 }, ({ command, output }) => {
    expect(missingLines(output, runs(command))).toEqual([]);
  });

  test.each(Object.entries(elsewhere))('%s is run by CI', (command, { file, has }) => {
    expect(commands.map((shown) => shown.command)).toContain(command);
    expect(read(file)).toContain(has);
  });

  test('no block with commands goes unnoticed', () => {
    expect(here.length).toBeGreaterThan(8);
    const known = ['sh', 'bash', 'console', 'yaml', 'js', 'apache'];
    expect(fences.filter(({ language }) => !known.includes(language))).toEqual([]);
    expect(readme.match(/^```/gm)?.length).toBe(2 * fences.length);
  });

  test('the chart is the one that the first command draws', () => {
    const chart = readFileSync(join(clone, 'report/sojourn-percentiles.svg'), 'utf8');
    const renew = 'copy report/sojourn-percentiles.svg to reports/gallery to renew it';
    expect(read('reports/gallery/quickstart-sojourn-percentiles.svg') === chart, renew).toBe(true);
  });
});

test('two lines set everything up', () => {
  const installs = commands.filter(({ command }) => command.includes('npm ci'));
  expect(installs.map(({ command }) => command.split(' && ')[0])).toEqual(['npm ci', 'npm ci']);
  expect(manifest.scripts.prepare).toBe('npm run --silent compile');
  expect(manifest.scripts.compile).toMatch(/^tsc -p tsconfig\.json\b/);
  expect(manifest.scripts.test).toMatch(/^vitest run --dir test\b/);
  expect(inRoot(manifest.bin.fairlead)).toBe(program);
});

describe('files that the page shows', () => {
  test.each(files)('$file', ({ file, lines }) => {
    if (existsSync(inRoot(file))) expect(missingLines(lines, read(file))).toEqual([]);
    else expect(commands.filter(({ command }) => command.includes(file))).not.toEqual([]);
  });
});

describe('tables', () => {
  test('metrics are those of src/scenario/metrics.ts', () => {
    const [, shown] = /<!-- metrics -->\n([\s\S]*?)\n<!-- \/metrics -->/.exec(readme) ?? [];
    expect(shown).toBe(metricTable());
  });

  test('exit codes are those of src/cli/exit.ts', () => {
    const [, table = ''] = readme.split('| exit code | meaning |');
    const shown = table.split('\n\n')[0].matchAll(/^\| (\d+) \|/gm);
    expect(Array.from(shown, ([, code]) => Number(code))).toEqual(Object.values(exit));
  });

  test('every command there is stands in the table', () => {
    const has = Array.from(runs('npx fairlead --help').matchAll(/^ {2}(\w+) \[/gm), ([, it]) => it);
    const asked = Array.from(readme.matchAll(/\| `fairlead (\w+)\b/g), ([, it]) => it);
    expect(asked.toSorted()).toEqual(has.filter((name) => name !== 'help').toSorted());
  });
});

describe('links lead somewhere', () => {
  const folders = ['src', 'sim', 'reports', 'scenarios', 'test'];
  const nested = folders.flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  );
  const pages = [...readdirSync(root), ...nested].filter((path) => path.endsWith('.md'));

  test.each(pages)('%s', (page) => {
    const broken = linksOf(read(page)).filter((target) => {
      const [path, anchor] = target.split('#');
      const to = path === '' ? inRoot(page) : join(root, dirname(page), path);
      if (!existsSync(to)) return true;
      if (anchor === undefined || statSync(to).isDirectory()) return false;
      return to.endsWith('.md') && !anchorsOf(readFileSync(to, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('the README names every decision', () => {
    const names = readdirSync(inRoot('src/decisions'));
    expect(linksOf(readme).map((target) => basename(target))).toEqual(
      expect.arrayContaining(names),
    );
  });
});

test('the version is that of package.json', () => {
  expect(version).toBe(manifest.version);
});

test('the reader of Markdown sees what is there, and no more', () => {
  const text =
    '```console\n$ one\n a\n…\n b\n$ two\n```\n[x](y.md) `[no](no.md)` [z](https://z.org)\n';
  expect(fencesOf(text).flatMap(commandsOf)).toEqual([
    { command: 'one', output: [' a', '…', ' b'] },
    { command: 'two', output: [] },
  ]);
  expect(linksOf(text)).toEqual(['y.md']);
  expect(anchorsOf('## What is `measured`?')).toEqual(['what-is-measured']);
  expect(missingLines([' a', '…', ' b'], ' a\n x\n b')).toEqual([]);
  expect(missingLines([' b', ' a'], ' a\n b')).toEqual([' a']);
});
