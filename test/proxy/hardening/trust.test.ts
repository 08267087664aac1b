/** Fields that workers rely on: clients can neither take them away nor make them up (spec: hardening). */
import { describe, expect, test } from 'vitest';
import { balancer, rig } from '../rig.ts';
import { exchanged, send } from './probe.ts';
import { recorder } from './recorder.ts';
import { values } from './wire.ts';

const GIVEN = 'RequestHeader set X-User nobody\nRequestHeader setifempty X-Site here';

describe('Connection takes away', () => {
  const carried: readonly [string, string][] = [
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-Host', 'y'],
    ['X-Forwarded-Server', 'y'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Anything', '1'],
    ['Forwarded', 'for=203.0.113.9'],
    ['Cookie', 'ROUTEID=.1'],
    ['Authorization', 'Basic eDp5'],
    ['Content-Type', 'text/plain'],
    ['Via', '1.1 y'],
    ['Max-Forwards', '9'],
    ['Date', 'Sat, 01 Jan 2000 00:00:00 GMT'],
    ['Content-Length', '3'],
    ['Host', 'x'],
    ['X-User', 'root'],
    ['X-Site', 'x'],
  ];

  test.each(carried)('not %s', async (name, value) => {
    const worker = await recorder();
    const r = await rig(balancer([worker.url], '', GIVEN));
    const own = /^(?:Host|Content-Length)$/.test(name) ? '' : `${name}: ${value}\r\n`;
    for (const written of [
      name,
      name.toLowerCase(),
      `close, ${name}`,
      `x;${name}`,
      `,, ${name} ,`,
    ]) {
      const head = `POST /x HTTP/1.1\r\nHost: x\r\n${own}Content-Length: 3\r\nConnection: ${written}\r\n\r\nabc`;
      await send(r, worker, head, 1);
      expect(worker.faults).toEqual([]);
      const got = worker.received[0]!;
      expect(got.body).toBe('abc');
      expect(values(got, name.toLowerCase()), written).toHaveLength(1);
      if (name === 'X-User') expect(values(got, 'x-user')).toEqual(['nobody']);
      if (name.startsWith('X-Forwarded-'))
        expect(values(got, name.toLowerCase())[0]).toContain(value);
    }
  });

  test('the fields of the hop, and others', async () => {
    const worker = await recorder();
    const r = await rig(balancer([worker.url]));
    const lines = 'X-Hop: 1\r\nTE: trailers\r\nKeep-Alive: 9\r\nX-End: 1\r\n';
    await send(
      r,
      worker,
      `GET /x HTTP/1.1\r\nHost: x\r\nConnection: X-Hop, TE, Keep-Alive\r\n${lines}\r\n`,
      1,
    );
    const [got] = worker.received;
    for (const name of ['x-hop', 'te', 'keep-alive']) expect(values(got!, name)).toEqual([]);
    expect(values(got!, 'x-end')).toEqual(['1']);
  });

  test('in answers: not the length, the type, or a cookie', async () => {
    const worker = await recorder(
      () =>
        'HTTP/1.1 200 OK\r\nConnection: Content-Length, Content-Type, Set-Cookie, Date\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\n\r\nok',
    );
    const r = await rig(balancer([worker.url]));
    const answer = await r.get();
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '2' });
    expect(answer.headers['set-cookie']).toEqual(['a=b']);
  });
});

test('what a client says of earlier hops is joined by what the proxy knows, in one field', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url]));
  const lines = [
    'X-Forwarded-For: 203.0.113.9',
    'x-forwarded-for: 203.0.113.10, 127.0.0.1',
    'X-Forwarded-Host: y',
    'X-FORWARDED-SERVER: y',
  ];
  await send(r, worker, `GET /x HTTP/1.1\r\nHost: front\r\n${lines.join('\r\n')}\r\n\r\n`, 1);
  const [got] = worker.received;
  expect(values(got!, 'x-forwarded-for')).toEqual([
    '203.0.113.9, 203.0.113.10, 127.0.0.1, 127.0.0.1',
  ]);
  expect(values(got!, 'x-forwarded-host')).toEqual(['y, front']);
  expect(values(got!, 'x-forwarded-server')).toHaveLength(1);
});

test.each([
  'X_Forwarded_For: 203.0.113.9',
  'X-Forwarded-For : 203.0.113.9',
  'X-Forwarded-For\t: 203.0.113.9',
  ' X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-For: 203.0.113.9\r\n 127.0.0.1',
])('%j does not pass for the field itself', async (line) => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url]));
  await send(r, worker, `GET /x HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`, 1);
  const addresses = worker.received.map((one) => values(one, 'x-forwarded-for'));
  expect(addresses).not.toContainEqual(expect.arrayContaining([expect.stringContaining('203')]));
});

describe('sticky cookies', () => {
  const recipe = `Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
Header set X-Route "%{BALANCER_SESSION_ROUTE}e"
Header set X-Sticky "%{BALANCER_SESSION_STICKY}e"`;
  const hostile: readonly [string, string][] = [
    ['long', `ROUTEID=.${'a'.repeat(7000)}`],
    ['binary', 'ROUTEID=.\x80\xff\xfe'],
    ['a tab', 'ROUTEID=.\t1'],
    ['escaped line ends', 'ROUTEID=.1%0d%0aSet-Cookie:%20evil=1'],
    ['markup', 'ROUTEID=.<script>alert(1)</script>'],
    ['dots', `ROUTEID=${'.'.repeat(5000)}`],
    ['many of them', 'ROUTEID=.x; '.repeat(600)],
    ['many others', `${'a=b;'.repeat(1900)} ROUTEID=.1`],
    ['names inside names', `${'ROUTEID'.repeat(1000)}=.1`],
    ['signs without names', `${'='.repeat(7000)}`],
    ['quoted', 'ROUTEID=".1"'],
    ['a route that is none', 'ROUTEID=.__proto__'],
    ['empty', 'ROUTEID='],
    ['a percent sign', 'ROUTEID=.%{BALANCER_NAME}e%%%s'],
  ];

  test.each(hostile)('%s', async (_, cookie) => {
    const worker = await recorder();
    const r = await rig(balancer([`${worker.url} route=1`], 'stickysession=ROUTEID', recipe));
    const got = await send(r, worker, `GET /x HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`, 1);
    expect(got, got.client).toMatchObject({ statuses: [200, 200], faults: [] });
    expect(got.client).not.toMatch(/^Set-Cookie: (?!ROUTEID=\.1; path=\/\r$)/m); // the route is the member's
    expect(values(worker.received[0]!, 'cookie')).toEqual([cookie.trimEnd()]);
  });

  test.each([
    '/x;ROUTEID=.%0d%0aX-Evil:%201',
    '/x?ROUTEID=.%0d%0aX-Evil:1',
    '/x;ROUTEID=.a%00b',
    '/x;ROUTEID=.%ff%7f%1b',
  ])('in the address: %s', async (path) => {
    const worker = await recorder();
    const r = await rig(balancer([`${worker.url} route=1`], 'stickysession=ROUTEID', recipe));
    const got = await exchanged(
      r.port,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      1,
    );
    expect(got).toMatch(/^HTTP\/1\.1 (?:200|404) /);
    const head = got.slice(0, got.indexOf('\r\n\r\n'));
    expect(head).not.toMatch(/^X-Evil/im);
    for (const control of '\0\x1b\x7f') expect(head).not.toContain(control);
  });
});

test.each([
  ['RequestHeader set X-A "%{NAME}e"', 'to the worker'],
  ['Header set X-A "%{NAME}e"', 'to the client'],
  ['Header always set X-A "%{NAME}e"', 'to the client, always'],
])('a variable that a client fills starts no field: %s', async (line) => {
  const worker = await recorder();
  const set = `SetEnvIf Request_URI "^/(.*)$" NAME=$1\n<Location />\n  SetEnvIf Request_URI "^/(.*)$" NAME=$1\n</Location>`;
  const r = await rig(balancer([worker.url], '', `${set}\n${line}`));
  const got = await exchanged(
    r.port,
    'GET /a%0d%0aX-Evil:%201%0d%0a%0d%0aevil HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    1,
  );
  const seen = worker.received.map(({ text }) => text).join('') + got;
  expect(got).toMatch(/^HTTP\/1\.1 200 /);
  expect(seen).toMatch(/\r\nX-A: a/);
  expect(seen).not.toMatch(/[\r\n]X-Evil/);
  expect(worker.faults).toEqual([]);
});
