/**
 * What the RFCs of HTTP/2 and its header compression ask of a server, frame by frame: of the proxy, and of httpd's
 * mod_http2 beside it, so that the cases themselves are known to be fair. Where httpd does otherwise is written down.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadHttpd } from '../../../../src/config/httpd.ts';
import { type RunningProxy, startProxy } from '../../../../src/proxy/proxy.ts';
import { Backend, balancer, onFreePorts } from '../../rig.ts';
import { freePort, type Httpd, hasHttpd, MODULES, startHttpd } from '../../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl } from '../../tls/certificates.ts';
import { Wire } from '../wire.ts';
import type { Case } from './case.ts';
import { fieldCases } from './fields.ts';
import { frameCases } from './frames.ts';
import { streamCases } from './streams.ts';

const cases: readonly Case[] = [...frameCases, ...streamCases, ...fieldCases];
const title = ({ section, says }: Case) => `${section} ${says}`;

const folder = certificateFolder();
const backend = new Backend((message, response) => {
  const { url } = message;
  if (url === '/deaf') return;
  message.resume();
  if (url === '/held') return;
  if (url === '/large') response.end('x'.repeat(100_000));
  else message.on('end', () => response.end('answer'));
});
let proxy: RunningProxy;
let httpd: Httpd | null = null;
let httpdPort = 0;

/** What both servers are told. */
const lines = () => `ServerName a.test
SSLEngine On
Protocols h2 http/1.1
SSLCertificateFile ${folder.path}/a.test.pem
SSLCertificateKeyFile ${folder.path}/a.test.key
${balancer([backend.url])}`;

beforeAll(async () => {
  if (!hasOpenssl) return;
  new Authority(folder.path, 'authority').issue('a.test');
  await backend.up();
  const file = join(folder.path, 'proxy.conf');
  writeFileSync(file, `Listen 127.0.0.1:8\n${lines()}\n`);
  // Connections that nghttp2 has ended, without a word to anybody, go when they have been quiet for so long.
  proxy = await startProxy(onFreePorts(loadHttpd(file)), { headerSeconds: 4 });
  if (!hasHttpd) return;
  httpdPort = await freePort();
  const modules = ['ssl', 'http2', 'socache_shmcb'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`,
  );
  const text = `${modules.join('')}Listen 127.0.0.1:${httpdPort}\n${lines()}\n`;
  httpd = await startHttpd(folder.path, text, httpdPort);
});

afterAll(async () => {
  await proxy?.close(0);
  await backend.down(); // first, so that httpd has nothing to wait for
  await httpd?.stop();
  folder.end();
}, 60_000);

async function outcomeAt(port: number, one: Case): Promise<string> {
  const wire = one.bare ? await Wire.connect(port, []) : await Wire.connect(port);
  await one.run(wire);
  const found = await (one.tells?.(wire) ?? wire.outcome());
  wire.socket.destroy();
  return found;
}

/**
 * Where both do otherwise than RFC 9113 has it, because nghttp2 does, which reads frames for both: of a stream that was
 * skipped it takes no notice, and a window that a setting makes too large ends its stream alone.
 */
const nghttp2Differs: Readonly<Record<string, string>> = {
  '5.1.1 an identifier below one that was used': 'pong',
  '5.1.1 DATA on a stream that was skipped': 'pong',
  '6.9.2 a setting that takes the window of a stream above 2^31 - 1': 'reset FLOW_CONTROL_ERROR',
};

/** Node leaves fields out that nghttp2 finds invalid, and tells nobody; the rest of the request is served. */
const proxyDiffers: Readonly<Record<string, string>> = {
  ...nghttp2Differs,
  ...Object.fromEntries(
    [
      '"x y": "z"',
      String.raw`"x\ny": "z"`,
      '"x:y": "z"',
      '"": "z"',
      '"x\x7f": "z"',
      '"xé": "z"',
      String.raw`"x": "a\nb"`,
      String.raw`"x": "a\rb"`,
      String.raw`"x": "a\u0000b"`,
    ].map((says) => [`8.2.1 ${says}`, 'answer 200']),
  ),
};

const httpdDiffers: Readonly<Record<string, string>> = {
  ...nghttp2Differs,
  // -903, nghttp2's own number for it, without a sign.
  '3.4 something else instead of the preface': 'goaway 4294966393',
  '6.8 GOAWAY behind a request, which is answered still': 'closed',
  '8.3.1 Host unlike :authority': 'answer 200',
};

async function check(
  port: number,
  one: Case,
  differing: Readonly<Record<string, string>>,
): Promise<void> {
  const found = await outcomeAt(port, one);
  const differs = differing[title(one)];
  if (differs === undefined) expect(one.may).toContain(found);
  else expect(found).toBe(differs);
}

describe.skipIf(!hasOpenssl)('the proxy', () => {
  test.each(cases.map((one) => [title(one), one] as const))('%s', (_, one) =>
    check(proxy.addresses[0]!.port, one, proxyDiffers),
  );

  test('has nothing left to do behind them', async () => {
    await expect.poll(() => proxy.open, { timeout: 60_000 }).toBe(0);
    expect(proxy.balanced).toBe(true);
  });
});

describe.skipIf(!hasOpenssl || !hasHttpd)('httpd', () => {
  test.each(cases.map((one) => [title(one), one] as const))('%s', (_, one) =>
    check(httpdPort, one, httpdDiffers),
  );
});
