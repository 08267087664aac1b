/** Sticky sessions over real sockets: cookies out and in, the usual recipe (spec: httpd 4; E21, E22). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../src/scenario/proxy-config.ts';
import { backend, balancer, onFreePorts, Rig, refusingPort, rig } from './rig.ts';

const recipe =
  'Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED';

test('the ROUTEID recipe: a cookie at first contact, the same member from then on', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(
    balancer([`${a.url} route=1`, `${b.url} route=2`], 'stickysession=ROUTEID', recipe),
  );
  const first = await r.get();
  expect(first.body).toBe('a');
  expect(first.headers['set-cookie']).toEqual(['ROUTEID=.1; path=/']);
  const headers = { Cookie: 'ROUTEID=.1' };
  for (let i = 0; i < 3; i++) {
    const next = await r.get('/', { headers });
    expect(next.body).toBe('a');
    expect(next.headers['set-cookie']).toBeUndefined();
  }
  expect((await r.get('/', { headers: { Cookie: 'ROUTEID=.2' } })).body).toBe('b');
  await r.idle();
});

test('E21: the member dies: another one, and a new cookie beside those of the backend', async () => {
  const port = await refusingPort();
  const b = await backend('b', (_, response) =>
    response.writeHead(404, { 'Set-Cookie': ['own=1', 'more=2'] }).end('b'),
  );
  const r = await rig(
    balancer(
      [`http://127.0.0.1:${port} route=1`, `${b.url} route=2`],
      'stickysession=ROUTEID',
      recipe,
    ),
  );
  const answer = await r.get('/', { headers: { Cookie: 'ROUTEID=.1' } });
  expect(answer).toMatchObject({ status: 404, body: 'b' });
  expect(answer.headers['set-cookie']).toEqual(['own=1', 'more=2', 'ROUTEID=.2; path=/']);
  expect(r.flags).toEqual(['E', '']);
});

test('no cookie with an answer of the proxy itself; always-headers with every answer', async () => {
  const port = await refusingPort();
  const lines = `${recipe}\nHeader always set X-Proxy "here"\nHeader set X-Served "there"`;
  const r = await rig(
    balancer([`http://127.0.0.1:${port} route=1`], 'stickysession=ROUTEID', lines),
  );
  const answer = await r.get();
  expect(answer.status).toBe(503);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.headers['x-proxy']).toBe('here');
  expect(answer.headers['x-served']).toBeUndefined();
});

test('E22: nofailover', async () => {
  const port = await refusingPort();
  const b = await backend('b');
  const r = await rig(
    balancer(
      [`http://127.0.0.1:${port} route=1`, `${b.url} route=2`],
      'stickysession=ROUTEID nofailover=On',
    ),
  );
  const headers = { Cookie: 'ROUTEID=.1' };
  expect((await r.get('/', { headers })).status).toBe(503);
  expect((await r.get('/', { headers })).status).toBe(503);
  expect(r.column('lbstatus')).toEqual([-100, 100]);
  expect((await r.get('/', { headers: { Cookie: 'ROUTEID=.zz' } })).body).toBe('b');
});

test('a route in the URL wins over the cookie', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(balancer([`${a.url} route=1`, `${b.url} route=2`], 'stickysession=SID'));
  const headers = { Cookie: 'SID=x.1' };
  expect((await r.get('/p;SID=x.2', { headers })).body).toBe('b');
  expect((await r.get('/p?SID=x.2', { headers })).body).toBe('b');
  expect((await r.get('/p', { headers })).body).toBe('a');
});

test('several Cookie lines are one', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(balancer([`${a.url} route=1`, `${b.url} route=2`], 'stickysession=SID'));
  const headers = { Cookie: ['x=1', 'SID=x.2'] };
  expect((await r.get('/', { headers })).body).toBe('b');
});

test('what a manager changes holds at the next request', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(balancer([`${a.url} route=1`, `${b.url} route=2`], 'stickysession=SID'));
  r.core.manage({ stickysession: 'OTHER' });
  expect((await r.get('/', { headers: { Cookie: 'OTHER=x.2' } })).body).toBe('b');
  expect((await r.get('/', { headers: { Cookie: 'OTHER=x.2' } })).body).toBe('b');
  r.core.manageWorker(1, { status: { D: true } });
  expect((await r.get('/', { headers: { Cookie: 'OTHER=x.2' } })).body).toBe('a');
});

test('setcookie of a YAML file: the same recipe', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-setcookie-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'proxy.yaml');
  const workers = `[ { url: "${a.url}", route: r1 }, { url: "${b.url}", route: r2 } ]`;
  writeFileSync(
    file,
    `listen: [ { http: 127.0.0.1:8 } ]\nbalancer: { stickysession: ROUTEID, setcookie: On, workers: ${workers} }\n`,
  );
  const r = new Rig(await startProxy(onFreePorts(proxyConfigOf(file))));
  onTestFinished(async () => {
    r.agent.destroy();
    await r.proxy.close(0);
  });
  const first = await r.get();
  expect(first.headers['set-cookie']).toEqual(['ROUTEID=.r1; path=/']);
  const again = await r.get('/', { headers: { Cookie: 'ROUTEID=.r1' } });
  expect([again.body, again.headers['set-cookie']]).toEqual(['a', undefined]);
});
