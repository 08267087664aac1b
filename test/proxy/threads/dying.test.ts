/** Threads that die: their clients are cut off, nobody else notices, and others take their place. */
import { existsSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { ask, backend, balancer, RawClient } from '../rig.ts';
import {
  bodies,
  lbmethodFile,
  listening,
  patient,
  type ThreadsRig,
  threadsRig,
} from './threads-rig.ts';

const WAITS = 'GET /wait HTTP/1.1\r\nHost: x\r\n\r\n';

async function waiting(requests: number) {
  const held: ServerResponse[] = [];
  const a = await backend('a', (message, response) => {
    if (message.url === '/wait') held.push(response);
    else response.end('a');
  });
  const r = await threadsRig(balancer([a.url]));
  const clients = Array.from({ length: requests }, () => new RawClient(r.port).send(WAITS));
  await vi.waitUntil(() => held.length === requests, patient);
  expect(r.column('busy')).toEqual([requests]);
  return { r, held, clients };
}

/** Resolves when every thread's place is taken by one that is not `dead` and serves. */
async function restarted(r: ThreadsRig, dead: ThreadsRig['proxy']['threads']): Promise<void> {
  await vi.waitUntil(() => r.proxy.threads.every((thread) => !dead.includes(thread)), patient);
  await Promise.all(r.proxy.threads.map(({ serving }) => serving));
}

test('a thread that is killed gives back what its requests held; others go on', async () => {
  const { r, held, clients } = await waiting(12);
  const [victim] = r.proxy.threads;
  await victim!.worker.terminate();
  await restarted(r, [victim!]);
  await vi.waitUntil(
    () => r.column('busy')[0] === clients.filter(({ ended }) => !ended).length,
    patient,
  );
  for (const response of held) response.end('late');
  for (const client of clients) {
    const answer = await client.until((text) => client.ended || text.includes('late'));
    expect(answer === '').toBe(client.ended);
    client.socket.destroy();
  }
  await r.idle();
  expect(r.column('busy')).toEqual([0]);
  const answers = await r.load(40, 8);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(r.lines.join('\n')).toContain('thread 1 has died and is started again');
});

test('when all die at once, all are cut off, nothing stays charged, and all come back', async () => {
  const { r, clients } = await waiting(8);
  const dead = [...r.proxy.threads];
  await Promise.all(dead.map(({ worker }) => worker.terminate()));
  for (const client of clients) expect(await client.end()).toBe('');
  await r.idle();
  expect(r.column('busy')).toEqual([0]);
  await restarted(r, dead);
  expect((await r.get()).body).toBe('a');
});

test('a configuration is taken over while a thread is down, and by the one that takes its place', async () => {
  const [a, b] = await Promise.all(['a', 'b'].map((name) => backend(name)));
  const r = await threadsRig(balancer([a!.url]));
  const dead = [...r.proxy.threads];
  await Promise.all(dead.map(({ worker }) => worker.terminate()));
  await r.proxy.reload(listening(balancer([b!.url])));
  await restarted(r, dead);
  const { port } = r.proxy.addresses[0]!;
  const answers = await Promise.all(Array.from({ length: 16 }, () => ask(port, '/')));
  expect(bodies(answers)).toEqual({ b: 16 });
});

test('a thread that starts is not asked for metrics before it has any', async () => {
  const a = await backend('a');
  const metrics = 'ProxyPass /m !\n<Location /m>\n  SetHandler fairlead-metrics\n</Location>\n';
  const r = await threadsRig(metrics + balancer([a.url]));
  const [victim] = r.proxy.threads;
  await victim!.worker.terminate();
  const again = restarted(r, [victim!]).then(() => true);
  let over = false;
  while (!over) {
    await r.get('/m').catch(() => {}); // by a thread that dies
    over = await Promise.race([again, setImmediate(false)]);
  }
  expect(r.lines.filter((line) => line.includes('has died'))).toHaveLength(1);
});

test('threads are killed under load: every request has an answer or a cut connection, none is charged', async () => {
  const a = await backend('a');
  const b = await backend('b');
  const r = await threadsRig(balancer([a.url, b.url]));
  let cut = 0;
  let stop = false;
  const client = async () => {
    let answered = 0;
    while (!stop) {
      await r.get().then(
        ({ status }) => {
          expect(status).toBe(200);
          answered++;
        },
        () => cut++,
      );
    }
    return answered;
  };
  const clients = Array.from({ length: 8 }, client);
  for (let round = 0; round < 4; round++) {
    const victim = r.proxy.threads[round % 4]!;
    await victim.serving;
    const before = a.seen + b.seen;
    await vi.waitUntil(() => a.seen + b.seen > before + 20, patient);
    await victim.worker.terminate();
    await restarted(r, [victim]);
  }
  stop = true;
  const answered = (await Promise.all(clients)).reduce((sum, one) => sum + one, 0);
  expect(answered).toBeGreaterThan(80);
  expect(cut).toBeLessThan(answered);
  await r.idle();
  expect(r.column('busy')).toEqual([0, 0]);
  expect(r.column('lbstatus').reduce((sum, one) => sum + one, 0)).toBe(0);
});

test('a thread that dies of an exception in the midst of a pick leaves no trace of it', async () => {
  const faulty = lbmethodFile(`import { existsSync, rmSync } from 'node:fs';
  const trap = import.meta.filename + '.trap';
  export default {
    name: 'faulty', summary: 'in turn', source: 'this test', columns: { turn: 'i32' },
    elect({ turn, lbstatus }, { ids, count }) {
      const elected = ids[turn[0]++ % count];
      if (!existsSync(trap)) return elected;
      rmSync(trap);
      lbstatus[elected] += 1000;
      throw new Error('in the midst');
    },
  };`);
  const a = await backend('a');
  const b = await backend('b');
  const r = await threadsRig(balancer([a.url, b.url]), faulty);
  await r.load(10, 2);
  const threads = [...r.proxy.threads];
  const trap = `${faulty.file}.trap`;
  writeFileSync(trap, '');
  await expect(r.get()).rejects.toThrow();
  expect(existsSync(trap)).toBe(false);
  await vi.waitUntil(() => threads.some((thread) => !r.proxy.threads.includes(thread)), patient);
  await Promise.all(r.proxy.threads.map(({ serving }) => serving));
  await r.load(10, 2);
  await r.idle();
  expect([r.column('elected'), r.column('lbstatus'), r.column('busy')]).toEqual([
    [10, 10],
    [0, 0],
    [0, 0],
  ]);
  expect(r.lines.join('\n')).toMatch(/thread \d has died .*in the midst/);
});
