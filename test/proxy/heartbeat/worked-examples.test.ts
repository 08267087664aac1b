/**
 * Worked examples E36 and E37 through the running proxy and, where it is installed, through the real httpd: whom
 * lbmethod heartbeat elects by the same storage file. Counts of draws are held to the tickets that the specification
 * gives, with a false alarm in a million on httpd's side; ours draws from fixed words.
 */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ask, rig } from '../rig.ts';
import { freePort, hasHttpd, MODULES, startHttpd } from '../servers/httpd.ts';

const MODULE = `${MODULES}/mod_lbmethod_heartbeat.so`;
const canCompare = hasHttpd && existsSync(MODULE);
if (!canCompare) console.warn('skipped: no httpd with mod_lbmethod_heartbeat to compare with');

/** Members behind a proxy of each kind: its port, by who it is. */
async function sides(members: readonly string[], storage: string) {
  const lines = `HeartbeatStorage ${storage}
<Proxy balancer://c>
${members.map((member) => `  BalancerMember ${member}`).join('\n')}
  ProxySet lbmethod=heartbeat
</Proxy>
ProxyPass / balancer://c/
`;
  const ours = ['ours', (await rig(lines)).port] as const;
  if (!canCompare) return [ours];
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-heartbeat-'));
  const port = await freePort();
  const head = `LoadModule lbmethod_heartbeat_module ${MODULE}\nServerName localhost\nListen 127.0.0.1:${port}\n`;
  const running = await startHttpd(folder, head + lines, port);
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return [ours, ['httpd', port] as const];
}

/** Servers that answer with their letters, at the same port of 127.0.0.1, 127.0.0.2 and so on. */
async function servers(count: number): Promise<string[]> {
  const port = await freePort();
  return Promise.all(
    Array.from({ length: count }, (_, i) => server('ABCD'[i]!, `127.0.0.${i + 1}`, port)),
  );
}

async function server(letter: string, host: string, port: number): Promise<string> {
  const made = createServer((_, response) => response.end(letter)).listen(port, host);
  await once(made, 'listening');
  onTestFinished(() => void made.close().closeAllConnections());
  return `http://${host}:${(made.address() as { port: number }).port}`;
}

/** Who served how many of `requests`; a status stands for itself. */
async function counts(port: number, requests: number): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const by: Record<string, number> = {};
  for (let i = 0; i < requests; i++) {
    const { status, body } = await ask(port, '/', { agent });
    const who = status === 200 ? body : `${status}`;
    by[who] = (by[who] ?? 0) + 1;
  }
  agent.destroy();
  return by;
}

function storageOf(lines: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-heartbeat-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'hb.dat');
  writeFileSync(file, lines.map((line, i) => `127.0.0.${i + 1} ${line}\n`).join(''));
  return file;
}

/** Beyond this a chi-square of one or two degrees of freedom lies with a chance of a millionth at most. */
const CRITICAL = -2 * Math.log(1e-6);

function chiSquare(by: Record<string, number>, tickets: Record<string, number>): number {
  const sum = (of: Record<string, number>) => Object.values(of).reduce((all, one) => all + one, 0);
  const scale = sum(by) / sum(tickets);
  return Object.entries(tickets).reduce((chi, [who, count]) => {
    const meant = count * scale;
    return chi + ((by[who] ?? 0) - meant) ** 2 / meant;
  }, 0);
}

test.each<[string, string[], string[], Record<string, number>]>([
  [
    'E36. ready 1 and 1',
    ['&ready=1&busy=1&lastseen=0', '&ready=1&busy=1&lastseen=0'],
    ['', ''],
    { A: 1, B: 2 },
  ],
  [
    'E36. ready 10, 1 and 0',
    ['&ready=10&busy=1&lastseen=0', '&ready=1&busy=1&lastseen=0', '&ready=0&busy=1&lastseen=0'],
    ['', '', ''],
    { A: 10, B: 1, C: 1 },
  ],
  [
    'E37. a standby of set 3, one that drains, one that is disabled',
    Array.from({ length: 3 }, () => '&ready=5&busy=1&lastseen=0'),
    [' status=+H lbset=3', ' status=+N', ' status=+D'],
    { A: 5, B: 6 },
  ],
])('%s', async (_, lines, parameters, tickets) => {
  const urls = await servers(lines.length);
  const members = urls.map((url, i) => url + parameters[i]!);
  for (const [who, port] of await sides(members, storageOf(lines))) {
    const by = await counts(port, 400);
    expect(Object.keys(by).sort(), who).toEqual(Object.keys(tickets));
    expect(chiSquare(by, tickets), `${who} ${JSON.stringify(by)}`).toBeLessThan(CRITICAL);
  }
});

test.each<[string, string[], string]>([
  ['E36. ages 9 and 10', ['&ready=4&busy=1&lastseen=9', '&ready=4&busy=1&lastseen=10'], 'A'],
  ['E37. ready=3 busy=0: a quarter of 3 is no slot', ['&ready=3&busy=0&lastseen=0'], '503'],
  ['E37. ready=4 busy=0: one open slot', ['&ready=4&busy=0&lastseen=0'], 'A'],
  ['E37. all ready=0', ['&ready=0&busy=1&lastseen=0', '&ready=0&busy=1&lastseen=0'], '503'],
  ['E37. no lastseen', ['&ready=4&busy=1'], 'A'],
  ['E37. ready=4x', ['&ready=4x&busy=1&lastseen=0'], '503'],
])('%s: %s', async (_, lines, wanted) => {
  const members = await servers(lines.length);
  for (const [who, port] of await sides(members, storageOf(lines))) {
    expect(await counts(port, 12), who).toEqual({ [wanted]: 12 });
  }
});

test('E37. four members on one host: the last usable one gets everything', async () => {
  const members: string[] = [];
  for (const letter of 'ABCD') members.push(await server(letter, '127.0.0.1', 0));
  members[3] += ' status=+D';
  const storage = storageOf(['&ready=5&busy=1&lastseen=0']);
  for (const [who, port] of await sides(members, storage)) {
    expect(await counts(port, 12), who).toEqual({ C: 12 });
  }
});
