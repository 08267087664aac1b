/** Connections that are over before anybody has looked at them. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { backend, balancer, rig } from './rig.ts';

/** Asks and breaks it off, all while this process does nothing else. */
function askAndGo(port: number): void {
  const script = `
const socket = require('node:net').connect(${port}, '127.0.0.1');
socket.write('GET /broken HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', () => socket.resetAndDestroy());`;
  execFileSync(process.execPath, ['-e', script]);
}

test('a request of a client that is gone before it is accepted is not served', async () => {
  const urls: string[] = [];
  const worker = await backend('a', ({ url }, response) => {
    urls.push(url!);
    response.end('a');
  });
  const r = await rig(balancer([worker.url]));
  await r.get(); // its connection to the worker is kept, so that the next request would be there at once
  askAndGo(r.port);
  expect((await r.get()).body).toBe('a');
  await r.idle();
  expect(urls).toEqual(['/', '/']);
});
