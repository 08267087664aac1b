/** Changes in the very instant in which requests are under way, and how many may look on. */
import type { ServerResponse } from 'node:http';
import { type IncomingMessage, request } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LISTENERS_MAX } from '../../../src/proxy/manager/api.ts';
import { type Backend, backend, type Rig, rawBackend, rig } from '../rig.ts';

const patient = { timeout: 20_000, interval: 5 };

/** Two members of which the first keeps requests for `/hold`. */
async function made(first: string, second = '', set = '') {
  const held: ServerResponse[] = [];
  const a = await backend('a', (message, response) => {
    if (message.url === '/hold') held.push(response);
    else response.end('a');
  });
  const b = await backend('b');
  const r = await rig(`<Proxy balancer://c>
  BalancerMember ${a.url} route=a ${first}
  BalancerMember ${b.url} route=b ${second}
  ProxySet nonce=abc growth=1 ${set}
</Proxy>
ProxyPass /m !
ProxyPass / balancer://c/
<Location /m>
  SetHandler balancer-manager
  Require local
</Location>
`);
  return { r, a, b, held };
}

const change = (r: Rig, set: string, member?: Backend) =>
  r.get('/m', {
    method: 'POST',
    headers: { Referer: 'http://127.0.0.1/' },
    body: `b=c&nonce=abc&${member === undefined ? '' : `w=${member.url}&`}${set}`,
  });

test('a member that is disabled, stopped and re-routed ends what it has begun', async () => {
  const { r, a, held } = await made('', 'status=+D');
  const answer = r.get('/hold');
  await vi.waitUntil(() => held.length === 1, patient);
  await change(r, 'w_status_D=1&w_status_S=1&w_wr=other&w_lf=9', a);
  expect(r.column('busy')).toEqual([1, 0, 0]);
  expect((await r.get('/')).status).toBe(503);
  held[0]!.end('late');
  expect(await answer).toMatchObject({ status: 200, body: 'late' });
  await r.idle();
  expect(r.flags).toEqual(['DS', 'D', '']);
  expect(r.column('busy')).toEqual([0, 0, 0]);
});

// As in httpd, which looks whether a member is usable before it waits for one of its connections.
test('who waits for a connection gets it, though the member is disabled meanwhile', async () => {
  const { r, a, b, held } = await made('max=1', 'status=+D');
  const first = r.get('/hold');
  await vi.waitUntil(() => held.length === 1, patient);
  const second = r.get('/');
  await vi.waitUntil(() => r.column('busy')[0] === 2, patient);
  await change(r, 'w_status_D=1', a);
  await change(r, 'w_status_D=0', b);
  expect((await r.get('/')).body).toBe('b');
  held[0]!.end('late');
  expect([(await first).body, (await second).body]).toEqual(['late', 'a']);
  await r.idle();
  expect(r.flags).toEqual(['D', '', '']);
});

test('who waits for a usable member gets the one that is enabled, or added', async () => {
  const { r, a, b } = await made('status=+D', 'status=+D', 'timeout=20');
  const waiting = r.get('/');
  await vi.waitUntil(() => r.proxy.open === 1, patient);
  await change(r, 'w_status_D=0', b);
  expect((await waiting).body).toBe('b');
  await change(r, 'w_status_D=1', b);
  await r.idle();
  const next = r.get('/');
  await vi.waitUntil(() => r.proxy.open === 1, patient);
  const c = await backend('c');
  await change(r, `b_wyes=1&b_nwrkr=${c.url}`);
  await change(r, 'w_status_D=0', c);
  expect((await next).body).toBe('c');
  await r.idle();
  expect([a.seen, b.seen, c.seen]).toEqual([0, 1, 1]);
});

// Spec: httpd 3.4, 3.6: the reset clears `busy` even with requests open, and 2.5: it never falls below 0.
test('another lbmethod takes over with requests open: busy is cleared, and stays so', async () => {
  const { r, held } = await made('');
  const answers = [r.get('/hold')];
  await vi.waitUntil(() => held.length === 1, patient);
  await change(r, 'b_lbm=bybusyness');
  answers.push(r.get('/'));
  await answers[1];
  expect(r.core.lbmethod.name).toBe('bybusyness');
  held[0]!.end('late');
  expect((await answers[0]!).status).toBe(200);
  await vi.waitUntil(() => r.proxy.open === 0, patient);
  expect(r.column('busy')).toEqual([0, 0, 0]);
});

test('so many listen to the live numbers, and no more until one goes', async () => {
  const { r } = await made('');
  const listen = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { port } = r;
      const asked = request({ port, host: '127.0.0.1', path: '/m/api/v1/events', agent: false });
      onTestFinished(() => void asked.destroy());
      asked.on('response', (response) => {
        response.on('error', () => {});
        response.resume();
        resolve(response);
      });
      asked.on('error', reject);
      asked.end();
    });
  const listening = [];
  for (let i = 0; i < LISTENERS_MAX; i++) listening.push(await listen());
  expect(new Set(listening.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect((await listen()).statusCode).toBe(503);
  listening[0]!.destroy();
  await vi.waitUntil(async () => (await listen()).statusCode === 200, patient);
});

test('what a form says begins no line of its own in a request to a member, or in a log', async () => {
  const { r, a } = await made('');
  const probes: string[] = [];
  const worker = await rawBackend((socket) => {
    socket.on('data', (bytes) => {
      probes.push(bytes.toString('latin1'));
      socket.end('HTTP/1.0 200 OK\r\n\r\n');
    });
  });
  const add = async (url: string) =>
    (await change(r, `b_wyes=1&b_nwrkr=${encodeURIComponent(encodeURIComponent(url))}`)).status;
  expect(await add(`${worker.url}/x\r\nX-Path: 1`)).toBe(400);
  expect(await add('http://a\nb')).toBe(400);
  expect(await add(worker.url)).toBe(200);
  const uri = encodeURIComponent(encodeURIComponent('/ HTTP/1.0\r\nX-Uri: 1\r\n'));
  const member = { url: worker.url } as Backend;
  const asks = `w_hm=GET&w_hi=100&w_hu=${uri}`;
  expect((await change(r, asks, member)).status).toBe(200);
  await vi.waitUntil(() => probes.length > 1, patient);
  for (const probe of probes) expect(probe).not.toContain('X-Uri');
  expect((await r.get('/')).body).toBe('a');
  expect(a.seen).toBe(1);
});
