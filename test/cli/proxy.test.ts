/** `fairlead proxy` as a user runs it. */
import { once } from 'node:events';
import { createServer, get, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ended, fairlead, folder, stack, start } from './cli.ts';

/** Against hanging: the machine may have much else to do. */
const patient = { timeout: 60_000 };

async function backend(handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the proxy; resolves with what it said when it listens. */
async function proxy(args: readonly string[]) {
  const child = start(['proxy', '--admin', 'off', ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  const end = ended(child);
  await vi.waitUntil(() => said.includes('listening on') || child.exitCode !== null, patient);
  return { child, end };
}

function fetched(port: number, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ path, port, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

/** Whether nobody listens there. */
function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}

const conf = (port: number, worker: number) => `Listen 127.0.0.1:${port}
ServerAdmin admin@example.com
<Proxy balancer://c>
  BalancerMember http://127.0.0.1:${worker} route=a
</Proxy>
<IfDefine Mapped>
  ProxyPass / balancer://c/
</IfDefine>
`;

test('listens, serves, says so; SIGTERM finishes what is in flight and exits 0', async () => {
  const held: ServerResponse[] = [];
  const worker = await backend((_, response) => held.push(response));
  const port = await freePort();
  const dir = folder({ 'httpd.conf': conf(port, worker) });
  const { child, end } = await proxy([join(dir, 'httpd.conf'), '-D', 'Mapped']);
  const answer = fetched(port);
  await vi.waitUntil(() => held.length === 1, patient);
  child.kill('SIGTERM');
  await vi.waitUntil(() => refuses(port), patient);
  held[0]!.end('served');
  expect(await answer).toBe('served');
  const { code, stdout, stderr } = await end;
  expect(code).toBe(0);
  expect(stdout).toBe(
    `listening on http://127.0.0.1:${port}\nbalancer://c (byrequests)\n  http://127.0.0.1:${worker} loadfactor=1 route=a\n`,
  );
  expect(stderr).toMatch(/ignored, since no balancer needs them: ServerAdmin/);
  expect(stderr).toMatch(/SIGTERM: finishing 1 request/);
});

test('SIGTERM while it starts ends it, too', async () => {
  const file = folder({ 'httpd.conf': conf(await freePort(), 1) });
  const child = start(['proxy', '--admin', 'off', '--threads', '2', join(file, 'httpd.conf')]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const end = ended(child);
  await once(child.stderr!, 'data'); // notes on the configuration, before it listens
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);
});

test('a second signal ends at once; --quiet says nothing on stderr', async () => {
  let asked = false;
  const worker = await backend(() => {
    asked = true;
  });
  const port = await freePort();
  const dir = folder({ 'httpd.conf': conf(port, worker) });
  const { child, end } = await proxy([join(dir, 'httpd.conf'), '-D', 'Mapped', '--quiet']);
  const answer = fetched(port).catch(() => 'broken off');
  await vi.waitUntil(() => asked, patient);
  child.kill('SIGINT');
  await vi.waitUntil(() => refuses(port), patient);
  child.kill('SIGINT');
  expect(await answer).toBe('broken off');
  expect(await end).toMatchObject({ code: 0, stderr: '' });
});

test('a member that fails is told of in one line, however often it is tried', async () => {
  const [port, gone] = [await freePort(), await freePort()];
  const dir = folder({ 'httpd.conf': conf(port, gone) });
  const { child, end } = await proxy([join(dir, 'httpd.conf'), '-D', 'Mapped']);
  expect(await fetched(port)).toContain('503');
  expect(await fetched(port)).toContain('503');
  child.kill('SIGTERM');
  const { stderr } = await end;
  const told = stderr.split('\n').filter((line) => line.includes(`http://127.0.0.1:${gone}: `));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^\d{4}-\S+Z balancer:\/\/c: \S+: no connection: refused/);
});

test('without -D the mapping is not there', async () => {
  const worker = await backend((_, response) => response.end('served'));
  const port = await freePort();
  const dir = folder({ 'httpd.conf': conf(port, worker) });
  const { child, end } = await proxy([join(dir, 'httpd.conf')]);
  expect(await fetched(port)).toContain('404');
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);
});

test('YAML by its name', async () => {
  const worker = await backend((_, response) => response.end('served'));
  const port = await freePort();
  const yaml = `listen: [{ http: "127.0.0.1:${port}" }]
balancer:
  lbmethod: byrequests
  workers: [{ name: a, url: "http://127.0.0.1:${worker}" }]
`;
  const { child, end } = await proxy([join(folder({ 'proxy.yaml': yaml }), 'proxy.yaml')]);
  expect(await fetched(port)).toBe('served');
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);
});

test('connections as they are: where they are taken, and for whom', async () => {
  const worker = createTcpServer((socket) => socket.end('from the worker')).listen(0, '127.0.0.1');
  await once(worker, 'listening');
  onTestFinished(() => {
    worker.close();
  });
  const { port: at } = worker.address() as AddressInfo;
  const port = await freePort();
  const text = `listen: [ { tcp: "127.0.0.1:${port}" } ]\nbalancers: { db: { workers: [ { url: "tcp://127.0.0.1:${at}" } ] } }\n`;
  const { child, end } = await proxy([join(folder({ 'site.yaml': text }), 'site.yaml')]);
  let got = '';
  const client = connect(port, '127.0.0.1').on('data', (chunk) => {
    got += chunk;
  });
  await once(client, 'end');
  expect(got).toBe('from the worker');
  child.kill('SIGTERM');
  const { stdout, code } = await end;
  expect(code).toBe(0);
  expect(stdout).toBe(
    `listening on tcp://127.0.0.1:${port} for balancer://db\nbalancer://db (byrequests)\n  tcp://127.0.0.1:${at} loadfactor=1\n`,
  );
});

test('lbmethod uri: a path has one worker, and paths are shared out', async () => {
  const workers = [
    await backend((_, response) => response.end('a')),
    await backend((_, response) => response.end('b')),
  ];
  const port = await freePort();
  const urls = workers.map((worker) => `{ url: "http://127.0.0.1:${worker}" }`).join(', ');
  const yaml = `listen: [{ http: "127.0.0.1:${port}" }]
balancer: { lbmethod: { rendezvous: { key: uri } }, workers: [${urls}] }
`;
  const { child } = await proxy([join(folder({ 'proxy.yaml': yaml }), 'proxy.yaml')]);
  const asked = async (query: string) => {
    const names: string[] = [];
    for (let i = 0; i < 40; i++) names.push(await fetched(port, `/${i}${query}`));
    return names.join('');
  };
  const first = await asked('');
  expect(first).toMatch(/^(?=.*a)(?=.*b)[ab]{40}$/); // all alike: once in 5e11
  expect(await asked('?another=query')).toBe(first);
  child.kill('SIGTERM');
});

test('a port that is taken: exit 2, with the line', async () => {
  const taken = await backend(() => {});
  const dir = folder({ 'httpd.conf': conf(taken, 9) });
  const { code, stdout, stderr } = await fairlead(['proxy', join(dir, 'httpd.conf'), '--quiet']);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`httpd.conf:1:1 Listen 127.0.0.1:${taken}: another program listens`);
  expect(stderr).not.toMatch(stack);
});

test('a configuration with a mistake: exit 2, with the line', async () => {
  const dir = folder({
    'httpd.conf': 'Listen 127.0.0.1:1\nProxyPass / balancer://c/ lbmethod=nosuch\n',
  });
  const { code, stderr } = await fairlead(['proxy', join(dir, 'httpd.conf')]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/httpd\.conf:2:\d+ /);
  expect(stderr).not.toMatch(stack);
});

test('no Listen: exit 2, and what to write', async () => {
  const dir = folder({ 'httpd.conf': 'ProxyPass / http://127.0.0.1:9/\n' });
  const { code, stdout, stderr } = await fairlead(['proxy', 'httpd.conf'], { cwd: dir });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^httpd\.conf: there is no Listen line.*Listen 127\.0\.0\.1:8080/);
});

test.each([
  [
    'a section that does not hold',
    '<IfDefine No>\nProxyPass / http://127.0.0.1:9/\n</IfDefine>',
    /-D/,
  ],
  [
    'a virtual host at a port where nobody listens',
    '<VirtualHost *:1>\nProxyPass / http://127.0.0.1:9/\n</VirtualHost>',
    /no Listen \(port \d+\) leads to <VirtualHost> in .*httpd\.conf:2,/,
  ],
])('nothing is proxied, because of %s: said at the start', async (_, lines, why) => {
  const port = await freePort();
  const dir = folder({ 'httpd.conf': `Listen 127.0.0.1:${port}\n${lines}\n` });
  const { child, end } = await proxy([join(dir, 'httpd.conf')]);
  expect(await fetched(port)).toContain('404');
  child.kill('SIGTERM');
  const { code, stderr } = await end;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^fairlead: nothing is proxied: /m);
  expect(stderr).toMatch(why);
});

test('YAML by no name of YAML: what it is read as is said', async () => {
  const dir = folder({ proxy: 'listen: [ { http: "127.0.0.1:1" } ]\n' });
  const { code, stderr } = await fairlead(['proxy', 'proxy'], { cwd: dir });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^fairlead: proxy is read as an httpd\.conf; YAML ends in \.yaml/);
  expect(stderr).toMatch(/^proxy:1:1 listen: is no directive that is known here/m);
});

test('a file that is not there: exit 2', async () => {
  const { code, stderr } = await fairlead(['proxy', '/nowhere/httpd.conf']);
  expect(code).toBe(2);
  expect(stderr).not.toMatch(stack);
});
