/** The same files before our reader and httpd's: read by both or by neither, to the same tree. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { statementOf } from '../../src/config/syntax/source.ts';
import type { Node } from '../../src/config/tree.ts';
import { LabError } from '../../src/problems/errors.ts';
import { generator } from './read-generator.ts';
import { askHttpd, filesOfHttpd, noHttpd, preamble } from './read-httpd.ts';
import { files, snippets, versions } from './read-snippets.ts';
import { inFolder, newFolder } from './read-texts.ts';

const env = { PATH: process.env['PATH'], FROM_OUTSIDE: 'far away' };
const defines = ['OUTSIDE'];

interface Difference {
  readonly text: string;
  readonly httpd: unknown;
  readonly ours: unknown;
}

const folder = newFolder(files);
afterAll(() => rmSync(folder, { recursive: true }));

/** null: no difference. Only syntax is compared where httpd refuses what a line means. */
function difference(text: string): Difference | null {
  writeFileSync(join(folder, 'httpd.conf'), `${preamble(folder)}${text}`);
  const httpd = askHttpd(folder, defines, env);
  let nodes: readonly Node[];
  try {
    const directives = new Set(['setenv', '<location']);
    const all = [...defines, 'DUMP_CONFIG'];
    nodes = readConfig(join(folder, 'httpd.conf'), { defines: all, env, directives }).nodes;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const ours = error.message.replaceAll(folder, '');
    if (!httpd.readable) return null;
    // httpd looks for the > and for an Error when it obeys the line; something else may be refused by then.
    const late = error.problems.every(({ message }) =>
      / has no > at its end|^Error ends/.test(message),
    );
    if (late && httpd.tree === null) return null;
    return { text, httpd: httpd.tree ?? httpd.message, ours };
  }
  const ours = flat(nodes.slice(preamble(folder).split('\n').length - 1), 0);
  if (!httpd.readable) return { text, httpd: httpd.message, ours };
  if (httpd.tree === null) return null;
  const theirs = cut(httpd.tree);
  return JSON.stringify(theirs) === JSON.stringify(ours) ? null : { text, httpd: theirs, ours };
}

type Flat = readonly [depth: number, name: string, words: readonly string[]];

/** LoadModule and ServerRoot stay in our tree; httpd is done with them. */
function flat(nodes: readonly Node[], depth: number): Flat[] {
  return nodes.flatMap((node) => {
    const name = node.name.toLowerCase();
    if (name === 'serverroot' || name === 'loadmodule') return [];
    const words = node.words.map((word) => word.text);
    const children = node.kind === 'section' ? flat(node.children, depth + 1) : [];
    return [[depth, node.kind === 'section' ? `<${name}>` : name, words] as Flat, ...children];
  });
}

/** httpd prints arguments uncut. */
function cut(lines: readonly string[]): Flat[] {
  return lines.flatMap((line): Flat[] => {
    const statement = statementOf(line);
    if (statement.kind === 'close') return [];
    const name = statement.name.toLowerCase();
    const depth = (line.length - line.trimStart().length) / 2;
    const words = statement.words.map((word) => word.text);
    return [[depth, statement.kind === 'open' ? `<${name}>` : name, words]];
  });
}

const title = `httpd reads the same${noHttpd ? ` (skipped: ${noHttpd})` : ''}`;
describe.skipIf(noHttpd !== null)(title, () => {
  test.each(snippets)('%j', (text) => expect(difference(text)).toBeNull(), 60_000);

  test.each(versions)(
    '<IfVersion %s>',
    (text) => {
      expect(difference(`<IfVersion ${text}>\nSetEnv A b\n</IfVersion>\n`)).toBeNull();
    },
    60_000,
  );

  // httpd prints a line before it cuts it into words; a variable is cut before.
  test.each([
    'b',
    '"b c"',
    "'b c'",
    '"b\\"c"',
    "'b\\'c'",
    '"b\\\'c"',
    '"b\\\\c\\d"',
    'b\\\\c\\d',
    '"b c',
    'b"c',
    "b'c'",
    '"b\\',
    '"b\\\\',
    '\\"b',
    '<b>',
    'b>',
  ])(
    'the word %s',
    (word) => {
      const text = `Define X ${word} \nSetEnv [\${X}]\n`;
      writeFileSync(join(folder, 'httpd.conf'), `${preamble(folder)}${text}`);
      const lines = askHttpd(folder, [], env).tree;
      const told = inFolder(
        { 'httpd.conf': `A ${word} \n` },
        (folder) => readConfig(join(folder, 'httpd.conf')).nodes,
      );
      expect(told[0]!.words.map((one) => one.text)).toHaveLength(1);
      expect(lines).toEqual([`SetEnv [${told[0]!.words[0]!.text}]`]);
    },
    60_000,
  );

  test('60 random texts', () => {
    const next = generator(20);
    const different = Array.from({ length: 60 }, () => difference(next()));
    expect(different.filter((one) => one !== null)).toEqual([]);
  }, 120_000);
});

/** Where Debian keeps its own configuration. */
const debian = '/etc/apache2';
const isDebian = existsSync(`${debian}/envvars`) && existsSync(`${debian}/apache2.conf`);

test.skipIf(!isDebian)(
  'Debian’s own configuration, and the files it is in',
  () => {
    const told = execFileSync('/bin/sh', ['-c', `. ${debian}/envvars; env`], {
      encoding: 'utf8',
      env: { PATH: env.PATH },
    });
    const envvars = [...told.matchAll(/^(APACHE_\w+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const all: NodeJS.ProcessEnv = { ...Object.fromEntries(envvars), PATH: env.PATH };
    // httpd wants these to exist, and Debian makes them when the service starts.
    for (const name of ['RUN', 'LOG', 'LOCK']) all[`APACHE_${name}_DIR`] = folder;
    const { nodes, warnings, files: names } = readConfig(`${debian}/apache2.conf`, { env: all });
    expect(warnings).toEqual([]);
    expect(nodes.length).toBeGreaterThan(20);
    if (noHttpd === null) expect(names).toEqual(filesOfHttpd(`${debian}/apache2.conf`, all));
  },
  60_000,
);
