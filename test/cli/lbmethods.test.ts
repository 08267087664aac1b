/** `fairlead lbmethods`: the registry, readable. */
import { expect, test } from 'vitest';
import { lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { fairlead, small } from './cli.ts';

interface Document {
  format: string;
  lbmethods: {
    name: string;
    summary: string;
    source: string;
    ties: string;
    example: string;
    worked: { scenario: string; steps: { does: string; elects: string }[] }[];
  }[];
  modifiers: { name: string; example: string; parameters: { name: string; says: string }[] }[];
}

test('every method is in the table', async () => {
  const { code, stdout, stderr } = await fairlead(['lbmethods']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { name, summary } of lbmethods) {
    expect(stdout).toMatch(new RegExp(`^ ${name} +${summary.slice(0, 20)}`, 'm'));
  }
});

test('one in full: source, variant, ties and parameters', async () => {
  const { stdout } = await fairlead(['lbmethods', 'p2c']);
  expect(stdout).toMatch(/^p2c: of two workers at random/);
  for (const line of [
    / source +Mitzenmacher 2001/,
    / ties +the worker drawn first/,
    / runs in +simulator and proxy/,
    / scenario +lbmethod: \{ p2c: \{ choices: 2, distinct: true \} \}/,
    / choices +2 +1 to 16 +workers drawn for each request/,
  ]) {
    expect(stdout).toMatch(line);
  }
});

test('as a document: every method says where it comes from, and its example is a scenario', async () => {
  const { stdout } = await fairlead(['lbmethods', '--json']);
  const document = JSON.parse(stdout) as Document;
  expect(document.format).toBe('fairlead/lbmethods@1');
  expect(document.lbmethods.map(({ name }) => name)).toEqual(lbmethods.map(({ name }) => name));
  for (const { name, source, ties, example } of document.lbmethods) {
    expect([name, source.length > 5, ties.length > 5]).toEqual([name, true, true]);
    const { balancer } = parseScenario(small.replace('lbmethod: byrequests', example), 'x.yaml');
    expect(balancer.lbmethod).toEqual({ name, file: null }); // the defaults, written out
  }
});

test('every method shows elections that can be followed by hand', async () => {
  const { stdout } = await fairlead(['lbmethods', 'byrequests']);
  expect(stdout).toMatch(/^worked example: lbmethod: byrequests, load factors a 3, b 2, c 1$/m);
  expect(stdout).toMatch(/^ {2}request +-> b +a -3 \+ 3 = 0, b 4, c 2$/m);
  const document = JSON.parse((await fairlead(['lbmethods', '--json'])).stdout) as Document;
  for (const { name, worked } of document.lbmethods) {
    const requests = worked.flatMap(({ steps }) => steps.filter(({ elects }) => elects !== ''));
    expect([name, requests.length >= 3]).toEqual([name, true]);
    for (const { scenario } of worked) {
      const { balancer } = parseScenario(small.replace('lbmethod: byrequests', scenario), 'x.yaml');
      expect(balancer.lbmethod.name.startsWith(name)).toBe(true);
    }
  }
});

test('modifiers: in the table, in full, and their examples are the defaults written out', async () => {
  expect((await fairlead(['lbmethods'])).stdout).toMatch(/^ slowstart +who comes back gets/m);
  const page = await fairlead(['lbmethods', 'slowstart']);
  expect(page.code).toBe(0);
  for (const line of [
    /^slowstart: who comes back gets a growing part/,
    / source +HAProxy's slowstart/,
    /max stays whole, where HAProxy lets its maxconn grow/,
    / runs in +simulator and proxy/,
    / min +Part of its load factor at first; 10% when missing\./,
  ]) {
    expect(page.stdout).toMatch(line);
  }
  const { stdout } = await fairlead(['lbmethods', '--json']);
  const { modifiers } = JSON.parse(stdout) as Document;
  const laid = (line: string) =>
    parseScenario(small.replace('lbmethod: byrequests', line), 'x.yaml').balancer.modifiers;
  const shortest = ['slowstart: { window: 30s }', 'outlier: {}', 'panic: 50%', 'retrybudget: {}'];
  expect(modifiers.map(({ name }) => name)).toEqual(shortest.map((one) => one.split(':')[0]));
  for (const [i, { example, parameters }] of modifiers.entries()) {
    expect(laid(example)).toEqual(laid(`modifiers: { ${shortest[i]} }`));
    expect(parameters.every(({ says }) => says.length > 10)).toBe(true);
  }
});

test('a slip of the pen is told the nearest name: exit 2', async () => {
  const { code, stdout, stderr } = await fairlead(['lbmethods', 'byrequest']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('byrequest is no lbmethod and no modifier; did you mean byrequests?');
});
