/**
 * Ways around access rules: every spelling of a protected path, in the proxy and in the real httpd. Both must let the
 * same requests through, and the worker must get the same request line from both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';
import { exchanged } from './probe.ts';
import { type Recorder, recorder } from './recorder.ts';
import { readResponses, statusOf } from './wire.ts';

/** Nobody comes from 192.0.2.0/24. */
function configuration(url: string, more: string): string {
  const site = `<Location /secret>
  Require ip 192.0.2.1
</Location>
<LocationMatch "^/deep/.*/hidden">
  Require ip 192.0.2.1
</LocationMatch>
<Location "/with space">
  Require ip 192.0.2.1
</Location>
ProxyPass / ${url}/
`;
  return `ServerName main.example
${more}
${site}
<VirtualHost *:*>
  ServerName open.example
  ${site}
</VirtualHost>
<VirtualHost *:*>
  ServerName closed.example
  ServerAlias *.closed.example
  <Location />
    Require ip 192.0.2.1
  </Location>
  ProxyPass / ${url}/
</VirtualHost>
`;
}

const paths: readonly string[] = [
  '/open',
  '/secret',
  '/secret/',
  '/secret/x',
  '/secretx',
  '/secret.x',
  '/Secret',
  '/SECRET/x',
  '/%73ecret',
  '/%73%65%63%72%65%74',
  '/secre%74/x',
  '/%2573ecret',
  '/%2e/secret',
  '/./secret',
  '/.//secret',
  '/././secret/x',
  '//secret',
  '///secret/x',
  '//secret//x',
  '/open/../secret',
  '/open/..//secret',
  '/open/%2e%2e/secret',
  '/open/.%2e/secret',
  '/open/%2E./secret',
  '/open/..%2fsecret',
  '/open/..%2Fsecret',
  '/open/..%252fsecret',
  '/open/..;/secret',
  '/open/..;x=1/secret',
  '/open/%2e%2e%3b/secret',
  '/open/%2e%2e;/secret',
  '/open/..\\secret',
  '/open/..%5csecret',
  '/open/..%5Csecret',
  '/open\\..\\secret',
  '/..%5c..%5csecret',
  '/%5csecret',
  '/\\secret',
  '/%2fsecret',
  '/%2Fsecret',
  '/secret%2fx',
  '/secret%2Fx',
  '/secret%5cx',
  '/secret\\x',
  '/secret;x',
  '/secret;x=1/y',
  '/;/secret',
  '/;x/secret',
  '/secret%3bx',
  '/secret%3b/x',
  '/secret%00',
  '/secret%00x',
  '/open%00/../secret',
  '/secret%20',
  '/secret%09',
  '/secret%0a',
  '/secret%0d%0a',
  '/secret%23x',
  '/secret%3fx',
  '/secret?x',
  '/secret?/../open',
  '/open?/../secret',
  '/open%3f/../secret',
  '/secret/.',
  '/secret/..',
  '/secret/../open',
  '/secret/../secret',
  '/secret/./x',
  '/secret/%2e',
  '/secret/%2e%2e/secret',
  '/secret/...',
  '/.../secret',
  '/..secret',
  '/open/.../secret',
  '/..',
  '/../secret',
  '/%2e%2e/secret',
  '/open/../../secret',
  '/%u0073ecret',
  '/%c0%af/secret',
  '/open/%c0%ae%c0%ae/secret',
  '/%ef%bc%8fsecret',
  '/\xa0secret',
  '/secre\xf4',
  '/%',
  '/%7',
  '/%zz/secret',
  '/%%73ecret',
  '/deep/a/hidden',
  '/deep/a/b/hidden/c',
  '/deep//hidden',
  '/deep/a/%68idden',
  '/deep/a/../b/hidden',
  '/deep/a/hidde%6e',
  '/deep/%2e/hidden',
  '/deep/a%0a/hidden',
  '/deep/a\\hidden',
  '/with%20space',
  '/with%20space/x',
  '/with%20%20space',
  '/with+space',
  '/with%09space',
  'http://main.example/secret',
  'http://main.example/open/../secret',
  'http://main.example//secret',
  'http://main.example',
  'http://main.example?/secret',
  'HTTP://MAIN.EXAMPLE/secret',
  'http://user@main.example/secret',
  'http://open.example/open',
  'http://open.example/secret',
  'http://closed.example/open',
  'http://CLOSED.EXAMPLE/open',
  'http://closed.example./open',
  'http://closed.example:80/open',
  'http://closed.example:99999/open',
  'http://a.closed.example/open',
  'http://user:word@closed.example/open',
  'http://open.example@closed.example/open',
  'http://closed.example@open.example/open',
  'http://closed.example/../open',
  'http:/closed.example/open',
  'http:closed.example/open',
  'http:///open',
  'https://closed.example/open',
  'ftp://closed.example/open',
  'ws://closed.example/open',
  'x://closed.example/secret',
  'secret',
  './secret',
  '*',
];

const hosts: readonly string[] = [
  'main.example',
  'open.example',
  'closed.example',
  'CLOSED.example',
  'Closed.Example',
  'closed.example.',
  'closed.example..',
  'CLOSED.EXAMPLE.:80',
  'closed.example:80',
  'closed.example:8080',
  'closed.example:0',
  'closed.example:',
  'closed.example:x',
  'a.closed.example',
  'A.CLOSED.EXAMPLE.',
  '.closed.example',
  'xclosed.example',
  'closed.example.open.example',
  'closed.example, open.example',
  'open.example@closed.example',
  'closed.example@open.example',
  'closed.example/x',
  'closed%2eexample',
  'closed.example%00',
  'closed_example',
  'closed.example\x80',
  '[closed.example]',
  '[::1]',
  '127.0.0.1',
  '0x7f000001',
  '',
];

/**
 * Where the proxy says 400 and httpd does not, for all of which llhttp or `isHost` is the reason: bytes beyond
 * ASCII, no second slash behind the scheme, no host in an absolute target, a port that is none.
 */
const stricter = /[\x80-\xff]|^http:\/(?!\/)|^http:\/\/\/|:99999/;

interface Asked {
  readonly target: string;
  readonly host: string;
}

async function outcome(port: number, worker: Recorder, { target, host }: Asked): Promise<string> {
  worker.received.length = 0;
  const head = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const responses = readResponses(await exchanged(port, head, 1), ['GET']);
  const lines = worker.received.map(({ line }) => line);
  return [...responses.map(statusOf), ...lines].join(' ');
}

test.skipIf(!hasHttpd).each([
  ['as it is', ''],
  ['encoded slashes', 'AllowEncodedSlashes On'],
  ['encoded slashes left', 'AllowEncodedSlashes NoDecode'],
  ['slashes apart', 'MergeSlashes Off'],
])('%s: whatever a protected path is called, as httpd has it', async (_, more) => {
  const worker = await recorder();
  const lines = configuration(worker.url, more);
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bypass-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const r = await rig(lines);
  const port = await freePort();
  const httpd = await startHttpd(folder, `Listen 127.0.0.1:${port}\n${lines}`, port);
  onTestFinished(() => httpd.stop());
  const asked: Asked[] = [
    ...paths.map((target) => ({ target, host: 'main.example' })),
    ...paths.slice(0, 40).map((target) => ({ target, host: 'closed.example' })),
    ...hosts.map((host) => ({ target: '/open', host })),
  ];
  const differences: string[] = [];
  let refusals = 0;
  for (const one of asked) {
    const ours = await outcome(r.port, worker, one);
    const theirs = await outcome(port, worker, one);
    if (theirs.startsWith('403')) refusals++;
    if (ours === '400' && stricter.test(one.target)) continue;
    if (ours !== theirs) differences.push(`${JSON.stringify(one)} ${ours} | httpd: ${theirs}`);
  }
  expect(differences).toEqual([]);
  expect(refusals).toBeGreaterThan(50);
});
