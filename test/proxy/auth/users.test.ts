/** Users over the life of a proxy, and the manager behind them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../../src/scenario/proxy-config.ts';
import { ask, backend, configuration, onFreePorts, rig } from '../rig.ts';
import { basic, passwordFile, USERS } from './sides.ts';

const manager = (users: string, url: string) => `LogFormat "%u %>s %U" who
CustomLog ${join(dirname(users), 'access.log')} who
ErrorLog ${join(dirname(users), 'error.log')}
<Proxy balancer://shop>
  BalancerMember ${url}
  ProxySet nonce=abc
</Proxy>
ProxyPass /balancer-manager !
ProxyPass / balancer://shop/
<Location /balancer-manager>
  SetHandler balancer-manager
  AuthType Basic
  AuthName Balancers
  AuthUserFile ${users}
  Require valid-user
</Location>
`;

async function made() {
  const users = passwordFile(USERS);
  const { url } = await backend('a');
  const r = await rig(manager(users, url));
  const at = (path: string, headers: Record<string, string>) =>
    r.get(path, { headers }).then(({ status }) => status);
  return {
    r,
    users,
    url,
    at,
    log: (name: string) => readFileSync(join(dirname(users), name), 'utf8'),
  };
}

test('the page, the API and the stream are for users; requests that are proxied are for all', async () => {
  const { r, at, url } = await made();
  expect(await at('/', {})).toBe(200);
  for (const path of ['', '/api/v1/balancers', '/api/v1/events', '/api/v1/change', '?xml=1']) {
    expect(await at(`/balancer-manager${path}`, {}), path).toBe(401);
  }
  const headers = { ...basic('ann', 'secret'), Referer: 'http://127.0.0.1/' };
  expect((await r.get('/balancer-manager/api/v1/balancers', { headers })).body).toContain(url);
  const change = { balancer: 'shop', member: url, nonce: 'abc', set: { w_status_D: '1' } };
  const body = JSON.stringify(change);
  const to = (how: Record<string, string>) =>
    r.get('/balancer-manager/api/v1/change', { method: 'POST', headers: how, body });
  expect((await to({ Referer: headers.Referer })).status).toBe(401);
  expect(r.flags).toEqual(['']);
  expect((await to(headers)).status).toBe(200);
  expect(r.flags).toEqual(['D']);
  const { port } = r;
  const path = '/balancer-manager/api/v1/events';
  const asked = request({ port, host: '127.0.0.1', path, headers });
  onTestFinished(() => void asked.destroy());
  const first = new Promise<string>((resolve) => {
    asked.on('response', (response) => response.once('data', (text) => resolve(String(text))));
  });
  asked.on('error', () => {});
  asked.end();
  expect(await first).toContain('shop');
});

test('a file that changes counts at once; one that is gone lets nobody in', async () => {
  const { at, users, log } = await made();
  const path = '/balancer-manager';
  expect(await at(path, basic('ann', 'secret'))).toBe(200);
  writeFileSync(users, USERS.replaceAll('ann:', 'anna:'));
  expect(await at(path, basic('ann', 'secret'))).toBe(401);
  expect(await at(path, basic('anna', 'secret'))).toBe(200);
  writeFileSync(users, 'anna:$2y$05$abcdefghijklmnopqrstuu5LKlIKQG1Dm0w2uWTE8kfYdBaWEgWFm\n');
  expect(await at(path, basic('anna', 'secret'))).toBe(401);
  const says = `${users}:1: it lets nobody in, as it has a bcrypt hash (htpasswd -B), which Node cannot check; write it anew with htpasswd -5 ${users} anna`;
  await vi.waitUntil(() => log('error.log').includes(says), { timeout: 10_000 });
  rmSync(users);
  expect(await at(path, basic('anna', 'secret'))).toBe(500);
  expect(await at(path, basic('anna', 'secret'))).toBe(500);
  expect(await at('/', {})).toBe(200);
  writeFileSync(users, USERS);
  expect(await at(path, basic('ann', 'secret'))).toBe(200);
  await vi.waitUntil(() => log('access.log').split('\n').length > 8, { timeout: 20_000 });
  expect(log('access.log').split('\n').slice(0, 3)).toEqual([
    'ann 200 /balancer-manager',
    'ann 401 /balancer-manager',
    'anna 200 /balancer-manager',
  ]);
  const told = log('error.log')
    .split('\n')
    .filter((line) => line.includes('auth_basic') && !line.includes(says));
  expect(
    told.map((line) => line.replace(/^.*?127/, '127').replace(/^.*?users c/, 'users c')),
  ).toEqual(['127.0.0.1: ann', '127.0.0.1: anna', 'users cannot be read (ENOENT)']);
});

test('whoever guesses is asked to wait, who was let in before is not, and a reload forgets nothing', async () => {
  const { r, at, users, url } = await made();
  const path = '/balancer-manager';
  expect(await at(path, basic('sue', 'secret'))).toBe(200);
  const answers: number[] = [];
  for (let i = 0; i < 30; i++) answers.push(await at(path, basic('sue', `wrong ${i}`)));
  expect(answers.filter((status) => status === 401).length).toBeGreaterThanOrEqual(10);
  expect(answers).toContain(429);
  const late = await r.get(path, { headers: basic('sue', 'wrong') });
  expect(late.status).toBe(429);
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
  expect(await at(path, basic('sue', 'secret'))).toBe(200);
  await r.proxy.reload(onFreePorts(configuration(manager(users, url))));
  expect(await at(path, basic('sue', 'wrong'))).toBe(429);
  expect(await at(path, basic('sue', 'secret'))).toBe(200);
});

test('in YAML', async () => {
  const users = passwordFile(USERS);
  const file = join(dirname(users), 'proxy.yaml');
  const { url } = await backend('a');
  const start = async (manager: string) => {
    writeFileSync(
      file,
      `listen: [ { http: 127.0.0.1:8080 } ]\nmanager: { path: /m, ${manager} }\nbalancer: { workers: [ { url: "${url}" } ] }\n`,
    );
    const running = await startProxy(onFreePorts(proxyConfigOf(file)));
    onTestFinished(() => running.close(0));
    const { port } = running.addresses[0]!;
    const told = await Promise.all(
      [{}, basic('ann', 'secret'), basic('bob', 'secret')].map((headers) =>
        ask(port, '/m', { headers }),
      ),
    );
    return told.map(({ status }) => status);
  };
  expect(await start('authuserfile: ./users')).toEqual([401, 200, 200]);
  expect(await start('authuserfile: ./users, require: [ user bob ]')).toEqual([401, 401, 200]);
  expect(await start('authuserfile: ./users, require: [ local, valid-user ]')).toEqual([
    200, 200, 200,
  ]);
  expect(await start('authuserfile: ./users, require: [ valid-user, not user ann ]')).toEqual([
    401, 401, 200,
  ]);
  expect(await start('authuserfile: ./users, requireall: [ ip 192.0.2.1, valid-user ]')).toEqual([
    403, 403, 403,
  ]);
  expect(
    await start('authuserfile: ./users, requireall: [ local, valid-user ], require: [ user ann ]'),
  ).toEqual([401, 200, 401]);
  expect(await start('require: [ local ]')).toEqual([200, 200, 200]);
  for (const wrong of [
    'require: [ valid-user ]',
    'authuserfile: ./users, require: [ local ]',
    'authuserfile: ./none',
    'authname: x',
    'authuserfile: ./users, require: [ user ]',
  ]) {
    await expect(start(wrong), wrong).rejects.toMatchObject({ problems: [{ line: 2 }] });
  }
});
