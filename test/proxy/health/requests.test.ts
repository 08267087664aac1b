/** What a check sends, byte for byte. */
import { expect, test } from 'vitest';
import { checkedBackend, compared, everybody, page, side } from './sides.ts';

/** `PORT` is the backend's; each case: the member, what is expected of both. */
const cases: readonly (readonly [member: string, request: string])[] = [
  ['http://127.0.0.1:PORT hcmethod=OPTIONS', 'OPTIONS * HTTP/1.0'],
  ['http://127.0.0.1:PORT hcmethod=OPTIONS11', 'OPTIONS * HTTP/1.1'],
  ['http://127.0.0.1:PORT/app hcmethod=OPTIONS hcuri=/up', 'OPTIONS * HTTP/1.0'],
  ['http://127.0.0.1:PORT hcmethod=GET', 'GET  HTTP/1.0'],
  ['http://127.0.0.1:PORT hcmethod=GET11 hcuri=/up', 'GET /up HTTP/1.1'],
  ['http://127.0.0.1:PORT hcmethod=get hcuri=up', 'GET up HTTP/1.0'],
  ['http://127.0.0.1:PORT/ hcmethod=GET', 'GET / HTTP/1.0'],
  ['http://127.0.0.1:PORT/ hcmethod=GET hcuri=/up', 'GET ///up HTTP/1.0'],
  ['http://127.0.0.1:PORT/app hcmethod=GET', 'GET /app HTTP/1.0'],
  ['http://127.0.0.1:PORT/app hcmethod=GET hcuri=/up', 'GET /app//up HTTP/1.0'],
  ['http://127.0.0.1:PORT/app/ hcmethod=GET11 hcuri=up?now=1', 'GET /app//up?now=1 HTTP/1.1'],
  ['http://127.0.0.1:PORT/App/b%20c hcmethod=GET hcuri=?q', 'GET /App/b%20c/?q HTTP/1.0'],
  ['http://127.0.0.1:PORT hcmethod=HEAD', 'HEAD  HTTP/1.0'],
  ['http://127.0.0.1:PORT/app hcmethod=HEAD hcuri=/up', 'HEAD /app//up HTTP/1.0'],
  ['http://127.0.0.1:PORT/app hcmethod=HEAD11 hcuri=/a%20b', 'HEAD /app//a%20b HTTP/1.1'],
  ['http://127.0.0.1:PORT hcmethod=GET "hcuri=/a b"', 'GET /a b HTTP/1.0'],
  ['http://127.0.0.1:PORT hcmethod=GET hcuri=/é', 'GET /\u00c3\u00a9 HTTP/1.0'],
  ['http://LOCALHOST:PORT/x hcmethod=GET', 'GET /x HTTP/1.0'],
  ['ws://127.0.0.1:PORT/x hcmethod=GET', 'GET /x HTTP/1.0'],
  ['http://127.0.0.1:PORT/x hctemplate=t', 'HEAD /x//up HTTP/1.1'],
];

const templates =
  'ProxyHCTemplate t hcmethod=HEAD11 hcuri=/up hcinterval=100ms\nProxyPreserveHost On\nRequestHeader set X y';

test.each(everybody)(`the bytes of a request, ${compared}: %s`, async (who) => {
  const backends = await Promise.all(cases.map(([member]) => checkedBackend(member)));
  const lines = cases.map(
    ([member], i) =>
      `BalancerMember ${member.replace('PORT', String(backends[i]!.port))} hcinterval=100ms`,
  );
  await side(who, lines, templates);
  const seen = await Promise.all(
    backends.map(async (backend) => {
      const check = await backend.next();
      check.answer(page(200));
      return check.request;
    }),
  );
  const wanted = cases.map(([member, line], i) => {
    const host = /\/\/([^:]*)/.exec(member)![1]!.toLowerCase();
    return `${line}\r\nHost: ${host}:${backends[i]!.port}\r\n\r\n`;
  });
  expect(seen).toEqual(wanted);
});

test.each(everybody)(`an IPv6 address stands bare in Host, ${compared}: %s`, async (who) => {
  const made = await checkedBackend('a', '::1').catch(() => null);
  if (made === null) return; // no IPv6 on this machine
  await side(who, [`BalancerMember http://[::1]:${made.port} hcmethod=OPTIONS hcinterval=100ms`]);
  const { request } = await made.next();
  expect(request).toBe(`OPTIONS * HTTP/1.0\r\nHost: ::1:${made.port}\r\n\r\n`);
});

test.each(everybody)(`each check has a connection of its own, ${compared}: %s`, async (who) => {
  const a = await checkedBackend('a');
  await side(who, [
    `BalancerMember http://127.0.0.1:${a.port} hcmethod=GET11 hcuri=/ hcinterval=100ms`,
  ]);
  for (let i = 0; i < 3; i++) {
    const check = await a.next(); // a second request on one connection would make this text longer
    expect(check.request).toMatch(/^GET \/ HTTP\/1\.1\r\n[^\r]*\r\n\r\n$/);
    check.answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  }
});
