/** mode: tcp, by hand: one pick a connection. Sessions of three requests begin at 100 and 200 ms. */
import { expect, it } from 'vitest';
import { play } from './play.ts';

const sessions = (client: string, rest = '', backend = 'service: 20ms', requests = 6) => `
run: { requests: ${requests} }
balancer: { mode: tcp, workers: [ { name: a }, { name: b } ] }
backends: { app: { ${backend} } }
clients: [ { name: c, arrival: { constant: 10/s }, ${client} } ]
${rest}`;
const three = 'session: { requests: 3, think: 50ms }';

it('picks once for a session, whose connection keeps its worker busy', () => {
  // a: requests at 100, 170 and 240, closed at 260. b: 200, 270, 340, when the window ends. A third begins at 300: a.
  const run = play(sessions(three, '', undefined, 7));
  expect([...run.workers.elected]).toEqual([2, 1]);
  expect(run.sojournMs).toEqual([20, 20, 20, 20, 20, 20, 20]);
  expect(run.metric('attempts.mean')).toBe(3 / 7);
  expect(run.workers.busyMean[0]).toBeCloseTo((160 + 40) / 340, 12);
  expect(run.workers.busyMean[1]).toBeCloseTo(140 / 340, 12);
});

it('opens another connection after so many requests', () => {
  // a until 190; b from 200 to 290; the third of the first, at 240, finds a; the third session, at 300, finds b.
  const run = play(sessions(`${three}, connection: { requests: 2 }`));
  expect([...run.workers.elected]).toEqual([2, 2]);
});

it('without a session every request has its connection, and connects anew each time', () => {
  const run = play(sessions('timeout: 9s', '', 'service: 20ms, rtt: 10ms, connect: 5ms', 3));
  expect([...run.workers.elected]).toEqual([2, 1]);
  expect(run.sojournMs).toEqual([45, 45, 45]); // 15 to connect, 10 there and back
});

it('connects once for a session', () => {
  const run = play(sessions(three, '', 'service: 20ms, rtt: 10ms, connect: 5ms', 3));
  expect(run.sojournMs).toEqual([45, 30, 45]); // at 100, at 195, and of the next session at 200
});

it('loses what rests with a crash; the next request picks anew, and nobody sees an error', () => {
  const crash = 'events: [ { at: 130ms, worker: a, crash: 10ms } ]';
  const run = play(sessions(three, crash, undefined, 3));
  expect(run.metric('errors.rate')).toBe(0);
  expect(run.metric('attempts.mean')).toBe(1); // at 100, anew at 170, and the second session at 200
  expect([...run.workers.elected]).toEqual([2, 1]);
});

it('a crash under a request resets the connection: an error, and the session goes on elsewhere', () => {
  const crash = 'events: [ { at: 110ms, worker: a, crash: 10ms } ]';
  const run = play(sessions(three, crash, undefined, 3));
  expect(run.metric('errors.gateway')).toBe(1 / 3);
  expect(run.metric('attempts.mean')).toBe(1); // at 100, at 160, at 200
});

it('a request on its way when the backend restarts is reset', () => {
  const crash = 'events: [ { at: 191ms, worker: a, crash: 1ms } ]';
  // Connected at 110, answered at 140; the second request leaves at 190 and comes to a backend that knows nothing.
  const run = play(sessions(three, crash, 'service: 20ms, rtt: 10ms', 2));
  expect(run.sojournMs).toEqual([40, NaN]);
});

it('a client that gives up closes its connection', () => {
  // Service 100, patience 60: one gives up at 160, thinks until 210; the second session's from 200 to 260.
  const run = play(sessions(`${three}, timeout: 60ms`, '', 'service: 100ms, slots: 9', 3));
  expect(run.metric('errors.timeout')).toBe(1);
  expect(run.workers.busyMean[0]).toBeCloseTo(60 / 210, 12);
});

it('an error that is tried again closes the connection, too', () => {
  const retry = `${three}, retry: { attempts: 1 }`;
  const errors = 'events: [ { at: 0s, worker: a, errors: 100%, for: 190ms } ]';
  const run = play(sessions(retry, errors, undefined, 2));
  // At 100 a says 500, at once b serves; at 170 the connection to b is used.
  expect(run.sojournMs).toEqual([20, 20]);
  expect([...run.workers.elected]).toEqual([1, 1]);
});

it('who gives up while his connection fails over does not find it again, waiting for a slot', () => {
  const run = play(
    `
seed: 1
run: { duration: 60s }
balancer:
  mode: tcp
  maxattempts: 1
  workers: [ { name: a, backend: full, retry: 1s }, { name: b, backend: free, max: 2 } ]
backends:
  full: { rtt: 1ms, queue: { places: 1, full: refuse }, service: { exponential: 50ms } }
  free: { rtt: 1ms, slots: 4, service: { exponential: 5ms } }
clients:
  - name: c
    timeout: 300ms
    arrival: { poisson: 1/s }
    session: { requests: { geometric: 20 }, think: { exponential: 100ms } }
`,
    { warmupNs: 1e9 },
  );
  expect(run.metric('errors.timeout')).toBeGreaterThan(0);
  expect(run.unfinished).toBe(0);
});
