/** Requests that are held, and requests that wait (spec: httpd 2.5, 5.5, 5.6; E29, E31, E33, E38). */
import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { type Answer, type Backend, backend, balancer, RawClient, type Rig, rig } from './rig.ts';

type Holding = Backend & { release(key: string): void };

/** Holds requests to `/kN` until they are released by name. */
async function holding(name: string): Promise<Holding> {
  const held = new Map<string, ServerResponse>();
  const made = await backend(name, (message, response) => {
    if (message.url?.startsWith('/k')) held.set(message.url, response);
    else response.end(name);
  });
  return Object.assign(made, { release: (key: string) => held.get(`/${key}`)?.end(name) });
}

/** Opens a held request; resolves when it is at its member. */
async function open(
  r: Rig,
  members: readonly Holding[],
  key: string,
): Promise<{ readonly answer: Promise<Answer> }> {
  const before = seen(members);
  const answer = r.get(`/${key}`);
  await vi.waitUntil(() => seen(members) > before);
  return { answer }; // not the promise itself: that would be waited for
}

function seen(members: readonly Holding[]): number {
  return members.reduce((sum, member) => sum + member.seen, 0);
}

test('E29: bybusyness with overlapping requests', async () => {
  const members = [await holding('A'), await holding('B'), await holding('C')];
  const r = await rig(
    balancer(
      members.map(({ url }) => url),
      'lbmethod=bybusyness',
    ),
  );
  const k1 = await open(r, members, 'k1');
  expect(r.column('busy')).toEqual([1, 0, 0]);
  await open(r, members, 'k2');
  expect(r.column('lbstatus')).toEqual([-100, -100, 200]);
  await open(r, members, 'k3');
  await open(r, members, 'k4');
  expect(r.column('busy')).toEqual([2, 1, 1]);
  expect((await r.get()).body).toBe('B');
  expect(r.column('lbstatus')).toEqual([-100, -100, 200]);
  expect((await r.get()).body).toBe('C');
  members[0]!.release('k1');
  expect((await k1.answer).body).toBe('A');
  await vi.waitUntil(() => r.proxy.open === 3);
  expect(r.column('busy')).toEqual([1, 1, 1]);
  expect(r.proxy.balanced).toBe(true);
  for (const key of ['k2', 'k3', 'k4']) for (const member of members) member.release(key);
  await r.idle();
  expect(r.column('busy')).toEqual([0, 0, 0]);
});

test('E31: a member that refused keeps the request in its busy count', async () => {
  const members = [await holding('A'), await holding('B'), await holding('C')];
  const urls = members.map(({ url }, i) => (i === 0 ? `${url} retry=60` : url));
  const r = await rig(balancer(urls, 'lbmethod=bybusyness'));
  await members[0]!.down();
  await open(r, members, 'k1');
  expect(r.column('busy')).toEqual([1, 1, 0]);
  expect(r.column('lbstatus')).toEqual([-200, 0, 200]);
  await open(r, members, 'k2');
  expect(r.column('busy')).toEqual([1, 1, 1]);
  expect(r.proxy.balanced).toBe(true);
  for (const key of ['k1', 'k2']) for (const member of members) member.release(key);
  await r.idle();
  expect(r.column('busy')).toEqual([0, 0, 0]);
});

test('E33: an exhausted pool marks members', async () => {
  const members = [await holding('A'), await holding('B')];
  const r = await rig(
    balancer([
      `${members[0]!.url} max=1 acquire=200 retry=9`,
      `${members[1]!.url} max=1 acquire=200`,
    ]),
  );
  await open(r, members, 'k1');
  await open(r, members, 'k2');
  expect(r.column('busy')).toEqual([1, 1]);
  expect((await r.get()).status).toBe(503);
  expect(r.flags).toEqual(['E', 'E']);
  expect(r.column('lbstatus')).toEqual([-100, 100]);
  for (const key of ['k1', 'k2']) for (const member of members) member.release(key);
  await r.idle();
  expect((await r.get()).body).toBe('B');
  expect(r.flags).toEqual(['', '']);
});

test('without acquire a request waits for a connection, however long', async () => {
  const member = await holding('A');
  const r = await rig(balancer([`${member.url} max=1`]));
  await open(r, [member], 'k1');
  const waiting = [r.get(), r.get()];
  await vi.waitUntil(() => r.column('busy')[0] === 3);
  expect(member.seen).toBe(1);
  member.release('k1');
  for (const answer of waiting) expect((await answer).body).toBe('A');
  await r.idle();
});

test('a client that goes while it waits for a connection frees everything', async () => {
  const member = await holding('A');
  const r = await rig(`ProxyPass /none !\n${balancer([`${member.url} max=1`])}`);
  await open(r, [member], 'k1');
  const client = new RawClient(r.port).send('GET /gone HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => r.column('busy')[0] === 2);
  client.socket.destroy();
  for (const _ of [1, 2]) expect((await r.get('/none')).status).toBe(404); // by now the proxy has seen it go
  member.release('k1');
  await r.idle();
  expect((await r.get()).body).toBe('A');
  expect(member.seen).toBe(2); // the one that went was never sent
});

test('E38: the balancer waits for a member whose retry time ends', async () => {
  const member = await holding('A');
  const r = await rig(balancer([`${member.url} retry=1`], 'timeout=5 forcerecovery=Off'));
  await member.down();
  expect((await r.get()).status).toBe(503); // a refused try is not retried by the wait
  expect(r.flags).toEqual(['E']);
  await member.up();
  expect((await r.get()).body).toBe('A');
  expect(r.flags).toEqual(['']);
  await r.idle();
});

test('E38: one waits for a usable member, the others fail at once', async () => {
  const member = await holding('A');
  const r = await rig(balancer([`${member.url} status=+D`], 'timeout=1'));
  const ended: string[] = [];
  const first = r.get().then(({ status }) => ended.push(`first ${status}`));
  await vi.waitUntil(() => r.proxy.open === 1);
  const others = [1, 2].map(() => r.get().then(({ status }) => ended.push(`other ${status}`)));
  await Promise.all([first, ...others]);
  expect(ended).toEqual(['other 503', 'other 503', 'first 503']);
  expect(r.core.views.timeoutNs[0]).toBe(1e9);
  await r.idle();
});

test('the waiting request takes a member that is enabled meanwhile', async () => {
  const member = await holding('A');
  const r = await rig(balancer([`${member.url} status=+D`], 'timeout=20'));
  const answer = r.get();
  await vi.waitUntil(() => r.proxy.open === 1);
  r.core.manageWorker(0, { status: { D: false } });
  expect((await answer).body).toBe('A');
  await r.idle();
});
