/**
 * Worked examples E36 and E37 from real httpd 2.4.71: whom heartbeat elects, ticket by ticket. With S open
 * slots a pick draws one of the tickets 0 to S; the words of the generator are set so that each is drawn once.
 */
import { expect, test } from 'vitest';
import {
  Balancer,
  type BalancerConfig,
  lbmethods,
  NONE,
  type WorkerConfig,
} from '../../../src/core/index.ts';
import { wordsThatDraw } from '../wanted-draw.ts';

const heartbeat = lbmethods.find(({ name }) => name === 'heartbeat')!;
const seconds = 1e9;

interface Entry {
  ready: number;
  busy?: number;
  ageSeconds?: number;
}

/** A balancer with one host per entry, which has heard each of them. */
function balancerOf(entries: Entry[], nowNs: number, config: Partial<BalancerConfig> = {}) {
  const workers = entries.map((): WorkerConfig => ({}));
  const balancer = new Balancer({ lbmethod: heartbeat, workers, ...config });
  entries.forEach(({ ready, busy = 1, ageSeconds = 0 }, worker) => {
    balancer.heartbeat(worker, ready, busy, nowNs - ageSeconds * seconds);
  });
  return balancer;
}

/** The worker elected for each ticket from 0 to `openslots`, as letters; `-` for nobody. */
function byTicket(
  entries: Entry[],
  openslots: number,
  config: Partial<BalancerConfig> = {},
): string {
  const nowNs = 100 * seconds;
  let elected = '';
  for (let ticket = 0; ticket <= openslots; ticket++) {
    const fraction = (ticket + 0.5) / (openslots + 1);
    const rng = wordsThatDraw(Math.floor(fraction * 4294967296));
    const worker = balancerOf(entries, nowNs, { ...config, rng }).pick(-1, nowNs);
    elected += worker === NONE ? '-' : 'ABCD'[worker];
  }
  return elected;
}

test('E36. ready 1 and 1: tickets 0 to 2, the last worker has one more', () => {
  expect(byTicket([{ ready: 1 }, { ready: 1 }], 2)).toBe('ABB');
});

test('E36. ready 10, 1 and 0: a last entry without slots still has its one ticket', () => {
  expect(byTicket([{ ready: 10 }, { ready: 1 }, { ready: 0 }], 11)).toBe(`${'A'.repeat(10)}BC`);
});

test('3.5. an entry without slots that is not the last never wins', () => {
  expect(byTicket([{ ready: 2 }, { ready: 0 }, { ready: 2 }], 4)).toBe('AACCC');
});

test('E36. an age of 9 s is fresh, one of 10 s is not', () => {
  const entries = [
    { ready: 4, ageSeconds: 9 },
    { ready: 4, ageSeconds: 10 },
  ];
  expect(byTicket(entries, 4)).toBe('AAAAA');
});

test('7.3. the age counts whole seconds: 9.99 s is 9', () => {
  expect(byTicket([{ ready: 1, ageSeconds: 9.99 }], 1)).toBe('AA');
});

test.each([
  ['ready=3, busy=0: a quarter of 3 is no slot', [{ ready: 3, busy: 0 }], '-'],
  ['ready=4, busy=0: one open slot', [{ ready: 4, busy: 0 }], 'A'],
  ['all ready=0', [{ ready: 0 }, { ready: 0 }], '-'],
  ['nothing heard', [], '-'],
])('E37. %s', (_, entries, elected) => {
  const workers = [{}, {}];
  expect(byTicket(entries, 0, { workers })).toBe(elected);
});

test('E37. sets, standby and draining are ignored, disabled is not', () => {
  const workers = [{ status: '+H', lbset: 3 }, { status: '+N' }, { status: '+D' }];
  const entries = workers.map(() => ({ ready: 5 }));
  expect(byTicket(entries, 10, { workers })).toBe('AAAAABBBBBB');
});

test('E37. of four workers on one host the last usable one gets everything', () => {
  const workers = [{}, {}, {}, { status: '+D' }].map((worker) => ({ ...worker, host: 'h' }));
  const balancer = new Balancer({ lbmethod: heartbeat, workers, rng: [5, 6, 7, 8] });
  balancer.heartbeat(1, 5, 1, 0);
  const elected = Array.from({ length: 200 }, () => balancer.pick(-1, 1));
  expect(new Set(elected)).toEqual(new Set([2]));
});
