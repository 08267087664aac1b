/**
 * Rules of the house that a program can check: who may import whom, where time and chance may come from, and
 * that every folder explains itself. Each message names the replacement.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** TypeScript sources below `folder`, as paths from the root. */
function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => path.endsWith('.ts'));
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The text without comments and the inside of strings, line by line, so that prose may say `Date`. */
function codeLines(text: string): string[] {
  const quiet = text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
  return quiet.split('\n');
}

interface Import {
  readonly target: string;
  readonly typesOnly: boolean;
}

function importsOf(text: string): Import[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?([^;'"]*?\bfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...statements].map(([, type, names = '', from, dynamic]) => {
    const named = /^\{([\s\S]*)\}/.exec(names.trim())?.[1];
    const each = named?.split(',').filter((name) => name.trim() !== '') ?? [];
    const allTypes = each.length > 0 && each.every((name) => /^\s*type\s/.test(name));
    return { target: from ?? dynamic, typesOnly: type !== undefined || allTypes };
  });
}

/** The part of the project that a path belongs to. */
function partOf(path: string): string {
  const [, part = path] = /^(?:src\/)?([^/]+)\//.exec(path) ?? [];
  const [, file] = /^src\/(version|markup|index)\.ts$/.exec(path) ?? [];
  return file ?? part;
}

/** Who may import whom; `types` allows types, result rows and the metric table. */
const mayImport: Record<string, readonly string[]> = {
  index: ['core', 'version'],
  version: [],
  markup: [],
  core: ['core'],
  problems: ['problems'],
  config: ['core', 'problems', 'config'],
  scenario: ['core', 'problems', 'config', 'scenario'],
  proxy: ['core', 'problems', 'config', 'proxy', 'version', 'markup'],
  sim: ['core', 'problems', 'config', 'scenario', 'sim', 'version'],
  twin: ['core', 'problems', 'config', 'scenario', 'proxy', 'sim', 'twin', 'version'],
  queue: ['sim', 'problems', 'version', 'queue'],
  reports: ['reports', 'version', 'markup'],
  cli: [
    ...['core', 'problems', 'config', 'scenario', 'proxy', 'sim', 'twin', 'queue', 'reports'],
    ...['cli', 'version'],
  ],
};

/** What reports may read from elsewhere: what a result is, and what its metrics are called. */
const rowsForReports = ['sim/result.ts', 'src/scenario/metrics.ts'];

function allowed(from: string, target: string, { typesOnly }: Import): boolean {
  if (mayImport[partOf(from)]?.includes(partOf(target))) return true;
  if (partOf(from) !== 'reports') return false;
  return (
    rowsForReports.includes(target) ||
    (typesOnly && /^(sim|src\/scenario|src\/twin)\//.test(target))
  );
}

const production = [...sources('src'), ...sources('sim'), ...sources('reports')];

test('every part imports only what it may', () => {
  const wrong = production.flatMap((path) =>
    importsOf(read(path))
      .filter(({ target }) => target.startsWith('.'))
      .map((line) => ({ line, target: posix.join(posix.dirname(path), line.target) }))
      .filter(({ line, target }) => !allowed(path, target, line))
      .map(({ target }) => {
        const may = mayImport[partOf(path)]?.join(', ') ?? 'nothing known; add it to the matrix';
        return `${path} imports ${target}; ${partOf(path)} may import: ${may}`;
      }),
  );
  expect(production.length).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});

test('the core imports nothing but itself', () => {
  const wrong = sources('src/core').flatMap((path) =>
    importsOf(read(path))
      .filter(({ target }) => !target.startsWith('.'))
      .map(({ target }) => `${path} imports ${target}; take what it gives as an argument instead`),
  );
  expect(wrong).toEqual([]);
});

/** What must not be in code that reaches a result, and what to use instead. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\bMath\.random\b/, 'draw from state.rng in the core, from a named stream in sim (streams.ts)'],
  [
    /\bMath\.pow\b|\*\*/,
    'write exp(y * log(x)) or x * x: powers differ in their last bits between V8 versions',
  ],
  [/\bDate\b/, 'take nowNs as an argument'],
  [/\bperformance\b/, 'take nowNs as an argument'],
  [/\bsetTimeout\b|\bsetInterval\b/, 'return a deadline (deadlineNs) and let the driver wake you'],
  [/\bprocess\.hrtime\b/, 'take nowNs as an argument'],
];

/** Files outside virtual time, each with the reason. None at present. */
const outsideVirtualTime: Readonly<Record<string, string>> = {};

test('time and chance come in as arguments, in src/core and sim', () => {
  const wrong = [...sources('src/core'), ...sources('sim')]
    .filter((path) => !(path in outsideVirtualTime))
    .flatMap((path) =>
      codeLines(read(path)).flatMap((line, i) =>
        banned
          .filter(([pattern]) => pattern.test(line))
          .map(([, instead]) => `${path}:${i + 1} ${line.trim()}: ${instead}`),
      ),
    );
  expect(wrong).toEqual([]);
});

test('files exempted from virtual time exist', () => {
  expect(Object.keys(outsideVirtualTime).filter((path) => !existsSync(join(root, path)))).toEqual(
    [],
  );
});

test('the reader of imports and code sees what is there, and no more', () => {
  const text = [
    "import { a } from '../sim/a.ts';",
    "import type { B } from './b.ts';",
    "import { type C, type D } from './c.ts';",
    "import { type E, f } from './e.ts';",
    "import 'side-effect';",
    "export * from './g.ts';",
    "const later = await import('node:fs');",
  ].join('\n');
  expect(importsOf(text).map(({ target, typesOnly }) => `${target} ${typesOnly}`)).toEqual([
    '../sim/a.ts false',
    './b.ts true',
    './c.ts true',
    './e.ts false',
    'side-effect false',
    './g.ts false',
    'node:fs false',
  ]);
  const code = codeLines("/** Date\n ** x */\nconst x = 'Date'; // Date\nMath.random();");
  expect(code.map((line) => line.trim())).toEqual(['', '', "const x = '';", 'Math.random();']);
});

test.each([
  'src',
  'src/core',
  'src/problems',
  'src/config',
  'src/scenario',
  'src/cli',
  'src/twin',
  'sim',
  'reports',
  'scenarios',
  'test',
])('%s has a README.md: what lives here, what may import it, where to start reading', (folder) => {
  expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
});

/** Text that a checkout elsewhere could not use. Put together, so that this file does not hold it. */
const machinePaths = [`/${'work'}/`, `/tmp/${'brief'}`];
const besideTheProject = `../${'shared'}`;

test('no file names paths of one machine; files beside the project are read only by tests that skip', (context) => {
  if (!existsSync(join(root, '.git')))
    context.skip('not a git checkout: no list of committed files');
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const texts = listed
    .split('\0')
    .filter((path) => path !== '' && !/\.(gz|png|jpg|ico|woff2?)$/.test(path))
    .filter((path) => path !== 'package-lock.json' && existsSync(join(root, path)));
  const wrong = texts.flatMap((path) => {
    const text = read(path);
    const found = machinePaths.filter((machinePath) => text.includes(machinePath));
    const skips = path.startsWith('test/') && /skipIf|\.skip\(/.test(text);
    if (text.includes(besideTheProject) && !skips) found.push(besideTheProject);
    return found.map(
      (machinePath) => `${path} names ${machinePath}; use a path inside the project`,
    );
  });
  expect(texts.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});
