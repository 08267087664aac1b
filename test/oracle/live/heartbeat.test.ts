/**
 * Whom heartbeat elects: real httpd and the core draw 4000 times from the same table of servers. Both are held to
 * the shares that section 3.5 of the specification gives, and to each other.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Balancer, lbmethods } from '../../../src/core/index.ts';
import { managerState } from './client.ts';
import { hostOf } from './conf.ts';
import { type Installed, startHttpd } from './httpd.ts';
import { installed } from './installed.ts';
import { freePort } from './ports.ts';

const DRAWS = 4000;
const NAME = 'heartb1';

/** Three members have two degrees of freedom, where a chi-square exceeds x with probability exp(-x / 2). */
const FALSE_ALARM = 1e-6;
const CRITICAL = -2 * Math.log(FALSE_ALARM);

/** Slots that each of three hosts reports as ready; busy is 1 everywhere. */
const tables = [
  [7, 2, 1],
  [10, 1, 0],
  [3, 4, 5],
];

/** One more ticket than there are slots: it is the last host's. */
function shares(readies: readonly number[]): number[] {
  const tickets = readies.with(-1, readies.at(-1)! + 1);
  const sum = tickets.reduce((total, count) => total + count, 0);
  return tickets.map((count) => count / sum);
}

/** Chi-square of counts against the shares that are meant. */
function fromShares(counts: readonly number[], meant: readonly number[]): number {
  return counts.reduce(
    (sum, count, i) => sum + (count - DRAWS * meant[i]) ** 2 / (DRAWS * meant[i]),
    0,
  );
}

/** Chi-square of two rows of counts, equally many draws each. */
function between(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, count, i) => sum + (count - other[i]) ** 2 / (count + other[i]), 0);
}

function coreCounts(readies: readonly number[]): number[] {
  const lbmethod = lbmethods.find(({ name }) => name === 'heartbeat')!;
  const rng = [20_240_607, 1, 2, 3] as const;
  const balancer = new Balancer({ lbmethod, workers: readies.map(() => ({})), rng });
  for (const [worker, ready] of readies.entries()) balancer.heartbeat(worker, ready, 1, 0);
  for (let i = 0; i < DRAWS; i++) balancer.pick(-1, 1e9);
  return [...balancer.workers.elected];
}

/** httpd tells hosts apart by address: the members are on 127.0.0.1, 127.0.0.2 and so on. */
async function httpdCounts(httpd: Installed, readies: readonly number[]): Promise<number[]> {
  const port = await freePort();
  const hosts = readies.map((_, i) => `127.0.0.${i + 1}`);
  const listen = await freePort();
  const servers = hosts.map((host) =>
    createServer((_, response) => response.end()).listen(port, host),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const running = await startHttpd(httpd, configuration(hosts, port, listen), listen, [
    'lbmethod_heartbeat',
  ]);
  try {
    const lines = readies.map((ready, i) => `${hosts[i]} &ready=${ready}&busy=1&lastseen=0\n`);
    await writeFile(join(running.folder, 'hb.dat'), lines.join(''));
    await draw(listen);
    return (await managerState(listen, NAME)).map(([, elected]) => elected);
  } finally {
    await running[Symbol.asyncDispose]();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

function configuration(hosts: readonly string[], port: number, listen: number): string {
  return `
Listen 127.0.0.1:${listen}
ServerName ${hostOf(NAME)}
HeartbeatStorage hb.dat
<Proxy balancer://${NAME}>
  ${hosts.map((host) => `BalancerMember http://${host}:${port}`).join('\n  ')}
  ProxySet lbmethod=heartbeat
</Proxy>
ProxyPass /balancer-manager !
ProxyPass / balancer://${NAME}/
<Location /balancer-manager>
  SetHandler balancer-manager
  Require local
</Location>`;
}

async function draw(port: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let left = DRAWS;
  const client = async () => {
    while (left-- > 0) {
      const [response] = await once(request({ port, host: '127.0.0.1', agent }).end(), 'response');
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== 200) throw new Error(`httpd answered ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  agent.destroy();
}

describe.skipIf(installed === null)('heartbeat beside httpd', () => {
  test.each(tables)('ready %i, %i and %i', async (...readies) => {
    const meant = shares(readies);
    const httpd = await httpdCounts(installed!, readies);
    const core = coreCounts(readies);
    console.log(`ready ${readies}: httpd ${httpd}, core ${core} of ${DRAWS}`);
    expect(httpd.reduce((sum, count) => sum + count)).toBe(DRAWS);
    expect(fromShares(httpd, meant)).toBeLessThan(CRITICAL);
    expect(fromShares(core, meant)).toBeLessThan(CRITICAL);
    expect(between(httpd, core)).toBeLessThan(CRITICAL);
  });
});
