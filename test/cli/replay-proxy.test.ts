/** What the live proxy logs, replayed: real requests through `fairlead proxy`, then its own logs and its own configuration. */
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Result } from '../../sim/result.ts';
import { ended, fairlead, folder, start } from './cli.ts';

const REQUESTS = 30;
const sizes = (n: number) => 100 + n;

/** Answers `/N` with so many bytes, and sets a session cookie whose route is `route`. */
async function backend(route: string): Promise<number> {
  const server = createServer((request, response) => {
    const session = /S=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? request.url!.slice(1);
    response.setHeader('Set-Cookie', `S=${session}.${route}; Path=/`);
    response.end('x'.repeat(sizes(Number(request.url!.slice(1)))));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Asks for `path`, by itself, and resolves when the answer is whole. */
function asked(port: number, path: string, cookie: string | null): Promise<void> {
  const headers = cookie === null ? {} : { cookie };
  return new Promise((resolve, reject) => {
    get({ path, port, host: '127.0.0.1', agent: false, headers }, (response) => {
      response.resume().on('end', resolve);
    }).on('error', reject);
  });
}

async function portOf(child: ReturnType<typeof start>): Promise<number> {
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  const listens = () => /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
  await vi.waitUntil(() => listens() !== null, { timeout: 60_000 });
  return Number(listens()![1]);
}

test.each(['json', '%h %{usec}t "%r" %>s %b %D "%{Cookie}i"'])('a log in %s', async (format) => {
  const [one, two] = [await backend('one'), await backend('two')];
  const cwd = folder({
    'proxy.yaml': `listen: [ { http: 127.0.0.1:0 } ]
log: { access: ./site.log, format: '${format}' }
balancer:
  stickysession: S
  workers: [ { url: "http://127.0.0.1:${one}", route: one }, { url: "http://127.0.0.1:${two}", route: two } ]
`,
  });
  const args = ['proxy', '--admin', 'off', '--threads', '1', '--quiet', join(cwd, 'proxy.yaml')];
  const child = start(args);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const end = ended(child);
  const port = await portOf(child);
  for (let n = 0; n < REQUESTS; n++) {
    await asked(port, `/${n}`, n % 2 === 0 ? null : `S=s${n % 6}.one`);
  }
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);

  const more = ['--slots', '4', '--lbmethod', 'byrequests', '--replications', '1', '--json'];
  const { code, stdout, stderr } = await fairlead(
    ['replay', 'site.log', '--config', 'proxy.yaml', ...more],
    { cwd },
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain(`site.log: ${REQUESTS} requests in `);
  expect(stderr).toContain('read as the log of proxy.yaml:2');
  const isJson = format === 'json';
  expect(stderr).toContain(`service times: ${isJson ? 'firstByteUs' : '%D'} of the log`);
  // Three sessions by cookie, and all others by the one address; JSON has no cookies.
  expect(stderr).toContain(isJson ? 'sessions: 1, by address' : 'sessions: 4, 50.0 % of the');
  const { runs }: Result = JSON.parse(stdout);
  expect(runs[0]!.simulated.requests).toBe(REQUESTS);
  expect(runs[0]!.metrics['errors.rate']!.mean).toBe(0);
});
