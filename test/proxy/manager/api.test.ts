/** The JSON API and the stream of live numbers. */
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type Asking, rig } from '../rig.ts';
import { shop } from './sides.ts';

const FROM = { Referer: 'http://127.0.0.1/' };

async function made() {
  const { lines, urls } = await shop();
  const r = await rig(lines);
  const change = (document: unknown, headers: Record<string, string> = FROM) => {
    const body = typeof document === 'string' ? document : JSON.stringify(document);
    return r.get('/balancer-manager/api/v1/change', { method: 'POST', headers, body } as Asking);
  };
  return { r, urls, change };
}

test('balancers as JSON', async () => {
  const { r, urls } = await made();
  await r.get('/');
  const { body, headers } = await r.get('/balancer-manager/api/v1/balancers');
  expect(headers['content-type']).toBe('application/json');
  const { version, balancers } = JSON.parse(body);
  expect(version).toBe(1);
  expect(balancers).toMatchObject([
    {
      name: 'shop',
      editable: true,
      nonce: 'abc',
      maxMembers: 4,
      stickysession: 'ROUTEID|routeid',
      lbmethod: 'byrequests',
      path: '/',
      members: [
        {
          name: urls[0],
          route: 'n1',
          loadfactor: 1,
          elected: 0,
          state: 'serving',
          status: 'Init Ok ',
        },
        { name: urls[1], route: 'n2', loadfactor: 2, elected: 1, lbstatus: -100 },
      ],
    },
    { name: 'closed', editable: false, nonce: '', stickysession: null, path: '/closed/' },
  ]);
});

test('a change by the names of the forms', async () => {
  const { r, urls, change } = await made();
  const set = { w_status_N: '1', w_lf: '4' };
  const { status, body } = await change({ balancer: 'shop', member: urls[0], nonce: 'abc', set });
  expect(status).toBe(200);
  expect(JSON.parse(body).balancers[0].members[0]).toMatchObject({ flags: 'N', loadfactor: 4 });
  await change({ balancer: 'shop', nonce: 'abc', set: { b_lbm: 'bybusyness' } });
  await r.get('/balancer-manager/api/v1/balancers'); // looking adopts it
  expect(r.core.lbmethod.name).toBe('bybusyness');
});

test('an Origin of this server will do for a Referer', async () => {
  const { r, urls, change } = await made();
  const document = { balancer: 'shop', member: urls[0], nonce: 'abc', set: { w_status_D: '1' } };
  expect((await change(document, { Origin: 'http://127.0.0.1:1' })).status).toBe(200);
  expect(r.flags[0]).toBe('D');
});

const good = { balancer: 'shop', nonce: 'abc', set: {} };
test.each<[number, unknown, Record<string, string>?]>([
  [403, { ...good, nonce: 'wrong' }],
  [403, { ...good, balancer: 'closed', nonce: '' }],
  [403, { ...good, balancer: 'nobody' }],
  [403, good, {}],
  [403, good, { Referer: 'http://elsewhere.test/' }],
  [404, { ...good, member: 'http://127.0.0.1:1' }],
  [400, { ...good, set: { b_wyes: '1', b_nwrkr: 'nonsense' } }],
  [400, { ...good, set: { w_lf: 3 } }],
  [400, { ...good, more: true }],
  [400, { balancer: 'shop' }],
  [400, []],
  [400, '{"balancer":'],
])('%i for %j', async (status, document, headers) => {
  const { change, r } = await made();
  const answer = await change(document, headers);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ version: 1, error: expect.stringMatching(/\w{4}/) });
  expect(r.flags).toEqual(['', '', '', '']);
});

test('wrong methods', async () => {
  const { r } = await made();
  const at = (path: string, method: string) =>
    r.get(`/balancer-manager/api/v1/${path}`, { method }).then(({ status }) => status);
  expect(await at('change', 'GET')).toBe(405);
  expect(await at('balancers', 'POST')).toBe(405);
  expect(await at('events', 'POST')).toBe(405);
});

test('live numbers come every second, and the proxy ends without waiting for who looks', async () => {
  const { r } = await made();
  const asked = request({
    port: r.port,
    host: '127.0.0.1',
    path: '/balancer-manager/api/v1/events',
  });
  onTestFinished(() => void asked.destroy());
  const messages: string[] = [];
  let ended = false;
  asked.on('response', (response) => {
    expect(response.headers['content-type']).toBe('text/event-stream');
    response.setEncoding('utf8');
    response.on('data', (text: string) => messages.push(...text.split('\n\n').filter(Boolean)));
    response.on('error', () => {});
    response.on('close', () => {
      ended = true;
    });
  });
  asked.on('error', () => {});
  asked.end();
  await expect.poll(() => messages.length, { timeout: 20_000 }).toBeGreaterThan(0);
  await r.get('/');
  const last = () => JSON.parse(messages.at(-1)!.slice('data: '.length)).balancers[0].members[1];
  await expect
    .poll(last, { timeout: 20_000 })
    .toMatchObject({ elected: 1, shown: { elected: '1' } });
  await r.proxy.close();
  await expect.poll(() => ended, { timeout: 20_000 }).toBe(true);
});
