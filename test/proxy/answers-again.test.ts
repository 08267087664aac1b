/** Answers that a worker gives again and again: each client gets what its own request asks for. */
import { expect, test } from 'vitest';
import { configuration, onFreePorts, RawClient, rawBackend, rig } from './rig.ts';

const HEAD = [
  'HTTP/1.1 200 OK',
  'Date: Fri, 01 Jan 2027 00:00:00 GMT',
  'Server: again',
  'Content-Type: text/plain',
  'ETag: "1"',
  'Content-Length: 5',
];

/** Answers every request with the same head; the body is the beginning of its path. */
async function worker(head = HEAD): Promise<string> {
  const { url } = await rawBackend((socket) => {
    socket.on('data', (bytes) => {
      const [method, path = ''] = bytes.toString('latin1').split(' ', 2);
      const body = method === 'HEAD' ? '' : path.slice(-5);
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
    });
  });
  return url;
}

/** What `port` answers to one request over a connection of its own, without what says how it goes on. */
async function answer(port: number, request: string): Promise<string[]> {
  const client = new RawClient(port);
  client.send(`${request}\r\nConnection: close\r\n\r\n`);
  const lines = (await client.end()).split('\r\n');
  return lines.filter((line) => !/^(?:Connection: close)?$/.test(line));
}

test('the body, the settings, the version and the method are those of each request', async () => {
  const url = await worker();
  const r = await rig(`
<VirtualHost *:*>
  ServerName plain.example
  ProxyPass / ${url}/
</VirtualHost>
<VirtualHost *:*>
  ServerName via.example
  ProxyVia On
  ProxyPass / ${url}/
</VirtualHost>
<VirtualHost *:*>
  ServerName header.example
  Header set X-Path "%{VAR}e" env=VAR
  SetEnvIf Request_URI "^/set" VAR=yes
  ProxyPass / ${url}/
</VirtualHost>`);
  const get = (path: string, host: string, method = 'GET') =>
    answer(r.port, `${method} ${path} HTTP/1.1\r\nHost: ${host}`);
  for (let times = 0; times < 4; times++) {
    expect(await get('/abcde', 'plain.example')).toEqual([...HEAD, 'abcde']);
    expect(await get('/fghij', 'plain.example')).toEqual([...HEAD, 'fghij']);
    expect(await get('/abcde', 'plain.example', 'HEAD')).toEqual(HEAD);
    const via = 'Via: 1.1 via.example';
    expect(await get('/abcde', 'via.example')).toEqual([...HEAD, via, 'abcde']);
    expect(await get('/abcde', 'header.example')).toEqual([...HEAD, 'abcde']);
    expect(await get('/set-x', 'header.example')).toEqual([...HEAD, 'X-Path: yes', 'set-x']);
    const old = await answer(r.port, 'GET /abcde HTTP/1.0\r\nHost: plain.example');
    expect(old).toEqual([...HEAD, 'abcde']);
  }
  await r.idle();
});

test('a connection that goes on is told so, one that ends is told that', async () => {
  const r = await rig(`MaxKeepAliveRequests 3\nProxyPass / ${await worker()}/`);
  for (let times = 0; times < 3; times++) {
    const client = new RawClient(r.port);
    for (let i = 0; i < 4; i++) client.send('GET /abcde HTTP/1.1\r\nHost: x\r\n\r\n');
    const text = await client.end();
    expect(text.match(/^Connection: .*$/gm)).toEqual([
      ...['Connection: keep-alive', 'Connection: keep-alive', 'Connection: keep-alive'],
      'Connection: close',
    ]);
  }
  await r.idle();
});

test('a response whose body does not come with its head, or breaks off, is what it is', async () => {
  let body = 'abcde';
  const { url } = await rawBackend((socket) => {
    socket.on('data', () => {
      socket.write(`${HEAD.join('\r\n')}\r\n\r\n`);
      setImmediate(() => (body.length < 5 ? socket.end(body) : socket.write(body)));
    });
  });
  const steady = await worker();
  const r = await rig(`ProxyPass /late ${url}/\nProxyPass / ${steady}/`);
  const get = (path: string) => answer(r.port, `GET ${path} HTTP/1.1\r\nHost: x`);
  for (let times = 0; times < 3; times++) {
    expect((await get('/abcde')).at(-1)).toBe('abcde');
    expect((await get('/late')).at(-1)).toBe('abcde');
  }
  body = 'abc';
  expect((await get('/late')).at(-1)).toBe('abc'); // and the connection ends, short of its length
  expect((await get('/vwxyz')).at(-1)).toBe('vwxyz');
  await r.idle();
});

test('what was kept is not said after a reload that says otherwise', async () => {
  const told: string[] = [];
  const { url } = await rawBackend((socket) => {
    socket.on('data', (bytes) => {
      told.push(bytes.toString('latin1'));
      socket.write(`${HEAD.join('\r\n')}\r\n\r\nabcde`, 'latin1');
    });
  });
  const lines = (more: string) => `${more}\nProxyPass / ${url}/`;
  const r = await rig(lines(''));
  const request = 'GET /abcde HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nX-Long: 123456789\r\n\r\n';
  const client = new RawClient(r.port);
  let answers = 0;
  const ask = async () => {
    const before = client.text.length;
    answers++;
    client.send(request);
    const whole = await client.until((text) => text.split('HTTP/1.1 ').length > answers);
    await client.until((text) => /abcde$|<\/html>\s*$/.test(text));
    return whole.slice(before);
  };
  const often = async () => {
    for (let times = 0; times < 4; times++) await ask();
    return told.at(-1)!;
  };
  const plain = await often();
  expect(plain).toContain('X-Forwarded-For: 127.0.0.1\r\n');
  expect(plain).not.toContain('\r\nHost: x\r\n');
  const next = async (more: string) => {
    await r.proxy.reload(onFreePorts(configuration(lines(more))));
    return await ask();
  };
  await next('ProxyPreserveHost On');
  expect(told.at(-1)).toMatch(/^GET \/abcde HTTP\/1\.1\r\nHost: x\r\n/);
  await often();
  await next('ProxyAddHeaders Off');
  expect(told.at(-1)).not.toContain('X-Forwarded-');
  await often();
  await next('RequestHeader set X-More "1"');
  expect(told.at(-1)).toContain('X-More: 1\r\n');
  await often();
  expect(await next('Header set X-Answer "1"')).toContain('X-Answer: 1\r\n');
  await often();
  const last = await next('');
  expect(last).not.toContain('X-Answer');
  expect(told.at(-1)).toBe(plain);
  await often();
  const count = told.length;
  expect(await next('LimitRequestFieldSize 15')).toContain('HTTP/1.1 431 ');
  expect(told.length).toBe(count);
  await r.idle();
});
