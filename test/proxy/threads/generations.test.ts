/** Configurations of several threads, from taken over to given up, with threads that are as slow as the test wants. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LbMethod, lbmethods, NONE } from '../../../src/core/index.ts';
import { configOf } from '../../../src/proxy/groups.ts';
import { deciderConfigOf } from '../../../src/proxy/observe/shadow.ts';
import { Generations } from '../../../src/proxy/threads/generations.ts';
import { Memories } from '../../../src/proxy/threads/memories.ts';
import { SharedBalancer } from '../../../src/proxy/threads/shared-balancer.ts';
import { balancer, configuration } from '../rig.ts';

/** Long enough for whatever is done now and then. */
const WHILE_MS = 1000;

const words: [number, number, number, number] = [1, 2, 3, 4];
const byrequests = lbmethods.find(({ name }) => name === 'byrequests')!;
beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Two threads that hold what they have taken until they let go of it. */
async function world(shadow: LbMethod | null = null) {
  const config = configuration(
    `BalancerPersist On\n${balancer(['http://127.0.0.1:1', 'http://127.0.0.1:2'])}`,
  );
  const held = new Set<string>();
  const generations = new Generations(2, (generation) =>
    [1, 2].some((thread) => held.has(`${thread} ${generation}`)),
  );
  const reload = async () => {
    generations.exchange(config, await generations.prepare(config, words, null, shadow));
  };
  /** The balancer of the present configuration, as `thread` takes it. */
  const take = (thread: number) => {
    const { generation, balancers } = generations.shares;
    held.add(`${thread} ${generation}`);
    const [{ conf, memory, shadow: decider }] = balancers as [(typeof balancers)[0]];
    const beside =
      decider === null
        ? null
        : new SharedBalancer(deciderConfigOf(conf, shadow!, words), decider, thread);
    const own = new SharedBalancer(configOf(conf, byrequests), memory, thread);
    const letGo = () => {
      own.leave();
      held.delete(`${thread} ${generation}`);
    };
    return { own, beside, memory, letGo };
  };
  return { generations, reload, take };
}

test('what a thread does to an earlier configuration is counted however late it is', async () => {
  const { generations, reload, take } = await world();
  await reload();
  const [slow, quick] = [take(1), take(2)];
  await reload();
  quick.letGo();
  vi.advanceTimersByTime(WHILE_MS);
  const worker = slow.own.pick(-1, 5e9);
  slow.own.sent(worker, 100);
  vi.advanceTimersByTime(WHILE_MS);
  const { workers } = generations.present!.groups.balancers[0]!.balancer;
  expect(workers.busy[worker]).toBe(1);
  slow.own.complete(worker, true, 1e6, 6e9);
  slow.own.release(worker);
  slow.letGo();
  vi.advanceTimersByTime(WHILE_MS);
  expect([workers.busy[worker], workers.elected[worker]]).toEqual([0, 1]);
  expect(workers.transferred[worker]).toBe(100);
  expect(vi.getTimerCount()).toBe(0);
});

test('one configuration that is held keeps no later one from being counted', async () => {
  const { generations, reload, take } = await world();
  await reload();
  const first = take(1);
  await reload();
  const second = take(1);
  await reload();
  const picked = [first.own.pick(-1, 5e9), second.own.pick(-1, 5e9)];
  second.own.release(picked[1]!);
  second.letGo();
  vi.advanceTimersByTime(WHILE_MS);
  const { workers } = generations.present!.groups.balancers[0]!.balancer;
  expect(workers.busy[picked[0]!]).toBe(1);
  expect(workers.elected.reduce((sum, one) => sum + one, 0)).toBe(2);
  first.own.release(picked[0]!);
  first.letGo();
  vi.advanceTimersByTime(WHILE_MS);
  expect([...workers.busy.subarray(0, 2)]).toEqual([0, 0]);
  expect(vi.getTimerCount()).toBe(0);
});

test('memory is used again when every thread has let go of it, and no earlier', async () => {
  const { reload, take } = await world();
  await reload();
  const [slow, quick] = [take(1), take(2)];
  await reload();
  quick.letGo();
  vi.advanceTimersByTime(WHILE_MS);
  await reload();
  const { memory } = take(2);
  expect(memory.balancer).not.toBe(slow.memory.balancer);
  slow.letGo();
  vi.advanceTimersByTime(WHILE_MS);
  const later = [];
  for (let i = 0; i < 2; i++) {
    await reload();
    later.push(take(2));
  }
  const again = later.find(({ memory }) => memory.balancer === slow.memory.balancer)!;
  expect(again.own.balanced).toBe(true);
  expect(again.own.pick(-1, 9e9)).not.toBe(NONE);
  expect(() => slow.own.pick(-1, 9e9)).toThrow('a configuration that has ended');
});

test('a thread that died with a lock is waited for', async () => {
  const { generations, reload, take } = await world();
  await reload();
  const { own, letGo } = take(1);
  await reload();
  own.pick(-1, 5e9);
  Atomics.store(own.journal.lockWord, 0, 2); // as thread 1 would have it
  vi.advanceTimersByTime(20);
  const { workers } = generations.present!.groups.balancers[0]!.balancer;
  expect(workers.busy[0]).toBe(0);
  generations.bury(1, 6e9);
  letGo();
  vi.advanceTimersByTime(WHILE_MS);
  expect([...workers.busy.subarray(0, 2)]).toEqual([0, 0]);
  expect(workers.elected[0]).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('what a dead thread held of the balancer of a shadow is given back, and its memory used again', async () => {
  const { generations, reload, take } = await world(byrequests);
  await reload();
  const { beside, letGo } = take(1);
  const worker = beside!.pick(-1, 5e9);
  expect(beside!.workers.busy[worker]).toBe(1);
  generations.bury(1, 6e9);
  expect(beside!.workers.busy[worker]).toBe(0);
  await reload();
  letGo();
  vi.advanceTimersByTime(WHILE_MS);
  const { memory } = beside!;
  const later = [];
  for (let i = 0; i < 2; i++) {
    await reload();
    const { own, beside: other } = take(1);
    later.push(own.memory, other!.memory);
  }
  expect(later).toContain(memory);
});

test('memory is of zeros, and of few sizes', () => {
  const memories = new Memories();
  const first = memories.take(333_000);
  expect(first.byteLength).toBeGreaterThanOrEqual(333_000);
  expect(first.byteLength).toBeLessThan(333_000 * 1.25);
  new Uint8Array(first).fill(7);
  memories.giveBack(first);
  const second = memories.take(334_000);
  expect(second).toBe(first);
  expect(new Uint8Array(second).every((byte) => byte === 0)).toBe(true);
  expect(memories.take(333_000)).not.toBe(first);
  const sizes = Array.from({ length: 10_000 }, (_, i) => new Memories().take(i + 1).byteLength);
  expect(sizes.every((size, i) => size > i)).toBe(true);
  expect(new Set(sizes).size).toBeLessThan(40);
});
