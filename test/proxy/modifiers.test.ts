/** Modifiers from YAML, with real sockets at both ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { statusText } from '../../src/core/index.ts';
import { startProxy } from '../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../src/scenario/proxy-config.ts';
import { backend, onFreePorts, Rig, refusingPort } from './rig.ts';

/** A proxy over servers at these URLs. */
async function proxied(modifiers: string, urls: readonly string[]): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-modifiers-'));
  const file = join(folder, 'proxy.yaml');
  const workers = urls.map((url) => `{ url: "${url}" }`).join(', ');
  const balancer = `balancer: { modifiers: ${modifiers}, workers: [ ${workers} ] }`;
  writeFileSync(file, `listen: [ { http: 127.0.0.1:8 } ]\n${balancer}\n`);
  const rig = new Rig(await startProxy(onFreePorts(proxyConfigOf(file))));
  onTestFinished(async () => {
    rig.agent.destroy();
    await rig.proxy.close(0);
    rmSync(folder, { recursive: true });
  });
  return rig;
}

test('a server that answers 500 three times in a row is left out', async () => {
  const bad = await backend('bad', (_, response) => response.writeHead(500).end());
  const good = await backend('good');
  const rig = await proxied('{ outlier: { consecutive5xx: 3 } }', [bad.url, good.url]);
  const statuses: number[] = [];
  for (let i = 0; i < 10; i++) statuses.push((await rig.get()).status);
  expect(statuses).toEqual([500, 200, 500, 200, 500, 200, 200, 200, 200, 200]);
  expect([...rig.core.workers.status].map(statusText)).toEqual(['Init Ejct ', 'Init Ok ']);
  await rig.idle();
});

test('a retry budget of none passes the first failure on', async () => {
  const good = await backend('good');
  const urls = [`http://127.0.0.1:${await refusingPort()}`, good.url];
  const rig = await proxied('{ retrybudget: { ratio: 0%, min: 0 } }', urls);
  expect((await rig.get()).status).toBe(503);
  expect((await rig.get()).status).toBe(200);
  await rig.idle();
});

test('in a panic a server that only its errors keep out is tried', async () => {
  const late = await backend('late');
  await late.down();
  const rig = await proxied('{ panic: 100% }', [late.url, (await backend('good')).url]);
  const bodies = [(await rig.get()).body];
  await late.up();
  for (let i = 0; i < 4; i++) bodies.push((await rig.get()).body);
  expect(bodies[0]).toBe('good');
  expect(bodies).toContain('late'); // its retry time is a minute
  await rig.idle();
});
