/** Who is checked, how many at once, and when it ends. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Balancer, lbmethods } from '../../../src/core/index.ts';
import { HealthChecks } from '../../../src/proxy/health/health-checks.ts';
import { balancer, configuration, rig } from '../rig.ts';
import { type Check, checkedBackend, compared, everybody, page, side } from './sides.ts';

const often = 'hcmethod=GET hcuri=/up hcinterval=100ms';

/** Long enough for several checks. */
const WHILE_MS = 600;

test.each(everybody)(
  `members that are stopped, and those that stand alone, are not checked, ${compared}: %s`,
  async (who) => {
    const all = await Promise.all(
      ['', '+S', '+D', '+N', '+H', 'alone'].map((x) => checkedBackend(x)),
    );
    const arrived: string[] = [];
    for (const one of all) {
      void (async () => {
        for (;;) {
          const check = await one.next();
          arrived.push(one.name);
          check.answer(page(200));
        }
      })();
    }
    const lines = all
      .slice(0, 5)
      .map(
        ({ name, port }) =>
          `BalancerMember http://127.0.0.1:${port} ${often}${name && ` status=${name}`}`,
      );
    await side(who, lines, `ProxyPass /alone http://127.0.0.1:${all[5]!.port} ${often}`);
    const checked = ['', '+D', '+N', '+H'];
    const count = (name: string) => arrived.filter((one) => one === name).length;
    await vi.waitUntil(() => checked.every((name) => count(name) > 2), { timeout: 20_000 });
    expect([count('+S'), count('alone')]).toEqual([0, 0]);
  },
);

test.each(everybody.flatMap((who) => [0, 1, 2].map((size) => [who, size] as const)))(
  `so many at once, ${compared}: %s, ProxyHCTPsize %i`,
  async (who, size) => {
    const all = await Promise.all(['a', 'b', 'c'].map((name) => checkedBackend(name)));
    const held: Check[] = [];
    for (const one of all) void one.next().then((check) => held.push(check));
    const lines = all.map(({ port }) => `BalancerMember http://127.0.0.1:${port} ${often}`);
    await side(who, lines, `ProxyHCTPsize ${size}`);
    const atOnce = Math.max(1, size);
    for (let arrived = atOnce; arrived <= 3; arrived++) {
      await vi.waitUntil(() => held.length === arrived, { timeout: 20_000, interval: 5 });
      if (arrived < 3) await sleep(WHILE_MS);
      expect(held.length).toBe(arrived);
      held[arrived - atOnce]!.answer(page(200));
    }
  },
);

test.each(everybody)(
  `balancers of virtual hosts are checked, too, ${compared}: %s`,
  async (who) => {
    const a = await checkedBackend('a');
    const host = `<VirtualHost *:81>\n<Proxy balancer://v>\nBalancerMember http://127.0.0.1:${a.port} ${often}\n</Proxy>\n</VirtualHost>`;
    await side(who, ['BalancerMember http://127.0.0.1:9'], host);
    for (let i = 0; i < 3; i++) (await a.next()).answer(page(200));
  },
);

test.each(everybody)(`TCP asks for a connection and nothing else, ${compared}: %s`, async (who) => {
  let connections = 0;
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    connections++;
    socket.on('data', (bytes) => received.push(bytes));
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  const port = await listen(0);
  onTestFinished(() => {
    server.close();
  });
  const member = `http://127.0.0.1:${port}`;
  const { members } = await side(who, [`BalancerMember ${member} hcmethod=TCP hcinterval=100ms`]);
  const until = (status: string) =>
    vi.waitUntil(async () => (await members()).get(member)!.status === status, { timeout: 20_000 });
  await vi.waitUntil(() => connections > 2, { timeout: 20_000 });
  await until('Init Ok');
  server.close();
  await until('Init HcFl');
  await listen(port);
  await until('Init Ok');
  expect(Buffer.concat(received).toString()).toBe('');
});

test('a member behind a unix socket is checked there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-health-'));
  const socket = join(folder, 'a.sock');
  const requests: string[] = [];
  const server = createServer((connection) => {
    connection.once('data', (bytes) => {
      requests.push(bytes.toString());
      connection.end(page(503));
    });
  }).listen(socket);
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const r = await rig(balancer([`unix:${socket}|http://localhost/app ${often}`]));
  await vi.waitUntil(() => r.flags[0] === 'C', { timeout: 20_000 });
  expect(requests[0]).toBe('GET /app//up HTTP/1.0\r\nHost: localhost:80\r\n\r\n');
});

test('an expression sees the first MiB of a body; the rest is read and forgotten', async () => {
  const a = await checkedBackend('a');
  const line = 'ProxyHCExpr start {%{HC_BODY} =~ /^x/}\nProxyHCExpr end {%{HC_BODY} =~ /y/}';
  const bytes = page(200, `x${' '.repeat(3_000_000)}y`);
  const member = (path: string) => `http://127.0.0.1:${a.port}/${path} ${often} hcexpr=${path}`;
  const r = await rig(`${line}\n${balancer([member('start'), member('end')])}`);
  for (let i = 0; i < 4; i++) (await a.next()).answer(bytes);
  await vi.waitUntil(() => r.flags[1] === 'C', { timeout: 20_000 });
  expect(r.flags).toEqual(['', 'C']);
});

test('the end of the proxy cuts a check off, without a verdict, and starts no other', async () => {
  const a = await checkedBackend('a');
  const r = await rig(balancer([`http://127.0.0.1:${a.port} ${often}`]));
  (await a.next()).answer(page(200));
  const check = await a.next();
  await r.proxy.close();
  await check.gone;
  const next = await Promise.race([a.next(), sleep(WHILE_MS).then(() => null)]);
  expect(next).toBeNull();
  expect(r.flags).toEqual(['']);
  expect([...r.core.health.fcount]).toEqual([0]);
});

test('waiting for the next check does not keep a process alive', () => {
  const { balancers } = configuration(balancer([`http://127.0.0.1:9 ${often}`]));
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const conf = balancers[0]!.workers[0]!;
  const core = new Balancer({ lbmethod: lbmethods[0]!, workers: [{}] });
  const checks = new HealthChecks([{ name: 'c', members: [conf], balancer: core }]);
  checks.start();
  expect(timers()).toBe(before);
  checks.close();
});
