/**
 * Many requests, well and badly behaved clients and backends: nothing stays behind. `FAIRLEAD_SOAK_REQUESTS` sets how
 * many (5,000 by default, 200,000 in CI).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../servers/httpd.ts';
import { startBackend } from './backend.ts';
import { load } from './clients.ts';

const REQUESTS = Number(process.env['FAIRLEAD_SOAK_REQUESTS'] ?? 5_000);
const CONNECTIONS = 32;

interface Report {
  readonly open: number;
  readonly balanced: boolean;
  readonly busy: readonly number[];
  readonly elected: readonly number[];
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly handles: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'fairlead-soak-'));
const backends: Server[] = [];
let child: ChildProcess;
let port = 0;

beforeAll(async () => {
  const started = await Promise.all([startBackend(), startBackend(), startBackend()]);
  backends.push(...started.map(({ server }) => server));
  const members = started.map(
    (one, i) => `BalancerMember http://127.0.0.1:${one.port} route=${'abc'[i]} retry=0`,
  );
  const file = join(folder, 'soak.conf');
  writeFileSync(
    file,
    `Listen 127.0.0.1:${await freePort()}\n<Proxy balancer://soak>\n${members.join('\n')}\nProxySet stickysession=S lbmethod=bybusyness\n</Proxy>\nProxyPass / balancer://soak/\nMaxKeepAliveRequests 0\n`,
  );
  child = fork(fileURLToPath(new URL('./child.mjs', import.meta.url)), [file], {
    execArgv: ['--expose-gc'],
  });
  const [message] = await once(child, 'message');
  port = (message as { port: number }).port;
});

afterAll(async () => {
  child.disconnect();
  await once(child, 'exit');
  for (const server of backends) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function reportOf(): Promise<Report> {
  child.send('report');
  const [report] = await once(child, 'message');
  return report as Report;
}

test(`${REQUESTS} requests leave nothing behind`, { timeout: 3_600_000 }, async () => {
  await load(port, 5_000, CONNECTIONS); // pools, caches and compiled code take their memory once
  const before = await reportOf();
  await load(port, REQUESTS, CONNECTIONS);
  const after = await reportOf();
  expect(after.faults).toEqual([]);
  expect(after.open).toBe(0);
  expect(after.balanced).toBe(true);
  expect(after.busy).toEqual([0, 0, 0]);
  const elected = (report: Report) => report.elected.reduce((sum, one) => sum + one, 0);
  expect(elected(after) - elected(before)).toBeGreaterThan(REQUESTS * 0.95);
  expect(after.handles).toEqual(before.handles);
  // A leak of one small object a request would be 50 bytes and more.
  expect(after.heapBytes - before.heapBytes).toBeLessThan(2_000_000 + REQUESTS * 2);
  console.log(
    `heap ${mib(before.heapBytes)} -> ${mib(after.heapBytes)}, resident ${mib(before.residentBytes)} -> ${mib(after.residentBytes)}`,
  );
});

const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;
