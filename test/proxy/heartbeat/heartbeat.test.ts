/** Heartbeats over real sockets: datagrams, POSTs and files reach the draw of lbmethod heartbeat. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { configuration, onFreePorts, type Rig, rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'fairlead-heartbeat-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A server that answers with its address; members on one port of 127.0.0.1, 127.0.0.2 and so on. */
async function servers(count: number): Promise<string[]> {
  const port = await freePort();
  const hosts = Array.from({ length: count }, (_, i) => `127.0.0.${i + 1}`);
  for (const host of hosts) {
    const server = createServer((_, response) => response.end(host)).listen(port, host);
    await once(server, 'listening');
    onTestFinished(() => void server.close().closeAllConnections());
  }
  return hosts.map((host) => `http://${host}:${port}`);
}

function balancerOf(members: readonly string[], more: string): string {
  const lines = members.map((member) => `BalancerMember ${member}`).join('\n');
  return `${more}\n<Proxy balancer://c>\n${lines}\nProxySet lbmethod=heartbeat\n</Proxy>
<Location /beat>\nSetHandler heartbeat\n</Location>\nProxyPass /beat !\nProxyPass / balancer://c/`;
}

/** The addresses that the next requests are served by, each once. */
async function served(r: Rig, requests = 40): Promise<string[]> {
  const bodies = new Set<string>();
  for (let i = 0; i < requests; i++) bodies.add((await r.get('/')).body);
  return [...bodies].sort();
}

const beat = (r: Rig, body: string) => r.get('/beat', { method: 'POST', body });

test('POSTs are published at once, under the address of the client', async () => {
  const port = await freePort();
  const r = await rig(balancerOf(await servers(2), `HeartbeatListen 127.0.0.1:${port}`));
  expect((await r.get('/')).status).toBe(503);
  expect(await beat(r, 'ready=5&busy=1')).toMatchObject({ status: 200, body: 'OK' });
  expect(await served(r)).toEqual(['127.0.0.1']);
  expect((await beat(r, 'ready=5')).status).toBe(400);
  expect((await r.get('/beat')).status).toBe(405);
});

test('without HeartbeatListen a POST is answered 503', async () => {
  const r = await rig(balancerOf(await servers(1), ''));
  expect((await beat(r, 'ready=5&busy=1')).status).toBe(503);
});

test.each(['127.0.0.1', '239.255.77.1'])(
  'datagrams to %s reach the balancer with the next publication',
  async (host) => {
    const port = await freePort();
    const r = await rig(balancerOf(await servers(1), `HeartbeatListen ${host}:${port}`));
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    if (host !== '127.0.0.1') socket.setMulticastInterface('127.0.0.1');
    const sending = setInterval(() => socket.send('v=1&ready=3&busy=1', port, host), 200);
    onTestFinished(() => clearInterval(sending));
    const status = async () => (await r.get('/')).status;
    expect(await status()).toBe(503);
    await vi.waitUntil(async () => (await status()) === 200, { timeout: 20_000, interval: 200 });
  },
);

const MODULE = '/usr/lib/apache2/modules/mod_heartbeat.so';

test.skipIf(!hasHttpd || !existsSync(MODULE))(
  'a real httpd with mod_heartbeat is heard',
  async () => {
    const [listen, port] = [await freePort(), await freePort()];
    const r = await rig(
      balancerOf([`http://127.0.0.1:${port}`], `HeartbeatListen 127.0.0.1:${listen}`),
    );
    const httpd = await startHttpd(
      folder(),
      `LoadModule heartbeat_module ${MODULE}\nServerName localhost\nListen 127.0.0.1:${port}\nHeartbeatAddress 127.0.0.1:${listen}\n`,
      port,
    );
    onTestFinished(() => httpd.stop());
    expect((await r.get('/')).status).toBe(503);
    await vi.waitUntil(async () => (await r.get('/')).status !== 503, {
      timeout: 20_000,
      interval: 200,
    });
  },
);

test('the storage file of another monitor: read anew when it changes, nobody without it', async () => {
  const dir = folder();
  const file = join(dir, 'hb.dat');
  const write = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  write('127.0.0.2 &ready=5&busy=1&lastseen=0&port=80\n');
  const r = await rig(balancerOf(await servers(3), `HeartbeatStorage ${file}`));
  expect(await served(r)).toEqual(['127.0.0.2']);
  write(
    '127.0.0.3 &ready=5&busy=1&lastseen=9&port=80\n127.0.0.2 &ready=5&busy=1&lastseen=10&port=80\n',
  );
  await vi.waitUntil(async () => (await served(r, 10)).join() === '127.0.0.3', { timeout: 20_000 });
});

test('HeartbeatMaxServers 0: a POST goes into the file, whole, and from there to the balancer', async () => {
  const file = join(folder(), 'hb.dat');
  const listen = `HeartbeatListen 127.0.0.1:${await freePort()}\nHeartbeatMaxServers 0`;
  const r = await rig(balancerOf(await servers(1), `${listen}\nHeartbeatStorage ${file}`));
  await beat(r, 'ready=5&busy=1&port=8080');
  await vi.waitUntil(() => existsSync(file), { timeout: 20_000 });
  expect(readFileSync(file, 'latin1')).toBe('127.0.0.1 &ready=5&busy=1&lastseen=0&port=8080\n');
  expect(readdirSync(dirname(file))).toEqual(['hb.dat']);
  await vi.waitUntil(async () => (await r.get('/')).status === 200, { timeout: 20_000 });
});

test('a storage file that cannot be written is told of, and the proxy goes on', async () => {
  const dir = join(folder(), 'run');
  mkdirSync(dir);
  const file = join(dir, 'hb.dat');
  const said: string[] = [];
  const listen = `HeartbeatListen 127.0.0.1:${await freePort()}\nHeartbeatMaxServers 0`;
  const text = balancerOf(await servers(1), `${listen}\nHeartbeatStorage ${file}`);
  const r = await rig(text, { log: (line) => said.push(line) });
  rmSync(dir, { recursive: true });
  expect((await beat(r, 'ready=5&busy=1')).status).toBe(200);
  await vi.waitUntil(() => said.length > 0, { timeout: 20_000 });
  expect(said).toEqual([
    expect.stringMatching(/HeartbeatStorage: .*hb\.dat cannot be written \(ENOENT\)/),
  ]);
  expect((await r.get('/')).status).toBe(503);
  mkdirSync(dir);
  expect((await beat(r, 'ready=5&busy=1')).status).toBe(200);
  await vi.waitUntil(async () => (await r.get('/')).status === 200, { timeout: 20_000 });
  expect(readdirSync(dir)).toEqual(['hb.dat']);
  expect(said).toHaveLength(1);
});

test('an address that cannot be listened on is told with its line', async () => {
  const taken = createSocket('udp4');
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
  const { port } = taken.address();
  const config = configuration(
    `HeartbeatListen 127.0.0.1:${port}\nProxyPass / http://127.0.0.1:9/`,
  );
  await expect(startProxy(onFreePorts(config))).rejects.toThrow(
    `httpd.conf:2:17 HeartbeatListen 127.0.0.1:${port}: another program listens there already`,
  );
});
