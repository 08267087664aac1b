/** `Header` lines that make answers nobody can send: the request fails, and nothing else does. */
import { expect, test } from 'vitest';
import { backend, balancer, RawClient, rawBackend, rig } from '../rig.ts';

const get = 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

test('variables of any script are sent as they are written', async () => {
  const worker = await backend('w', (message, response) =>
    response.end(message.headers['x-who'] as string, 'latin1'),
  );
  const lines = `SetEnv WHO "\u010D ü"\nSetEnvIf Host (.) NAME=\u010D$1
RequestHeader set X-Who "%{WHO}e"\nHeader always set X-Name "%{NAME}e"\n`;
  const r = await rig(`${lines}${balancer([`${worker.url} route=\u010D`])}
Header always set X-Route "%{BALANCER_WORKER_ROUTE}e"`);
  const text = Buffer.from(await new RawClient(r.port).send(get).end(), 'latin1').toString();
  expect(text).toContain('\r\nX-Name: \u010Dx\r\n');
  expect(text).toContain('\r\nX-Route: \u010D\r\n');
  expect(text).toMatch(/\r\n\r\n\u010D ü$/);
});

test('a second Content-Length in an answer of the proxy’s own ends the connection', async () => {
  const lines = 'Header always echo ^Content-Length$\n';
  const r = await rig(`${lines}${balancer([(await backend('w')).url])}`);
  expect(await new RawClient(r.port).send(get).end()).toBe('');
  await r.idle();
  expect((await r.get()).body).toBe('w');
});

test('a 101 that cannot be sent ends both connections', async () => {
  const worker = await rawBackend((socket) =>
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    ),
  );
  const lines = 'Header set X-Bad "a\x01"\n';
  const r = await rig(`${lines}${balancer([`${worker.url} upgrade=websocket`])}`);
  const wish = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  expect(await new RawClient(r.port).send(wish).end()).toMatch(/^HTTP\/1\.1 502 /);
  await r.idle();
  expect(r.column('busy')).toEqual([0]);
});
