/** There are no other streams than those that the README names: measuring draws nothing. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Model, type ModelOptions } from '../../sim/model.ts';
import { streams } from '../../sim/streams.ts';
import { lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { methodOf } from './play.ts';

const text = `
run: { duration: 5s, warmup: 1s }
balancer: { proxies: 2, workers: [{ name: a, hcmethod: TCP, hcinterval: 1s }, { name: b }] }
backends: { app: { service: { exponential: 20ms } } }
clients: [{ name: c, arrival: { mmpp: [{ rate: 9/s, mean: 1s }, { rate: 20/s, mean: 1s }] } }]
faults: [{ worker: a, crash: { up: { exponential: 2s }, down: 1s } }]
`;

/** Draws of each stream, and the digest of all decisions. */
function drawn(text: string, more: Partial<ModelOptions> = {}) {
  const counts: Record<string, number> = {};
  const scenario = parseScenario(text, 'x.yaml');
  const root = streams(scenario.seed, 0);
  const stream = (name: string) => {
    const uniform = root(name);
    counts[name] = 0;
    return () => {
      counts[name]!++;
      return uniform();
    };
  };
  const lbmethod = methodOf('random');
  const task = { scenario, lbmethod, alternatives: lbmethods, warmupNs: 1e9, binNs: 1e9 };
  const model = new Model({ ...task, stream, ...more });
  model.run();
  return { counts, decisions: model.observations.decisions };
}

test('what is measured and asked moves no draw and no decision', () => {
  const { counts, decisions } = drawn(text);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  const curve = { sojourns: new Float64Array(1000), arrivedNs: new Float64Array(1000) };
  const witness = { before() {}, after() {} };
  for (const [asked, more] of [
    [`${text}slo: 30ms\n`, {}],
    [`${text}expect: [ sojourn.p99 <= 1s, workers.a.share <= 60%, fairness.window <= 1 ]\n`, {}],
    [text, { binNs: 1e7 }],
    [text, { binNs: Number.POSITIVE_INFINITY }],
    [text, { curve }],
    [text, { witness }],
  ] as const) {
    expect(drawn(asked, more)).toMatchObject({ counts, decisions });
  }
});

test('a run asks for the documented streams and no others', () => {
  const asked = new Set<string>();
  const scenario = parseScenario(text, 'x.yaml');
  const root = streams(scenario.seed, 0);
  const stream = (name: string) => {
    asked.add(name);
    return root(name);
  };
  const lbmethod = methodOf('random');
  const task = { scenario, lbmethod, alternatives: lbmethods, warmupNs: 1e9, binNs: 1e9 };
  new Model({ ...task, stream }).run();
  const readme = readFileSync(new URL('../../sim/README.md', import.meta.url), 'utf8');
  const section = readme.split('## How streams are named')[1]!.split('\nWhat is drawn')[0]!;
  const documented = [...section.matchAll(/`([a-z]+)\/[\w/]+`/g)].map(([, kind]) => kind);
  const kinds = [...asked].map((name) => name.split('/')[0]);
  expect(kinds).toContain('fail');
  expect(kinds.filter((kind) => !documented.includes(kind))).toEqual([]);
});
