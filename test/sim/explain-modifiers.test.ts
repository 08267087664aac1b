/** The decision log says what the modifiers did. Fixed seed: nothing here fails by chance. */
import { expect, test } from 'vitest';
import { type Decision, explain } from '../../sim/explain.ts';
import { lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

/** The first pick from `seconds` on. */
function pickAt(modifiers: string, event: string, seconds: number): Decision {
  const text = `
run: { duration: 1m, warmup: 0s }
balancer:
  modifiers: ${modifiers}
  workers: [ { name: a, retry: 1s }, { name: b, retry: 1s }, { name: c, retry: 60s }, { name: d, retry: 60s } ]
backends: { app: { slots: 8, service: 10ms } }
clients: [ { name: c, arrival: { constant: 100/s } } ]
events: [ ${event} ]
`;
  const scenario = parseScenario(text, 'explained.yaml');
  const [lbmethod, ...alternatives] = lbmethods;
  const from = { atNs: seconds * 1e9 };
  return explain({ scenario, lbmethod: lbmethod!, alternatives, from, count: 1 })[0]!;
}

const whyOf = ({ workers }: Decision, name: string) => workers.find((one) => one.name === name)!;

test('an ejected worker, and when it is back', () => {
  const event = '{ at: 1s, worker: b, errors: 100%, for: 10s }';
  const decision = pickAt('{ outlier: {} }', event, 11.2);
  const { eligible, why } = whyOf(decision, 'b');
  expect(eligible).toBe(false);
  expect(why).toBe('ejected for its failures in a row, back in 20.0 s');
});

test('a worker that starts slowly, and its part', () => {
  const event = '{ at: 1s, worker: b, crash: 2s }';
  const modifiers = '{ slowstart: { window: 20s } }';
  const first = pickAt(modifiers, event, 3.5);
  expect(whyOf(first, 'b')).toMatchObject({
    eligible: true,
    why: 'slow start: 10 % of its load factor',
  });
  expect(whyOf(pickAt(modifiers, event, 13.4), 'b').why).toMatch(/^slow start: (50|51|52) %/);
  expect(whyOf(pickAt(modifiers, event, 24), 'b').why).toBe('');
});

test('a panic, in the rule and at those who serve only because of it', () => {
  const event = '{ at: 1s, worker: [ b, c, d ], crash: 20s }';
  const decision = pickAt('{ panic: 60% }', event, 2);
  expect(decision.rule).toContain(', in panic: too few workers are usable');
  expect(whyOf(decision, 'c')).toMatchObject({ eligible: true, why: 'not usable, but in panic' });
  expect(whyOf(decision, 'a').why).toBe('');
});
