/** Requests and answers through the proxy: what arrives is what was sent. */
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { backend, balancer, RawClient, rawBackend, rig } from './rig.ts';

test('byrequests alternates between equal members', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(balancer([a.url, b.url]));
  const names = [];
  for (let i = 0; i < 6; i++) names.push((await r.get()).body);
  expect(names).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(r.column('lbstatus')).toEqual([0, 0]);
  expect(r.column('elected')).toEqual([3, 3]);
  await r.idle();
});

test('a worker that stands alone serves, and the rest is not found', async () => {
  const a = await backend('a', (message, response) => response.end(message.url));
  const r = await rig(`ProxyPass /app ${a.url}/base`);
  expect(await r.get('/app/x?y=1')).toMatchObject({ status: 200, body: '/base/x?y=1' });
  expect(await r.get('/other')).toMatchObject({ status: 404 });
  await r.idle();
});

test('bytraffic counts what httpd counts (E27, E28)', async () => {
  const body = (size: number) => 'x'.repeat(size);
  const a = await backend('a', (message, response) => {
    message.resume();
    const text = body(Number(message.url?.slice(1) || 3));
    message.on('end', () => response.writeHead(200, { 'Content-Length': text.length }).end(text));
  });
  const r = await rig(balancer([a.url], 'lbmethod=bytraffic', 'ProxyAddHeaders Off'));
  await r.get('/5000');
  const head = `GET /5000 HTTP/1.1\r\nHost: 127.0.0.1:${a.port}\r\nConnection: Keep-Alive\r\n\r\n`;
  expect(r.column('transferred')).toEqual([head.length]);
  expect(r.column('read')).toEqual(['HTTP/1.1 200 OK'.length + 5000]);
  await r.get('/3', { method: 'POST', body: body(20_000) });
  const post = `POST /3 HTTP/1.1\r\nHost: 127.0.0.1:${a.port}\r\nConnection: Keep-Alive\r\nContent-Length: 20000\r\n\r\n`;
  expect(r.column('transferred')).toEqual([head.length + post.length + 20_000]);
  expect(r.column('read')).toEqual([2 * 'HTTP/1.1 200 OK'.length + 5003]);
});

test('HEAD, 204 and 304 have no body, and the connection goes on', async () => {
  const a = await backend('a', (message, response) => {
    const status = Number(message.url?.slice(1));
    if (message.method === 'HEAD') response.writeHead(200, { 'Content-Length': 1234 }).end();
    else response.writeHead(status, { ETag: '"e"' }).end(status === 200 ? 'a' : undefined);
  });
  const r = await rig(balancer([a.url]));
  const head = await r.again('/200', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers['content-length']).toBe('1234');
  expect(await r.again('/204')).toMatchObject({ status: 204, body: '' });
  expect(await r.again('/304')).toMatchObject({ status: 304, body: '' });
  expect(await r.again('/200')).toMatchObject({ status: 200, body: 'a' });
  expect(r.column('read')).toEqual([
    'HTTP/1.1 200 OK'.length * 2 +
      1 +
      'HTTP/1.1 204 No Content'.length +
      'HTTP/1.1 304 Not Modified'.length,
  ]);
});

test.each([
  ['small, with length', 100, false],
  ['small, in chunks', 100, true],
  ['empty, in chunks', 0, true],
  ['just what is kept', 16_384, true],
  ['large, with length', 300_000, false],
  ['large, in chunks', 300_000, true],
])('a body arrives whole: %s', async (_, size, chunked) => {
  const a = await backend('a', (message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk) => chunks.push(chunk));
    message.on('end', () => {
      const { 'content-length': length, 'transfer-encoding': coding } = message.headers;
      response.end(JSON.stringify({ sum: sum(Buffer.concat(chunks)), length, coding }));
    });
  });
  const r = await rig(balancer([a.url]));
  const body = Buffer.alloc(size, 'abcdefghij');
  const answer = JSON.parse((await r.get('/', { method: 'POST', body, chunked })).body);
  expect(answer.sum).toBe(sum(body));
  // A body that fits is given its length; a longer one goes as it came (spec: httpd 10.1).
  if (chunked && size > 16_384) expect(answer.coding).toBe('chunked');
  else if (size < 16_384 || !chunked) expect(answer.length).toBe(String(size));
  await r.idle();
});

test('an answer in chunks arrives in chunks, to HTTP/1.0 until the end', async () => {
  const a = await backend('a', (_, response) => {
    response.write('one,');
    setImmediate(() => response.end('two'));
  });
  const r = await rig(balancer([a.url]));
  const answer = await r.get();
  expect(answer.body).toBe('one,two');
  expect(answer.headers['transfer-encoding']).toBe('chunked');
  const old = await new RawClient(r.port).send('GET / HTTP/1.0\r\n\r\n').end();
  expect(old).not.toMatch(/transfer-encoding/i);
  expect(old).toMatch(/\r\n\r\none,two$/);
});

test('an answer that ends with its connection', async () => {
  const raw = await rawBackend((socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 Fine\r\nX-A: 1\r\n\r\nuntil the end'));
  });
  const r = await rig(balancer([raw.url]));
  expect(await r.get()).toMatchObject({ status: 200, body: 'until the end' });
  await r.idle();
});

test('heads go out before bodies come', async () => {
  let finish = () => {};
  const a = await backend('a', (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    finish = () => response.end('late');
  });
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until((text) => text.includes('\r\n\r\n'));
  finish();
  expect(await client.until((text) => text.includes('late'))).toContain('event-stream');
});

test('a reader that does not read stops the worker: memory stays flat', async () => {
  const size = 64 * 1024 * 1024;
  let written = 0;
  const piece = Buffer.alloc(65_536, 'y');
  const a = await backend('a', (_, response) => {
    response.writeHead(200, { 'Content-Length': size });
    const more = () => {
      while (written < size) {
        written += piece.length;
        if (!response.write(piece)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  });
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port);
  client.socket.removeAllListeners('data').pause();
  client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let before = -1;
  for (let still = 0; still < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    still = written === before && written > 0 ? still + 1 : 0;
    before = written;
  }
  expect(written).toBeLessThan(size / 2); // what the system's buffers hold, not the whole
  let bytes = 0;
  client.socket.on('data', (text) => {
    bytes += text.length;
  });
  client.socket.resume();
  await client.end();
  expect(bytes).toBeGreaterThan(size);
  await r.idle();
});

test('a worker that does not read stops the client', async () => {
  let go = () => {};
  let got = 0;
  const a = await backend('a', (message, response) => {
    go = () => {
      message.on('data', (chunk: Buffer) => {
        got += chunk.length;
      });
      message.on('end', () => response.end(String(got)));
    };
  });
  const r = await rig(balancer([a.url]));
  const size = 64 * 1024 * 1024;
  const piece = Buffer.alloc(65_536, 'z');
  let written = 0;
  const answered = new Promise<string>((resolve, reject) => {
    const headers = { 'Content-Length': size };
    const sent = request({ port: r.port, method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    const more = () => {
      while (written < size) {
        written += piece.length;
        if (!sent.write(piece)) {
          sent.once('drain', more);
          return;
        }
      }
      sent.end();
    };
    more();
  });
  let before = -1;
  for (let still = 0; still < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    still = written === before && written > 0 ? still + 1 : 0;
    before = written;
  }
  expect(written).toBeLessThan(size / 2);
  go();
  expect(await answered).toBe(String(size));
  await r.idle();
});

test('interim answers pass, a 100 only to who waits for it', async () => {
  const raw = await rawBackend((socket) => {
    socket.on('data', () =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
  });
  const r = await rig(balancer([raw.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const text = await client.until((all) => all.endsWith('ok'));
  expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  const lines = ['HTTP/1.1 103 Early Hints', 'HTTP/1.1 100 Continue', 'HTTP/1.1 200 OK'];
  expect(r.column('read')).toEqual([lines.join('').length + 2]);
  const old = new RawClient(r.port).send('GET / HTTP/1.0\r\n\r\n');
  expect(await old.end()).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('Expect: 100-continue holds the body until the worker wants it', async () => {
  const raw = await rawBackend((socket) => {
    socket.once('data', (head) => {
      expect(String(head)).toMatch(/expect: 100-continue/i);
      expect(String(head)).toMatch(/\r\n\r\n$/);
      socket.once('data', (body) =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
      );
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    });
  });
  const r = await rig(balancer([raw.url]));
  const client = new RawClient(r.port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
  await client.until((text) => text === 'HTTP/1.1 100 Continue\r\n\r\n');
  client.send('body');
  expect(await client.until((text) => text.includes('\r\nbody'))).toMatch(/HTTP\/1\.1 200 OK/);
});

test('refused instead of continued: the connection ends behind the answer', async () => {
  const raw = await rawBackend((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno'));
  });
  const r = await rig(balancer([raw.url]));
  const client = new RawClient(r.port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
  expect(await client.end()).toMatch(/^HTTP\/1\.1 401 No\r\n[\s\S]*Connection: close\r\n/i);
  await r.idle();
});

test.each(['Proxy100Continue Off', 'SetEnv force-proxy-request-1.0 1'])(
  '%s: the proxy asks for the body itself',
  async (line) => {
    const a = await backend('a', (message, response) => {
      expect(message.headers.expect).toBeUndefined();
      message.on('data', (body) => response.end(body));
    });
    const r = await rig(balancer([a.url], '', line));
    const client = new RawClient(r.port);
    client.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    await client.until((text) => text === 'HTTP/1.1 100 Continue\r\n\r\n');
    client.send('body');
    expect(await client.until((text) => text.includes('\r\nbody'))).toMatch(/HTTP\/1\.1 200 OK/);
  },
);

test('ProxyErrorOverride replaces the page and keeps the status', async () => {
  const a = await backend('a', (_, response) => response.writeHead(503).end('the worker says no'));
  const r = await rig(balancer([a.url], '', 'ProxyErrorOverride On'));
  const answer = await r.again();
  expect(answer.status).toBe(503);
  expect(answer.body).not.toContain('the worker says no');
  expect(answer.body).toContain('<h1>503 Service Unavailable</h1>');
  expect(r.column('read')).toEqual(['HTTP/1.1 503 Service Unavailable'.length]);
  expect((await r.again()).status).toBe(503);
});

test('kept-alive and pipelined requests are served in order', async () => {
  const order: string[] = [];
  const a = await backend('a', (message, response) => {
    order.push(message.url ?? '');
    // The first answer takes longest; nothing behind it may overtake, not even on the way to a worker.
    if (message.url === '/1') setTimeout(() => response.end('first'), 50);
    else response.end(`answer to ${message.url}`);
  });
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port);
  client.send([1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  const text = await client.until((all) => all.includes('answer to /3'));
  expect(text.indexOf('first')).toBeLessThan(text.indexOf('answer to /2'));
  expect(text.indexOf('answer to /2')).toBeLessThan(text.indexOf('answer to /3'));
  expect(order).toEqual(['/1', '/2', '/3']);
});

test('many pipelined requests: none is lost while the proxy stops reading', async () => {
  const a = await backend('a', (message, response) => response.end(`[${message.url}]`));
  const r = await rig(balancer([a.url], '', 'MaxKeepAliveRequests 0'));
  const client = new RawClient(r.port);
  const wanted = Array.from({ length: 500 }, (_, n) => `/${n}`);
  for (const path of wanted) client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const text = await client.until((all) => all.includes('[/499]'));
  expect([...text.matchAll(/\[(.*?)\]/g)].map(([, path]) => path)).toEqual(wanted);
});

test('KeepAlive Off and MaxKeepAliveRequests end connections', async () => {
  const a = await backend('a');
  const off = await rig(balancer([a.url], '', 'KeepAlive Off'));
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  expect(await new RawClient(off.port).send(ask).end()).toMatch(/connection: close/i);
  const two = await rig(balancer([a.url], '', 'MaxKeepAliveRequests 2'));
  const text = await new RawClient(two.port).send(ask.repeat(5)).end();
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
});

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
