/**
 * Reloads under more load than a client that looks at every answer can make: wrk's, as `npm run bench:proxy` has it, from
 * 64 kept connections, each asking as fast as it is answered. No answer is wrong, and no connection is lost.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { load, startMembers } from '../../bench/proxy/load.mjs';
import { listening, present } from '../../bench/proxy/peers.mjs';
import { heavy } from '../../heavy.ts';
import { proxyChild } from '../chaos/child.ts';
import { freePort } from '../servers/httpd.ts';

const SECONDS = heavy ? 10 : 3;
/** Compilers want so many requests, but not for ever. */
const WARM_REQUESTS = 20_000;
const WARM_SLICES = heavy ? 4 : 1;
const RELOAD_MS = 200;

const canRun = present('wrk') && present('nginx');
if (!canRun) console.warn('skipped: no wrk or no nginx');

async function members(): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-wrk-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const nginx = startMembers(folder, ports);
  onTestFinished(async () => {
    nginx.kill();
    await once(nginx, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  await Promise.all(ports.map(listening));
  return ports;
}

/** Every second one has the members in another order, every third and fourth begins anew. */
function lines(ports: readonly number[], reloads: number): string {
  const all = ports.map((port, i) => `  BalancerMember http://127.0.0.1:${port} route=node${i}`);
  return `BalancerPersist ${reloads % 4 < 2 ? 'On' : 'Off'}
MaxKeepAliveRequests 0
<Proxy balancer://c>
${(reloads % 2 === 0 ? all : all.reverse()).join('\n')}
  ProxySet stickysession=ROUTEID
</Proxy>
ProxyPass / balancer://c/
`;
}

describe.skipIf(!canRun).each([1, 2])('%i threads', { timeout: 180_000 }, (threads) => {
  test('reloads: no answer is wrong, no connection is lost', async () => {
    const ports = await members();
    const proxy = await proxyChild(await freePort(), lines(ports, 0), threads);
    for (let slice = 0, warm = 0; slice < WARM_SLICES && warm < WARM_REQUESTS; slice++) {
      warm += (await load(proxy.port, 2, true)).requests; // throws if something is wrong, as below
    }
    let over = false;
    const loaded = load(proxy.port, SECONDS, true).finally(() => {
      over = true;
    });
    loaded.catch(() => {}); // until it is waited for
    let reloads = 0;
    while (!over) {
      const next = pause(RELOAD_MS);
      expect(await proxy.reload(lines(ports, ++reloads))).toBe('taken over');
      await next;
    }
    const { requests, perSecond } = await loaded;
    console.log(
      `${threads} threads: ${requests} answers, ${Math.round(perSecond)} a second; ${reloads} reloads`,
    );
    expect(reloads).toBeGreaterThan(2);
  });
});
