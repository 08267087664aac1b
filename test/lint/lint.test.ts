import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lintPlaced, lintScenario, traps } from '../../src/scenario/lint/lint.ts';
import { relaxationTime } from '../../src/scenario/load.ts';
import { parsePlaced } from '../../src/scenario/parse.ts';
import { type Case, cases, scenario } from './cases.ts';

const lint = (text: string) => lintPlaced(parsePlaced(text, 'x.yaml'));
const codes = (text: string) => lint(text).problems.map(({ code }) => code);

/** The text without its mark, and where the mark stood. */
function marked({ wrong }: Case) {
  const before = wrong.slice(0, wrong.indexOf('§'));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return { text: wrong.replace('§', ''), line, column };
}

test('a plain scenario has no problems', () => {
  expect(lint(scenario()).problems).toEqual([]);
});

test('every trap has a code of its own and a case below', () => {
  const all = traps.map(({ code }) => code);
  expect(all).toEqual([...new Set(all)]);
  expect([...new Set(cases.map(({ code }) => code))].sort()).toEqual([...all].sort());
});

describe.each(cases.map((one, i) => ({ ...one, i })))('$code ($i)', (one) => {
  test('is found where it is', () => {
    const { text, line, column } = marked(one);
    const found = lint(text).problems.filter(({ code }) => code === one.code);
    const { code, severity } = one;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ file: 'x.yaml', code, severity, line, column });
  });

  test('says what was found, what will happen and what to do', () => {
    const [found] = lint(marked(one).text).problems.filter(({ code }) => code === one.code);
    expect(found?.message.startsWith(`${found.path}: `)).toBe(true);
    expect(found?.message.split('; ').length).toBeGreaterThanOrEqual(2);
  });

  test('is not found next to it', () => {
    expect(codes(one.right)).not.toContain(one.code);
  });
});

test('problems come in the order of the file', () => {
  const lines = lint(
    scenario({
      workers: ['{ name: a, retry: 0s }', '{ name: b, loadfactor: 1.15, status: I }'],
      events: [
        '{ at: 2m, worker: a, slow: 1, for: 1m }',
        '{ at: 1m, worker: a, slow: 0.5, for: 1m }',
      ],
    }),
  ).problems.map(({ line, code }) => `${line} ${code}`);
  expect(lines).toEqual([
    '4 retry-zero',
    '5 loadfactor-cut',
    '5 ignores-errors',
    '11 event-does-nothing',
    '12 slow-is-fast',
  ]);
});

test('of equal keys boundedload is not said to give one worker everything', () => {
  const says = (lbmethod: string, client = '') => {
    const clients = [`{ name: c, arrival: { poisson: 40/s }${client} }`];
    const { problems } = lint(scenario({ balancer: `lbmethod: ${lbmethod}`, clients }));
    return problems.map(({ message }) => message).join();
  };
  const bounded = 'up to its bound, and the others only what is above it';
  expect(says('boundedload')).toContain(`one worker gets every request ${bounded}`);
  const bySource = says('{ boundedload: { key: source } }', ', addresses: 1');
  expect(bySource).toContain(`one worker gets all requests of this client ${bounded}`);
  expect(says('uri')).toContain('one worker gets every request as long as it may be elected');
});

test('the relaxation time is that of the simulator', () => {
  const found = lint(scenario({ clients: ['{ name: c, arrival: { poisson: 384/s } }'] }));
  const seconds = relaxationTime(0.005, 0.96);
  const high = found.problems.find(({ code }) => code === 'load-high');
  expect(high?.message).toContain(`in about ${Number(seconds.toPrecision(3))} s`);
});

test('shares follow the load factors as httpd keeps them, over those first in line', () => {
  const { shares, load } = lint(
    scenario({
      workers: [
        '{ name: a, loadfactor: 3 }',
        '{ name: b }',
        '{ name: s, status: H }',
        '{ name: c, lbset: 1, loadfactor: 1.15 }',
      ],
    }),
  );
  expect(shares.map(({ lbfactor }) => lbfactor)).toEqual([300, 100, 100, 114]);
  expect(shares.map(({ share }) => share)).toEqual([0.75, 0.25, 0, 0]);
  // 40 requests/s; each worker serves 4 / 0.02 = 200/s.
  expect(shares.map((one) => one.offeredPerSecond)).toEqual([30, 10, 0, 0]);
  expect(shares.map((one) => one.utilization)).toEqual([0.15, 0.05, 0, 0]);
  expect(load.total).toBeCloseTo(40 / 800, 12);
});

test('a share is that of the factor as kept, 1.14, not as written, 1.15', () => {
  const { shares } = lint(scenario({ workers: ['{ name: a, loadfactor: 1.15 }', '{ name: b }'] }));
  expect(shares.map(({ share }) => share)).toEqual([114 / 214, 100 / 214]);
});

test.each([
  ['a standby comes before the next set', ['H', 'lbset: 1'], [1, 0]],
  ['a spare stands in for a disabled worker', ['D', 'R', ''], [0, 0.5, 0.5]],
  ['spares stand in for as many as are out', ['D', 'R', 'R'], [0, 1, 0]],
  ['a spare with nobody to stand in for gets nothing', ['', 'R'], [1, 0]],
])('%s', (_, kinds, shares) => {
  const workers = kinds.map((kind, i) => {
    const field = kind.includes(':') || kind === '' ? kind : `status: ${kind}`;
    return `{ name: w${i}${field === '' ? '' : `, ${field}`} }`;
  });
  expect(lint(scenario({ workers })).shares.map(({ share }) => share)).toEqual(shares);
});

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test.each(examples)('%s has no error', (name) => {
  const { problems } = lintScenario(folder + name);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('black-hole warns of what it is about', () => {
  const { problems } = lintScenario(`${folder}black-hole.yaml`);
  expect(problems.map(({ code }) => code)).toEqual(['errors-keep-worker']);
});
