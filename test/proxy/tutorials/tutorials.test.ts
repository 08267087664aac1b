/** Request by request, the configurations of `conf/` do what httpd makes of them, while backends go and come back. */
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { compared, fronts, plain } from './fronts.ts';

test(`two members, turn and turn about ${compared}`, async () => {
  const { backends, get, names } = await fronts('two-members', (name) => (message, response) => {
    if (message.url === '/moved') {
      const to = `http://${message.headers.host}/there`;
      response.writeHead(302, { Location: to, 'X-Served': name }).end();
    } else plain(name)(message, response);
  });
  expect(await names(6, '/test/page')).toBe('ababab');
  expect((await get('/test')).served).toBe('a GET /');
  expect((await get('/test/page?q=1')).served).toBe('b GET /page?q=1');
  expect(await get('/testing')).toMatchObject({ status: 404, served: null });
  expect((await get('/test/moved')).location).toBe('http://www.example.com/test/there');

  await backends[0]!.down();
  expect(await names(4, '/test/')).toBe('bbbb');
  await backends[0]!.up();
  expect(await names(3, '/test/')).toBe('bbb'); // for retry=60
  await backends[0]!.down();
  await backends[1]!.down();
  expect(await get('/test/')).toMatchObject({ status: 503, served: null });
  await backends[0]!.up();
  expect(await names(3, '/test/')).toBe('aaa'); // all were in error: at once
});

test(`sessions of the application stay where they are ${compared}`, async () => {
  const { backends, get, names } = await fronts('session-of-the-application', container);
  expect(await get('/test/')).toMatchObject({ cookies: ['JSESSIONID=1.node1; Path=/test'] });
  expect(await get('/test/')).toMatchObject({ cookies: ['JSESSIONID=1.node2; Path=/test'] });
  const second = { headers: { Cookie: 'other=x.node1; JSESSIONID=1.node2' } };
  expect(await names(3, '/test/', second)).toBe('bbb');
  expect(await names(2, '/test/page;jsessionid=1.node1')).toBe('aa');
  expect(await names(2, '/test/page?jsessionid=1.node1', second)).toBe('aa');
  expect(await names(4, '/test/')).toMatch(/a.*b|b.*a/);
  expect(await names(2, '/test/', { headers: { Cookie: 'JSESSIONID=1.gone' } })).toMatch(/^[ab]+$/);

  await backends[1]!.down();
  expect(await get('/test/', second)).toMatchObject({
    status: 200,
    cookies: ['JSESSIONID=1.node1; Path=/test'],
  });
  expect(await names(2, '/test/', second)).toBe('aa');
});

/** Gives a session with its route to who comes without one of its own. */
function container(name: string): RequestListener {
  const route = name === 'a' ? 'node1' : 'node2';
  return (message, response) => {
    const is = (text = '') => new RegExp(`jsessionid=\\d+\\.${route}`, 'i').test(text);
    if (!is(message.headers.cookie) && !is(message.url)) {
      response.setHeader('Set-Cookie', `JSESSIONID=1.${route}; Path=/test`);
    }
    plain(name)(message, response);
  };
}

test(`a cookie of the proxy: at first contact and after a move ${compared}`, async () => {
  const { backends, get, names } = await fronts('cookie-of-the-proxy');
  expect(await get('/test/')).toMatchObject({ cookies: ['ROUTEID=.1; path=/'] });
  expect(await get('/test/')).toMatchObject({ cookies: ['ROUTEID=.2; path=/'] });
  const first = { headers: { Cookie: 'ROUTEID=.1' } };
  for (let i = 0; i < 3; i++) {
    expect(await get('/test/', first)).toMatchObject({ served: 'a GET /', cookies: [] });
  }
  expect(await names(4, '/test/')).toBe('bbba'); // b is owed what the session took
  await backends[0]!.down();
  expect(await get('/test/', first)).toMatchObject({
    served: 'b GET /',
    cookies: ['ROUTEID=.2; path=/'],
  });
  await backends[1]!.down();
  expect(await get('/test/', first)).toMatchObject({ status: 503, cookies: [] });
  await backends[0]!.up(); // it is in error, so b is tried first, and the move there leaves its mark
  expect(await get('/test/', first)).toMatchObject({
    served: 'a GET /',
    cookies: ['ROUTEID=.1; path=/'],
  });
});

test(`a hot standby serves while both others are gone, and retry=5 brings it back ${compared}`, async () => {
  const { backends, get, names } = await fronts('hot-standby', (name) => (message, response) => {
    response.setHeader('X-Served', name).end('x'.repeat(Number(message.url?.slice(1)) || 0));
  });
  const [a, b, c] = backends;
  for (const bytes of [5000, 100, 10, 4000, 300, 2000, 700, 50]) {
    expect((await get(`/${bytes}`)).served).toMatch(/^[ab]$/);
  }
  await b!.down();
  expect(await names(3, '/100')).toBe('aaa');
  await a!.down();
  expect(await names(3, '/100')).toBe('ccc');
  await c!.down();
  expect((await get('/100')).status).toBe(503);
  await a!.up();
  await c!.up();
  await sleep(5200); // retry=5 of the standby is over, retry=60 of the others is not
  expect(await names(3, '/100')).toBe('ccc');
  expect(c!.seen).toBeGreaterThan(0);
}, 30_000);

test(`with health checks, and without a failing backend, requests go ${compared}`, async () => {
  const { get, names, notes } = await fronts('health-checks');
  expect(notes).not.toContain('health');
  expect(await names(6, '/')).toBe('ababab');
  expect((await get('/')).served).toBe('a GET //'); // the slashes of the member and of the request
  expect(await get('/page')).toMatchObject({ status: 500, served: null });
});

test(`the manager is for one network ${compared}`, async () => {
  const { get, names, notes } = await fronts('manager');
  expect(notes).toBe('');
  expect(await get('/balancer-manager')).toMatchObject({ status: 403, served: null });
  expect(await names(4, '/balancer')).toBe('abab');
});

test(`the manager is shown to that network ${compared}`, async () => {
  const { get, names } = await fronts('manager', plain, (text) =>
    text.replace('192.168.1.0/24', '127.0.0.0/8'),
  );
  expect(await get('/balancer-manager')).toMatchObject({ status: 200, served: null });
  expect(await names(4, '/balancer')).toBe('abab');
});

test(`weights, and a server of its own for a path ${compared}`, async () => {
  const { backends, get, names } = await fronts('weights-and-a-special-area');
  // 1, 20 and 5 of 26
  expect(await names(26, '/x')).toBe('bbcbbbbcbbbabbcbbbcbbbbcbb');
  expect((await get('/special-area/x')).served).toBe('d GET /x');
  await backends[3]!.down();
  expect(await get('/special-area/x')).toMatchObject({ status: 503, served: null });
  await backends[3]!.up();
  expect((await get('/special-area/x')).served).toBe('d GET /x');
  await backends[1]!.down();
  expect(await names(4, '/x')).not.toContain('b');
});
