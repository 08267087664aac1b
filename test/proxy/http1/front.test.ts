/** What the front makes of connections beyond single requests: many behind one another, many at once, odd answers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ClientRequest, ClientResponse } from '../../../src/proxy/front.ts';
import { Http1Front } from '../../../src/proxy/http1/index.ts';
import { exchanged } from '../hardening/probe.ts';
import { get, post } from '../hardening/probes/text.ts';
import { recorder } from '../hardening/recorder.ts';
import { readResponses, statusOf } from '../hardening/wire.ts';
import { backend, balancer, configuration, onFreePorts, RawClient, rig } from '../rig.ts';

test('two thousand requests in a pipeline, more than wait at a time, are answered in their order', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url], '', 'MaxKeepAliveRequests 0'));
  const targets = Array.from({ length: 2000 }, (_, i) => `/${i}`);
  const text = targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
  const last = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const responses = readResponses(await exchanged(r.port, text + last, 3), []);
  const asked = [...targets, '/last'].map((target) => `GET ${target}`);
  expect(responses.map(({ body }) => body)).toEqual(asked);
  expect(worker.summaries).toEqual(asked);
  await r.idle();
});

test('a body that nobody reads does not stand in the way of the next request', async () => {
  const worker = await recorder();
  const r = await rig(
    'ProxyPass /served balancer://c/\n<Proxy balancer://c>\n'.concat(
      `BalancerMember ${worker.url}\n</Proxy>`,
    ),
  );
  const body = 'x'.repeat(300_000);
  const lost = `POST /lost HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  const text = `${lost}${body}GET /served/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const statuses = readResponses(await exchanged(r.port, text, 1), []).map(statusOf);
  expect(statuses[0]).toBe(404); // and then the connection may end, or go on
  expect(worker.summaries).toEqual(statuses.length > 1 ? ['GET /x'] : []);
});

test.each([
  ['longer', 1],
  ['shorter', 9],
])(
  'an answer %s than a Header line says of it: nothing follows on its connection',
  async (_, length) => {
    const a = await backend('a', (_, response) => response.end('abc'));
    const r = await rig(balancer([a.url], '', `Header set Content-Length ${length}`));
    const text = await exchanged(r.port, `${get}\r\n${get}\r\n`, 1);
    expect(text).toMatch(new RegExp(`Content-Length: ${length}\r\n`));
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(length < 3 ? '' : 'abc');
    await r.idle();
  },
);

test.each(['Header add Content-Length 3', 'Header set Content-Length x'])(
  '%s: 502, since such a head cannot be sent',
  async (line) => {
    const a = await backend('a', (_, response) => response.end('abc'));
    const r = await rig(balancer([a.url], '', line));
    expect((await r.get()).status).toBe(502);
    await r.idle();
  },
);

test('Header lines change nothing of the framing', async () => {
  const a = await backend('a', (_, response) => {
    response.write('a');
    response.end('bc');
  });
  const lines = 'Header set Connection x\nHeader set Transfer-Encoding x\nHeader set Keep-Alive x';
  const r = await rig(balancer([a.url], '', lines));
  const text = await exchanged(r.port, `${get}\r\n${get}Connection: close\r\n\r\n`, 1);
  expect(readResponses(text, []).map(({ body }) => body)).toEqual(['abc', 'abc']);
});

async function openConnections(port: number, count: number, first = ''): Promise<RawClient[]> {
  const open = Array.from({ length: count }, () => new RawClient(port));
  for (const client of open) {
    client.send(`${first}${get}\r\n`);
    await client.until((text) => text.includes('\r\n\r\n'));
  }
  return open;
}

test('connections of one client beyond their number are closed, and others can come when they have gone', async () => {
  const a = await backend('a');
  const r = await rig(`QS_SrvMaxConnPerIP 2\n${balancer([a.url])}`);
  const [first] = await openConnections(r.port, 2);
  const third = new RawClient(r.port).send(`${get}\r\n`);
  expect(await third.end()).toBe('');
  first!.socket.end();
  await first!.end();
  expect((await r.get()).body).toBe('a');
  await r.proxy.reload(onFreePorts(configuration(balancer([a.url]))));
  await openConnections(r.port, 5);
});

test('behind a proxy it is the clients whose connections count', async () => {
  const a = await backend('a');
  const limit = `QS_SrvMaxConnPerIP 1\n${balancer([a.url])}`;
  const trusted = await rig(`RemoteIPHeader X-Client\nRemoteIPInternalProxy 127.0.0.1\n${limit}`);
  await openConnections(trusted.port, 3);
  const told = await rig(`RemoteIPProxyProtocol On\nRemoteIPTrustedProxy 127.0.0.0/8\n${limit}`);
  const client = (last: number) => `PROXY TCP4 192.0.2.${last} 192.0.2.9 1 80\r\n`;
  await openConnections(told.port, 1, client(1));
  await openConnections(told.port, 1, client(2));
  const second = new RawClient(told.port).send(`${client(1)}${get}\r\n`);
  expect(await second.end()).toBe('');
});

test('a client that takes nothing of a large answer is let go after Timeout', async () => {
  const a = await backend('a', (_, response) => response.end(Buffer.alloc(50_000_000)));
  const r = await rig(balancer([a.url], '', 'Timeout 1'));
  const client = connect(r.port, '127.0.0.1').pause();
  client.on('error', () => client.destroy());
  onTestFinished(() => {
    client.destroy();
  });
  // Bytes that it sends meanwhile are no sign that it takes any.
  client.write(`${get}\r\n`);
  const dribble = setInterval(() => client.write('x'), 100);
  onTestFinished(() => clearInterval(dribble));
  await r.idle();
});

test('a body that comes while its answer goes out: both get through', async () => {
  const a = await backend('a', (message, response) => message.pipe(response));
  const r = await rig(balancer([a.url]));
  const body = 'abcdefgh'.repeat(500_000);
  const client = connect(r.port, '127.0.0.1').setEncoding('latin1');
  client.write(`${post}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  let text = '';
  client.on('data', (data) => {
    text += data;
  });
  await once(client, 'close');
  expect(readResponses(text, [])[0]?.body === body).toBe(true);
});

test('a body too large to be kept, come in whole and never read, does not hold back what follows', async () => {
  let posted: [ClientRequest, ClientResponse] | undefined;
  const answer = (response: ClientResponse) => {
    response.head(200, 'OK', ['Content-Length', '0'], false);
    response.end();
  };
  const front = new Http1Front(
    (request, response) => {
      if (request.method === 'POST') posted = [request, response];
      else answer(response);
    },
    {
      headerBytes: 16_384,
      headerMs: 60_000,
      bodySeconds: 60,
      bodyBytesPerSecond: 500,
      timeoutMs: 60_000,
      keepAliveMs: 60_000,
      upgradable: () => false,
    },
  );
  const address = { localAddress: '127.0.0.1', localPort: 1 };
  const peer = { remoteAddress: '127.0.0.1', remotePort: 1, ...address, tls: null };
  const server = createServer((socket) => front.serve(socket, peer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    front.closeAll();
    server.close();
  });
  const client = new RawClient((server.address() as AddressInfo).port);
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;
  client.send(head + chunk(60_000));
  await vi.waitUntil(() => posted?.[0].body?.readableLength === 60_000);
  client.send(`${chunk(10_000)}0\r\n\r\n`);
  await vi.waitUntil(() => posted?.[0].complete);
  answer(posted![1]);
  await client.until((text) => text.endsWith('\r\n\r\n'));
  client.send(`${get}\r\n`);
  await client.until((text) => text.match(/200 OK/g)?.length === 2);
});
