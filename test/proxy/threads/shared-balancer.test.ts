/** One balancer, several threads: nothing is lost between them, and nothing is lost with one of them. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { Balancer, type BalancerConfig, lbmethods, NONE } from '../../../src/core/index.ts';
import { CALL_NUMBERS, perform } from '../../../src/proxy/threads/calls.ts';
import {
  SharedBalancer,
  type SharedMemory,
  sharedMemory,
} from '../../../src/proxy/threads/shared-balancer.ts';

vi.setConfig({ testTimeout: 120_000 });

const THREADS = 4;
const ROUNDS = 2000;
/** Clones cannot carry methods: a thread finds its own by the name. */
type Rest = Omit<BalancerConfig, 'lbmethod'> & { readonly fails?: boolean };

const entry = fileURLToPath(new URL('./hammer.mjs', import.meta.url));

function withMethod(config: Rest, name: string): BalancerConfig {
  const lbmethod = lbmethods.find((one) => one.name === name)!;
  return { ...config, lbmethod, alternatives: lbmethods.filter((other) => other !== lbmethod) };
}

interface World {
  readonly config: Rest;
  readonly lbmethod: string;
  readonly memory: SharedMemory;
  readonly balancer: SharedBalancer;
}

function worldOf(config: Rest, lbmethod: string, journalled?: number): World {
  const whole = withMethod(config, lbmethod);
  const memory = sharedMemory(new Balancer(whole), THREADS + 1, journalled);
  return { config, lbmethod, memory, balancer: new SharedBalancer(whole, memory, 0, 2000) };
}

async function started({ config, lbmethod, memory }: World, thread: number, rounds: number) {
  const workerData = { config, lbmethod, memory, thread, rounds, seed: thread * 977 };
  const worker = new Worker(entry, { workerData });
  const ended = once(worker, 'exit');
  await once(worker, 'message');
  return { worker, ended };
}

async function hammered(world: World): Promise<void> {
  const numbers = Array.from({ length: THREADS }, (_, i) => i + 1);
  const threads = await Promise.all(numbers.map((thread) => started(world, thread, ROUNDS)));
  await Promise.all(threads.map(({ ended }) => ended));
}

/** The calls since the checkpoint, done again by a plain balancer over memory of its own. */
function replayed({ config, lbmethod, memory, balancer }: World): Buffer {
  const { journal } = balancer;
  const bytes = new Uint8Array(memory.balancer.byteLength);
  bytes.set(journal.saved.subarray(0, bytes.length));
  const alone = new Balancer(withMethod(config, lbmethod), bytes.buffer);
  for (let i = 0; i < journal.length; i++) perform(alone, journal.calls, i * CALL_NUMBERS);
  return Buffer.from(bytes);
}

const bytesOf = ({ memory }: World) => Buffer.from(new Uint8Array(memory.balancer));
const sum = (column: Int32Array) => column.reduce((all, one) => all + one, 0);

const plain: Rest = { workers: [{ loadfactor: 1 }, { loadfactor: 2 }, { loadfactor: 5 }] };
const troubled: Rest = {
  workers: [{ route: 'a', retrySeconds: 0 }, { route: 'b' }, { retrySeconds: 0, loadfactor: 2 }],
  stickysession: 'S',
  maxattempts: 2,
  fails: true,
};

test('byrequests stays exactly fair between four threads', async () => {
  const world = worldOf(plain, 'byrequests');
  await hammered(world);
  const { lbstatus, elected, busy } = world.balancer.workers;
  const share = (THREADS * ROUNDS) / 8;
  expect([...elected]).toEqual([share, 2 * share, 5 * share]);
  expect(sum(lbstatus)).toBe(0);
  expect([...busy]).toEqual([0, 0, 0]);
  expect(world.balancer.ledger.charges).toBe(0);
});

test.each(['byrequests', 'p2c', 'peakewma', 'edf'])(
  '%s: the calls of four threads, done again by one, give the same bytes',
  async (lbmethod) => {
    const world = worldOf(troubled, lbmethod, THREADS * ROUNDS * 12);
    await hammered(world);
    expect(world.balancer.journal.length).toBeGreaterThan(THREADS * ROUNDS * 5);
    expect(replayed(world).equals(bytesOf(world))).toBe(true);
  },
);

test('with checkpoints in between, too', async () => {
  const world = worldOf(troubled, 'p2c', 1000);
  await hammered(world);
  expect(world.balancer.journal.length).toBeLessThanOrEqual(1000);
  expect(replayed(world).equals(bytesOf(world))).toBe(true);
});

test.each(['byrequests', 'edf'])(
  '%s: threads that are killed anywhere leave nothing behind',
  async (lbmethod) => {
    const world = worldOf(plain, lbmethod, 500);
    const survivor = await started(world, THREADS, Number.MAX_SAFE_INTEGER);
    for (let round = 0; round < 6; round++) {
      const thread = 1 + (round % (THREADS - 1));
      const { worker } = await started(world, thread, Number.MAX_SAFE_INTEGER);
      await worker.terminate();
      world.balancer.bury(thread, 0);
      for (let row = 0; row < 3; row++) expect(world.balancer.ledger.charged(thread, row)).toBe(0);
    }
    await survivor.worker.terminate();
    world.balancer.bury(THREADS, 0);
    expect([...world.balancer.workers.busy]).toEqual([0, 0, 0]);
    expect(world.balancer.ledger.charges).toBe(0);
    expect(sum(world.balancer.workers.lbstatus)).toBe(0);
    expect(replayed(world).equals(bytesOf(world))).toBe(true);
  },
);

test('a call that throws has not happened', () => {
  let calls = 0;
  const lbmethod = {
    name: 'faulty',
    summary: 'counts, then fails',
    source: 'this test',
    columns: { seen: 'i32' },
    elect(state: { seen: Int32Array; lbstatus: Int32Array }) {
      state.seen[0]!++;
      state.lbstatus[0]! += 7;
      if (++calls === 3) throw new Error('out of order');
      return 0;
    },
  } as unknown as BalancerConfig['lbmethod'];
  const config = { lbmethod, workers: [{}, {}] };
  const memory = sharedMemory(new Balancer(config), 2);
  const balancer = new SharedBalancer(config, memory, 1);
  for (let i = 0; i < 2; i++) balancer.pick(-1, i);
  const before = Buffer.from(new Uint8Array(memory.balancer));
  expect(() => balancer.pick(-1, 3)).toThrow('out of order');
  expect(Buffer.from(new Uint8Array(memory.balancer)).equals(before)).toBe(true);
  expect(balancer.ledger.charged(1, 0)).toBe(2);
  expect(balancer.pick(-1, 4)).toBe(0);
});

test('what a dead thread held is given back: charges, retries, the timeout of a waiting request', () => {
  const config: BalancerConfig = {
    ...withMethod({ workers: [{}, {}], timeoutSeconds: 3 }, 'byrequests'),
    modifiers: { retrybudget: { kind: 'share', ratio: 0.2, min: 3 } },
  };
  const memory = sharedMemory(new Balancer(config), 3);
  const dead = new SharedBalancer(config, memory, 1);
  const other = new SharedBalancer(config, memory, 2);
  for (const balancer of [dead, dead, other]) balancer.pick(-1, 1e9);
  dead.complete(0, true, 5, 1e9);
  expect(dead.takeRetry(false) && dead.takeRetry(true)).toBe(true);
  expect(other.takeRetry(false)).toBe(true);
  expect(dead.takeTimeout()).toBe(3e9);
  expect(other.takeTimeout()).toBe(0);
  new SharedBalancer(config, memory, 0, 2000).bury(1, 2e9);
  expect(sum(other.workers.busy)).toBe(1);
  expect(other.modifiers!.row.retrying[0]).toBe(1);
  expect(other.modifiers!.row.failedTries[0]).toBe(1);
  expect(other.takeTimeout()).toBe(3e9);
  expect(other.workers.status.some((bits) => (bits & 0x80) !== 0)).toBe(false);
});

test('times that come out of order are put in order', () => {
  const config = withMethod(plain, 'byrequests');
  const memory = sharedMemory(new Balancer(config), 2);
  const balancer = new SharedBalancer(config, memory, 1);
  balancer.pick(-1, 100);
  expect(balancer.pick(-1, 50)).not.toBe(NONE);
  expect(balancer.views.lastNs[0]).toBe(100);
});
