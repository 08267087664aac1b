/** Four threads serve as one would: what they share is one state, and what they do not share does not show. */
import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { CALL_NUMBERS, perform } from '../../../dist/src/proxy/threads/calls.js';
import type { SharedBalancer } from '../../../dist/src/proxy/threads/shared-balancer.js';
import { backend, balancer, RawClient, refusingPort } from '../rig.ts';
import { bodies, lbmethodFile, patient, threadsRig } from './threads-rig.ts';

test('byrequests is as fair as one thread is, and all threads serve', async () => {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => backend(name)));
  const members = [`${a!.url} loadfactor=1`, `${b!.url} loadfactor=2`, `${c!.url} loadfactor=5`];
  const r = await threadsRig(balancer(members));
  const answers = await r.load(400, 16);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(bodies(answers)).toEqual({ a: 50, b: 100, c: 250 });
  await r.idle();
  expect(r.column('elected')).toEqual([50, 100, 250]);
  expect(r.column('lbstatus').reduce((sum, one) => sum + one, 0)).toBe(0);
});

test('what the threads have done, done again by one, gives the same bytes', async () => {
  const a = await backend('a');
  const b = await backend('b', (_, response) => response.writeHead(503).end());
  const dead = `http://127.0.0.1:${await refusingPort()}`;
  const members = [`${a.url} route=x`, `${b.url} route=y`, `${dead} route=z retry=0`];
  const r = await threadsRig(balancer(members, 'stickysession=S'), {
    name: 'bytraffic',
    file: null,
  });
  const cookies = ['S=1.x', 'S=1.z', 'T=1'];
  await Promise.all(cookies.map((Cookie) => r.load(40, 6, { headers: { Cookie } })));
  await r.idle();
  const core = r.core as SharedBalancer;
  const alone = core.fork();
  const bytes = new Uint8Array(alone.memory);
  const before = core.journal.saved.subarray(0, bytes.length);
  const after = Buffer.from(bytes);
  bytes.set(before);
  const { length, calls } = core.journal;
  for (let i = 0; i < length; i++) perform(alone, calls, i * CALL_NUMBERS);
  expect(length).toBeGreaterThan(600);
  expect(Buffer.from(before).equals(after)).toBe(false);
  expect(Buffer.from(bytes).equals(after)).toBe(true);
  const threads = Array.from({ length }, (_, i) => calls[i * CALL_NUMBERS + 1]!);
  expect(new Set(threads).size).toBe(4);
});

test('a session finds its worker whichever thread has it', async () => {
  const servers = await Promise.all(['a', 'b', 'c'].map((name) => backend(name)));
  const members = servers.map(({ url }, i) => `${url} route=n${i}`);
  const r = await threadsRig(balancer(members, 'stickysession=S'));
  const answers = await r.load(60, 8, { headers: { Cookie: 'S=x.n1' } });
  expect(bodies(answers)).toEqual({ b: 60 });
});

test('a worker that fails is out for all threads at once', async () => {
  const a = await backend('a');
  const dead = await refusingPort();
  const r = await threadsRig(balancer([a.url, `http://127.0.0.1:${dead}`]));
  expect(bodies(await r.load(80, 8))).toEqual({ a: 80 });
  expect(r.column('elected')[1]).toBeLessThanOrEqual(8); // only who picked it before the first had failed
  await r.idle();
});

test('a request waits for a worker once for all threads, and the timeout comes back', async () => {
  const dead = await refusingPort();
  const r = await threadsRig(
    balancer([`http://127.0.0.1:${dead} status=+D`], 'timeout=1 maxattempts=1'),
  );
  const answers = await r.load(8, 8);
  expect(answers.every(({ status }) => status === 503)).toBe(true);
  await r.idle();
  expect(r.core.views.timeoutNs[0]).toBe(1e9);
});

test("a user's lbmethod keeps its state in the buffer that threads share", async () => {
  const turns = lbmethodFile(`export default {
    name: 'turns', summary: 'in turn', source: 'this test', columns: { turn: 'i32' },
    elect({ turn }, { ids, count }) { return ids[turn[0]++ % count]; },
  };`);
  const servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => backend(name)));
  const r = await threadsRig(balancer(servers.map(({ url }) => url)), turns);
  expect(bodies(await r.load(120, 12))).toEqual({ a: 30, b: 30, c: 30, d: 30 });
});

test('closing lets requests of every thread finish, and refuses new ones', async () => {
  const held: ServerResponse[] = [];
  const a = await backend('a', ({ url }, response) => {
    if (url === '/wait') held.push(response);
    else response.end('a');
  });
  const r = await threadsRig(balancer([a.url]));
  const clients = Array.from({ length: 8 }, () =>
    new RawClient(r.port).send('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n'),
  );
  await vi.waitUntil(() => held.length === clients.length, patient);
  expect(r.proxy.open).toBe(clients.length);
  const closed = r.proxy.close();
  await vi.waitUntil(
    () =>
      r.get().then(
        () => false,
        () => true,
      ),
    patient,
  );
  for (const response of held) response.end('finished');
  for (const client of clients) expect(await client.end()).toContain('finished');
  await closed;
});

test('the deadline ends what does not', async () => {
  const held: ServerResponse[] = [];
  const a = await backend('a', (_, response) => held.push(response));
  const r = await threadsRig(balancer([a.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => held.length === 1, patient);
  await r.proxy.close(50);
  await client.end();
  expect(r.column('busy')).toEqual([0]);
});
