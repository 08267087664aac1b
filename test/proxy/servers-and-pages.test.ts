/** Virtual hosts, access, and what is said at the start. */
import { expect, test } from 'vitest';
import { announcement, notes } from '../../src/proxy/announce.ts';
import { startProxy } from '../../src/proxy/proxy.ts';
import { backend, balancer, configuration, RawClient, refusingPort, rig } from './rig.ts';

test('virtual hosts by name, the first one for strangers, one balancer for both', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(`
<Proxy balancer://c>
  BalancerMember ${a.url}
  BalancerMember ${b.url}
</Proxy>
<VirtualHost *:*>
  ServerName one.example
  ProxyPass / balancer://c/
</VirtualHost>
<VirtualHost *:*>
  ServerName two.example
  ServerAlias *.two.example
  ProxyPass /only balancer://c/
</VirtualHost>`);
  const at = async (host: string, path = '/') =>
    (await r.get(path, { headers: { Host: host } })).status;
  expect(await at('one.example')).toBe(200);
  expect(await at('TWO.example')).toBe(404);
  expect(await at('x.two.example', '/only')).toBe(200);
  expect(await at('stranger.example')).toBe(200);
  expect(r.column('elected')).toEqual([2, 1]);
  const client = new RawClient(r.port);
  client.send('GET http://two.example/ HTTP/1.1\r\nHost: one.example\r\nConnection: close\r\n\r\n');
  expect(await client.end()).toMatch(/^HTTP\/1\.1 404 /); // the target's authority counts
});

test('Require decides before a worker is picked', async () => {
  const a = await backend('a');
  const r = await rig(
    balancer([a.url], '', '<Location /private>\n  Require ip 192.0.2.1\n</Location>'),
  );
  expect((await r.get('/private/x')).status).toBe(403);
  expect(r.column('elected')).toEqual([0]);
  expect((await r.get('/public')).status).toBe(200);
});

test('ProxyPass comes before SetHandler: a page that it covers is proxied, as in httpd', async () => {
  const a = await backend('a');
  const page = '<Location /balancer-manager>\n  SetHandler balancer-manager\n</Location>';
  const r = await rig(balancer([a.url], '', page));
  expect((await r.get('/balancer-manager')).status).toBe(200);
  expect(r.column('elected')).toEqual([1]);
});

test('Header always is on answers to requests that go no further', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url], '', 'Header always set X-Own yes'));
  for (const request of ['TRACE / HTTP/1.1', 'GET /a%2Fb HTTP/1.1']) {
    const client = new RawClient(r.port).send(`${request}\r\nHost: x\r\n\r\n`);
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toMatch(/\r\nX-Own: yes\r\n/);
  }
});

test('what is said at the start', async () => {
  const port = await refusingPort();
  const config = configuration(`
ServerAdmin a@example.com
ServerAdmin b@example.com
ProxyHCExpr ok {%{REQUEST_STATUS} -lt 400}
<Proxy balancer://C>
  BalancerMember http://127.0.0.1:${port}/x hcmethod=GET hcinterval=500ms hcuri=/up hcexpr=ok status=+H
  BalancerMember http://127.0.0.1:${port} route=one loadfactor=3
</Proxy>
ProxyPass /app balancer://c/
ProxyPass /alone http://127.0.0.1:${port}/alone
<Location /m>
  SetHandler balancer-manager
</Location>`);
  const said = announcement(config, [{ host: '127.0.0.1', port: 8080 }]);
  expect(said).toBe(`listening on http://127.0.0.1:8080
balancer://c (byrequests)
  http://127.0.0.1:${port}/x loadfactor=1 status=+H, checked every 0.5 s by GET /x//up HTTP/1.0 (ok)
  http://127.0.0.1:${port} loadfactor=3 route=one
worker http://127.0.0.1:${port}/alone
`);
  const noted = notes(config);
  expect(noted.match(/ServerAdmin/g)).toHaveLength(1);
});

test('an address that is taken is told with its line', async () => {
  const a = await backend('a');
  const config = configuration('ProxyPass / http://127.0.0.1:9/');
  const listen = config.listen.map((one) => ({ ...one, port: a.port }));
  await expect(startProxy({ ...config, listen })).rejects.toThrow(
    `httpd.conf:1:1 Listen 127.0.0.1:${a.port}: another program listens there already`,
  );
});
