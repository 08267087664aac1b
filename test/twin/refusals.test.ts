/** What cannot be had on loopback is refused with its place and the reason; what is cut off is told. */
import { expect, test } from 'vitest';
import { lbmethodOf } from '../../src/config/lbmethod-of.ts';
import type { LabError } from '../../src/problems/errors.ts';
import { parsePlaced } from '../../src/scenario/parse.ts';
import { planOf } from '../../src/twin/plan.ts';
import { refuseUnlike } from '../../src/twin/refusals.ts';

const plain = `run: { duration: 60s, warmup: 0s }
balancer: { lbmethod: byrequests, workers: [ { name: a }, { name: b } ] }
backends: { app: { service: 20ms } }
clients: [ { name: v, arrival: { poisson: 30/s } } ]
`;

async function refusedIn(text: string, asked = false): Promise<string> {
  const placed = parsePlaced(text, 'twin.yaml');
  const lbmethod = await lbmethodOf(placed.scenario.balancer.lbmethod);
  try {
    refuseUnlike(placed, lbmethod, asked);
  } catch (error) {
    return (error as LabError).message;
  }
  return '';
}

test('a plain scenario is not refused', async () => {
  expect(await refusedIn(plain)).toBe('');
});

test.each([
  [
    'events: [ { at: 1s, worker: a, blackhole: 1s } ]',
    /^twin.yaml:5:9 blackhole at 1 s is not supported yet by twin: loopback/,
  ],
  [
    'events: [ { at: 1s, proxy: 1, partition: [a], for: 1s } ]',
    /^twin.yaml:5:9 partition at 1 s is not/,
  ],
  [
    'faults: [ { worker: a, blackhole: { up: 1s, down: 1s } } ]',
    /^twin.yaml:5:9 blackhole is not supported/,
  ],
  [
    'events: [ { at: 1s, manager: { stickysession: A } } ]',
    /^twin.yaml:5:9 manager at 1 s is not supported/,
  ],
])('%s', async (line, message) => {
  expect(await refusedIn(`${plain}${line}\n`)).toMatch(message);
});

test.each([
  ['byrequests', 'jsq', /^twin.yaml:2:23 jsq is not .* which only simulated ones do/],
  ['byrequests', 'heartbeat', /^twin.yaml:2:23 heartbeat is not .* send no heartbeats/],
  ['byrequests', 'source', /^twin.yaml:2:23 source is not .* address of clients/],
  ['balancer: {', 'balancer: { mode: tcp,', /^twin.yaml:2:19 mode: tcp is not/],
  [
    'service: 20ms',
    'service: 20ms, queue: { places: 3, full: refuse }',
    /^twin.yaml:3:\d+ a full queue of app/,
  ],
])('%s becomes %s', async (before, after, message) => {
  expect(await refusedIn(plain.replace(before, after))).toMatch(message);
});

test('everything is told at once', async () => {
  const text = plain
    .replace('byrequests', 'source')
    .replace('balancer: {', 'balancer: { mode: tcp,');
  expect((await refusedIn(text)).split('\n')).toHaveLength(2);
});

test('an lbmethod of the command line is refused there', async () => {
  expect(await refusedIn(plain.replace('byrequests', 'source'), true)).toMatch(
    /^command line: source/,
  );
});

test('ten seconds are run unless more are wanted, and what is cut is told', () => {
  const { scenario } = parsePlaced(
    `${plain}events: [ { at: 5s, worker: a, crash: 1s }, { at: 30s, worker: b, slow: 2, for: 5s } ]`,
    'twin.yaml',
  );
  const short = planOf(scenario, undefined);
  expect(short.seconds).toBe(10);
  expect(short.scenario.run).toMatchObject({ durationNs: 10e9, requests: null, warmupNs: 0 });
  expect(short.notes).toEqual([
    'both arms run the first 10 s of 60 s; --seconds 60 runs them all',
    'too late to happen: slow of b at 30 s',
  ]);
  expect(planOf(scenario, 60).notes).toEqual([]);
});
