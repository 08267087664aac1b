/** The examples that `fairlead lbmethods NAME` prints, played on the real core. */
import { expect, test } from 'vitest';
import { type WorkedExample, workedExamples } from '../../../src/cli/worked-examples/index.ts';
import {
  Balancer,
  keyOf,
  lbmethods,
  NONE,
  nextUint32,
  withParameters,
} from '../../../src/core/index.ts';
import { wordsThatDraw } from '../wanted-draw.ts';

const MS = 1e6;
const played = Object.entries(workedExamples).flatMap(([name, examples]) =>
  examples.map((example, i) => [`${name} ${i + 1}`, name, example] as const),
);

test('every lbmethod has one', () => {
  expect(Object.keys(workedExamples).sort()).toEqual(lbmethods.map(({ name }) => name).sort());
});

test.each(played)('%s', (_, name, example) => {
  expect(play(name, example)).toEqual(example.steps.map(({ elects }) => elects));
});

/** Whom each step elects. */
function play(name: string, { workers, max, set, steps }: WorkedExample): string[] {
  const names = Object.keys(workers);
  const lbmethod = withParameters(lbmethods.find((method) => method.name === name)!, set);
  const balancer = new Balancer({
    lbmethod,
    workers: names.map((worker) => {
      const of = workers[worker];
      return { name: worker, host: worker, ...(max ? { max: of } : { loadfactor: of }) };
    }),
  });
  const rng = (balancer['states'][0] as unknown as { rng: Uint32Array }).rng;
  let nowNs = 0;

  const request = (key = '', draws: readonly number[] = []): string => {
    rng.set(wordsThatDraw(...draws.map((draw) => Math.floor(draw * 4294967296))));
    const expected = Uint32Array.from(rng);
    for (const draw of draws) expect(nextUint32(expected) / 4294967296).toBeCloseTo(draw, 8);
    const worker = balancer.pick(NONE, nowNs, keyOf(key));
    expect([...rng], 'no other draws than those named').toEqual([...expected]);
    return names[worker] ?? 'nobody';
  };
  const answer = (worker: number, ok: boolean, ms: number): void => {
    balancer.complete(worker, ok, ms * MS, nowNs);
    balancer.release(worker);
  };
  const holds = (worker: number, jobs: number, rate: number, servedMs: number): void => {
    const servedNs = servedMs * MS;
    const load = { jobs, slots: 1, rate, serviceNs: servedNs, sojournNs: servedNs };
    balancer.load(worker, load, nowNs);
  };
  const rules: readonly [RegExp, (...words: string[]) => void][] = [
    [/^at (\d+)s$/, (seconds) => (nowNs = Number(seconds) * 1e9)],
    [/^(\w) answers in (\d+)ms$/, (who, ms) => answer(names.indexOf(who), true, Number(ms))],
    [/^(\w) fails in (\d+)ms$/, (who, ms) => answer(names.indexOf(who), false, Number(ms))],
    [
      /^(\w) is disabled$/,
      (who) => balancer.manageWorker(names.indexOf(who), { status: { D: true } }),
    ],
    [
      /^(\w) moves (\d+) \+ (\d+) bytes$/,
      (who, sent, received) => {
        balancer.sent(names.indexOf(who), Number(sent));
        balancer.received(names.indexOf(who), Number(received));
      },
    ],
    [
      /^host (\w): (\d+) idle, (\d+) busy$/,
      (who, ready, busy) =>
        balancer.heartbeat(names.indexOf(who), Number(ready), Number(busy), nowNs),
    ],
    [
      /^(\w) holds (\d+)(?: at (\d+)\/s)?(?:, served one in (\d+)ms)?$/,
      (who, jobs, rate = '100', ms = 'NaN') =>
        holds(names.indexOf(who), Number(jobs), Number(rate), Number(ms)),
    ],
  ];

  return steps.map(({ does, draws }) => {
    const asked = /^request(?: of (.+))?$/.exec(does);
    if (asked !== null) return request(asked[1], draws);
    const rule = rules.find(([form]) => form.test(does));
    if (rule === undefined) throw new Error(`no rule for "${does}"`);
    rule[1](...rule[0].exec(does)!.slice(1));
    return '';
  });
}
