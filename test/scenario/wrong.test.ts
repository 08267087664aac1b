/**
 * Every file of wrong/ opens with the problems it must give: `# CODE line:column message`, in order, and
 * no others. A problem in a file it refers to is `# CODE file:line:column message`.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkStability } from '../../src/scenario/load.ts';
import { loadScenario } from '../../src/scenario/parse.ts';
import { problemsOf, yamlFiles } from './problems.ts';

describe.each(['syntax', 'shape', 'meaning'])('wrong/%s', (kind) => {
  const folder = new URL(`wrong/${kind}/`, import.meta.url);

  test.each(yamlFiles(folder))('%s', (name) => {
    const path = fileURLToPath(new URL(name, folder));
    const expected = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('# '))
      .map((line) => line.slice(2));

    const problems = problemsOf(() => checkStability(loadScenario(path)));

    const found = problems.map(({ code, file, line, column, message }) => {
      const other = file === path ? '' : `${basename(file)}:`;
      return `${code} ${other}${line}:${column} ${message}`;
    });
    expect(found).toEqual(expected);
  });
});

test('there are enough wrong files to cover the format', () => {
  const count = ['syntax', 'shape', 'meaning'].map(
    (kind) => yamlFiles(new URL(`wrong/${kind}/`, import.meta.url)).length,
  );
  expect(count.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(100);
});
