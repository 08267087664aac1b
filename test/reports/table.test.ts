import { expect, test } from 'vitest';
import { renderStudy } from '../../reports/table.ts';
import type { Study } from '../../sim/result.ts';
import { bare, comparison, nasty, single } from './studies.ts';

const plain = (study: Study, width: number) => renderStudy(study, { colour: false, width });

test('a comparison at 100 columns', () => {
  expect(plain(comparison, 100)).toMatchSnapshot();
});

test('a single run at 100 columns', () => {
  expect(plain(single, 100)).toMatchSnapshot();
});

test.each([
  ['comparison', comparison],
  ['single', single],
  ['nasty', nasty],
  ['bare', bare],
] as const)('%s keeps to the width it is given', (_, study) => {
  for (const width of [60, 80, 100, 140]) {
    const longest = Math.max(
      ...plain(study, width)
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThanOrEqual(width);
  }
});

test('fewer columns fit into 80 than into 140, and the missing ones are named', () => {
  expect(plain(comparison, 80)).toMatch(/not shown for want of width: .*sessions\.broken/);
  expect(plain(comparison, 140)).not.toContain('not shown');
});

test('no escape sequence without colour, whatever the names hold; and some with it', () => {
  const escapes = /[^\P{Cc}\n]/u;
  for (const study of [comparison, single, nasty]) expect(plain(study, 100)).not.toMatch(escapes);
  expect(renderStudy(comparison, { colour: true, width: 100 })).toMatch(escapes);
});

test('colour changes nothing but colour', () => {
  const coloured = renderStudy(comparison, { colour: true, width: 100 });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what colour is made of
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain(comparison, 100));
});

test('many pairs are cut to those with the first lbmethod, and say so', () => {
  const { runs, comparisons } = comparison.result;
  const more = ['x', 'y', 'z', 'u', 'v', 'w', 'k'].map((b) => {
    return { ...comparisons.find((c) => c.metric === 'sojourn.p99')!, a: 'random', b };
  });
  const study = {
    ...comparison,
    result: { ...comparison.result, comparisons: [...comparisons, ...more], runs },
  };
  expect(plain(study, 100)).toContain('sojourn.p99: 10 further pairs are in the result document');
});
