/**
 * slowhttptest's four attacks: all of its connections are ended by the proxy's limits, and others are served
 * meanwhile. Without FAIRLEAD_HEAVY=1 one attack; `slow.test.ts` has slow peers of our own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { heavy } from '../../heavy.ts';
import { backend, balancer, rig } from '../rig.ts';

const absent = spawnSync('slowhttptest', ['-h']).error !== undefined;
if (absent) console.warn('slowhttptest is not installed: apt-get install slowhttptest');

const CONNECTIONS = 50;

/** Much longer than the limits: connections that are left at the end were not ended by them. */
const SECONDS = 30;

/** A proxy in front of a large page and a small one, and its attacker. */
async function attacked(options: readonly string[]) {
  let large = 0;
  const page = Buffer.alloc(4_000_000, 'x');
  const a = await backend('a', (message, response) => {
    message.resume();
    if (message.url === '/large') large++;
    response.end(message.url === '/large' ? page : 'a');
  });
  const r = await rig(balancer([a.url], '', 'Timeout 2\nKeepAliveTimeout 1'), {
    headerSeconds: 2,
    bodySeconds: 2,
  });
  const child = spawn('slowhttptest', [
    ...options,
    ...['-c', `${CONNECTIONS}`, '-r', `${CONNECTIONS}`, '-l', `${SECONDS}`, '-p', '5'],
    ...['-u', `http://127.0.0.1:${r.port}/large`],
  ]);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const over = once(child, 'close').then(() => stripVTControlCharacters(said));
  onTestFinished(() => {
    child.kill();
  });
  return { r, child, over, large: () => large };
}

const attacks: readonly [string, readonly string[]][] = [
  ['slow heads', ['-H', '-i', '1']],
  ['slow bodies', ['-B', '-i', '1', '-s', '100000']],
  ['ranges', ['-R', '-a', '10', '-b', '3000']],
];

test.skipIf(absent).each(heavy ? attacks : attacks.slice(0, 1))('%s', async (_, options) => {
  const { r, child, over } = await attacked(options);
  do {
    expect((await r.get('/small')).body).toBe('a');
    await Promise.race([over, sleep(200)]);
  } while (child.exitCode === null);
  const said = await over;
  expect(said).toMatch(/Exit status:\s+No open connections left/);
  expect(said).not.toMatch(/service available:\s+NO/);
  await r.idle();
});

/** These do not see that they were left: it would take reading. */
test.skipIf(absent || !heavy)('slow readers', async () => {
  const options = ['-X', '-w', '64', '-y', '128', '-n', '5', '-z', '16', '-k', '1'];
  const { r, child, large } = await attacked(options);
  await vi.waitUntil(() => large() >= CONNECTIONS, { timeout: 20_000 });
  expect((await r.get('/small')).body).toBe('a');
  await r.idle();
  expect(child.exitCode).toBe(null);
});
