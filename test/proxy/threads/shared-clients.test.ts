/** How many connections a client may have, whichever threads accept them. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { OwnClients } from '../../../src/proxy/clients.ts';
import { SharedClients, sharedClients } from '../../../src/proxy/threads/shared-clients.ts';
import { backend, balancer, RawClient } from '../rig.ts';
import { listening, patient, threadsRig } from './threads-rig.ts';

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

const among = (threads: number, slots?: number) => {
  const memory = sharedClients(threads, slots);
  return Array.from({ length: threads + 1 }, (_, i) => new SharedClients(memory, i));
};

test('threads that share the table let in whom one alone would', () => {
  const step = fc.record({
    thread: fc.integer({ min: 1, max: 3 }),
    client: fc.integer({ min: 1, max: 12 }),
    leaves: fc.nat(),
    comes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const [shared, alone] = [among(3), new OwnClients()];
      const open: (() => void)[] = [];
      for (const { thread, client, leaves, comes } of steps) {
        if (!comes && open.length > 0) {
          for (const left of open.splice(leaves % open.length, 1)) left();
          continue;
        }
        const lefts = [shared[thread]!, alone].map((all) => all.enter(`192.0.2.${client}`, 3));
        expect(lefts[0] === null).toBe(lefts[1] === null);
        open.push(() => {
          for (const left of lefts) left?.();
        });
      }
    }),
  );
});

test('who has no place in a full table is let in, and takes nobody anything when it goes', () => {
  const [, one, two] = among(2, 4);
  const lefts = [1, 2, 3, 4].map((i) => one!.enter(`a${i}`, 1));
  for (const thread of [one!, two!]) {
    expect(thread.enter('b', 1)).not.toBe(null);
    thread.enter('b', 1)!();
    expect(thread.enter('a1', 1)).toBe(null);
  }
  lefts[2]!();
  expect(two!.enter('b', 1)).not.toBe(null);
  expect(one!.enter('b', 1)).toBe(null);
});

test('what a dead thread had is free again, what others have is not', () => {
  const [supervisor, one, two] = among(2);
  for (const thread of [one!, two!, one!]) expect(thread.enter('a', 3)).not.toBe(null);
  expect(two!.enter('a', 3)).toBe(null);
  supervisor!.bury(1);
  expect(two!.enter('a', 3)).not.toBe(null);
  expect(two!.enter('a', 3)).not.toBe(null);
  expect(two!.enter('a', 3)).toBe(null);
});

test('a client has as many connections as it may, over all threads, reloads and deaths', async () => {
  const a = await backend('a');
  const lines = (most: number) => `QS_SrvMaxConnPerIP ${most}\n${balancer([a.url])}`;
  const r = await threadsRig(lines(6));
  const answered = ({ text }: RawClient) => text.includes('\r\n\r\na');
  const come = async (count: number) => {
    const all = Array.from({ length: count }, () => new RawClient(r.port).send(get));
    await vi.waitUntil(() => all.every((one) => one.ended || answered(one)), patient);
    return all.filter((one) => !one.ended);
  };
  const first = await come(40);
  expect(first.length).toBe(6);
  first[0]!.socket.end();
  await first[0]!.end();
  await vi.waitUntil(async () => (await come(1)).length === 1, patient);
  expect(await come(10)).toEqual([]);

  await r.proxy.reload(listening(lines(8)));
  expect((await come(20)).length).toBe(2);

  const [...dead] = r.proxy.threads;
  await Promise.all(dead.map(({ worker }) => worker.terminate()));
  await vi.waitUntil(() => r.proxy.threads.every((thread) => !dead.includes(thread)), patient);
  await Promise.all(r.proxy.threads.map(({ serving }) => serving));
  expect((await come(20)).length).toBe(8);
});
