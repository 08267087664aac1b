/**
 * `fairlead proxy` under load: SIGHUP five times a second, then SIGTERM, and no request fails.
 *
 * A request has failed that was sent on a connection of whose end the server had not told, and has no answer or a wrong
 * one. As with httpd's graceful-stop, connections that nobody has accepted when the proxy stops listening come too late: they are
 * refused, or cut off without a byte by the system, in whose queue they were behind all others. Streams of HTTP/2 that the
 * server says it has not looked at may be asked again elsewhere.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { heavy } from '../../heavy.ts';
import { MANAGER, type ProxyChild, proxyChild } from '../chaos/child.ts';
import { freePort } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl } from '../tls/certificates.ts';
import type { tally } from './clients.mjs';

/** Requests a second, or what the machine holds; for how long; how often the configuration changes. */
const RATE = Number(process.env['FAIRLEAD_LOAD_RATE'] ?? 2000);
const SECONDS = heavy ? 5 : 2;
const RELOAD_MS = 200;

const certificates = certificateFolder();
beforeAll(() => {
  if (hasOpenssl) new Authority(certificates.path, 'authority').issue('a.test');
  else console.warn('skipped: no openssl, so no HTTP/2 in the load');
});
afterAll(() => certificates.end());

function child(name: string, ...args: string[]): ChildProcess {
  const started = fork(fileURLToPath(new URL(name, import.meta.url)), args);
  onTestFinished(() => {
    started.kill('SIGKILL');
  });
  return started;
}

async function told<T>(by: ChildProcess): Promise<T> {
  const died = once(by, 'exit').then(() => Promise.reject(new Error('a process of the test died')));
  const [message] = await Promise.race([once(by, 'message'), died]);
  return message as T;
}

/** Every second one says what is said otherwise: the order of the members, and whether their state is kept. */
function lines(ports: readonly number[], tlsPort: number | null, reloads: number): string {
  const members = ports.map(
    (port, i) => `  BalancerMember http://127.0.0.1:${port} route=${'abc'[i]}`,
  );
  const balancer = `<Proxy balancer://c>
${(reloads % 2 === 0 ? members : members.reverse()).join('\n')}
  ProxySet stickysession=S
</Proxy>`;
  const tls = `Listen 127.0.0.1:${tlsPort}
<VirtualHost *:${tlsPort}>
  ServerName a.test
  SSLEngine On
  Protocols h2 http/1.1
  SSLCertificateFile ${certificates.path}/a.test.pem
  SSLCertificateKeyFile ${certificates.path}/a.test.key
  ProxyPass / balancer://c/
</VirtualHost>`;
  return `BalancerPersist ${reloads % 4 < 2 ? 'On' : 'Off'}
MaxKeepAliveRequests 0
${balancer}
${MANAGER}ProxyPass / balancer://c/
${tlsPort === null ? '' : tls}
`;
}

async function loaded(
  threads: number,
  run: (proxy: ProxyChild, linesAfter: (reloads: number) => string) => Promise<number>,
): Promise<typeof tally> {
  const ports = await told<number[]>(child('./echoes.mjs'));
  const tlsPort = hasOpenssl ? await freePort() : null;
  const linesAfter = (reloads: number) => lines(ports, tlsPort, reloads);
  const proxy = await proxyChild(await freePort(), linesAfter(0), threads);
  const load = child('./load.mjs', JSON.stringify({ port: proxy.port, tlsPort, rate: RATE }));
  expect(await told(load)).toBe('warm');
  const reloads = await run(proxy, linesAfter);
  load.send('stop');
  const ended = await told<typeof tally>(load);
  const { answered, posts, sessions, http2, connections, firstMs, lastMs } = ended;
  console.log(
    `${threads} threads: ${answered} answers (${posts} to POSTs, ${sessions} of sessions, ${http2} over HTTP/2, ${connections} connections), ${Math.round((answered / (lastMs - firstMs)) * 1000)} a second; ${reloads} reloads; ${ended.refused} refused, ${ended.unaccepted.length} cut off behind the last, ${ended.unprocessed} streams not looked at`,
  );
  return ended;
}

describe.each([1, 2])('%i threads', { timeout: 180_000 }, (threads) => {
  test('reloads: no request fails', async () => {
    const { faults, refused, unaccepted, unprocessed } = await loaded(
      threads,
      async (proxy, linesAfter) => {
        const untilMs = performance.now() + SECONDS * 1000;
        let reloads = 0;
        while (performance.now() < untilMs || reloads < 4) {
          const next = pause(RELOAD_MS);
          expect(await proxy.reload(linesAfter(++reloads))).toBe('taken over');
          await next;
        }
        return reloads;
      },
    );
    expect({ faults, refused, unaccepted, unprocessed }).toEqual({
      faults: [],
      refused: 0,
      unaccepted: [],
      unprocessed: 0,
    });
  });

  test('SIGTERM: every request that could be made is answered', async () => {
    const { faults, unaccepted, lastAnswered } = await loaded(threads, async (proxy) => {
      proxy.process.kill('SIGTERM');
      expect((await proxy.ended).code).toBe(0);
      return 0;
    });
    expect(faults).toEqual([]);
    expect(unaccepted.filter((number) => number < lastAnswered)).toEqual([]);
  });
});
