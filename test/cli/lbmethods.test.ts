/** `fairlead lbmethods`: the registry, readable. */
import { expect, test } from 'vitest';
import { lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { fairlead, small } from './cli.ts';

interface Document {
  format: string;
  lbmethods: { name: string; summary: string; source: string; ties: string; example: string }[];
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

test('a slip of the pen is told the nearest name: exit 2', async () => {
  const { code, stdout, stderr } = await fairlead(['lbmethods', 'byrequest']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('byrequest is no lbmethod; did you mean byrequests?');
});
