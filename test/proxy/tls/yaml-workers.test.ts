/** What a YAML file says of TLS towards its workers, and of a header that tells who the client is, at real sockets. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../../src/scenario/proxy-config.ts';
import { problemsOf } from '../../scenario/problems.ts';
import { onFreePorts, Rig } from '../rig.ts';
import { Authority, certificateFolder, hasOpenssl, read } from './certificates.ts';

const folder = certificateFolder();
const at = (name: string) => join(folder.path, name);
let server: Server;
let port = 0;

beforeAll(async () => {
  if (!hasOpenssl) return;
  const authority = new Authority(folder.path, 'authority');
  const pair = authority.issue('w', { extensions: 'subjectAltName=DNS:localhost' });
  authority.issue('client');
  writeFileSync(at('broken.pem'), 'nothing\n');
  const asking = { requestCert: true, rejectUnauthorized: false, ca: authority.pem };
  server = createServer({ ...read(pair), ...asking }, (message, response) => {
    const socket = message.socket as TLSSocket;
    const who = socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody';
    const told = message.headers['x-forwarded-for'];
    response.end(`${who} ${socket.getProtocol()} ${socket.getCipher().name} for ${told}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server?.close();
  server?.closeAllConnections();
  folder.end();
});

function file(sslproxy: string, more = '', worker = ''): string {
  const path = at('proxy.yaml');
  writeFileSync(
    path,
    `listen: [ { http: "127.0.0.1:8080" } ]
${more}
balancer:
  ${sslproxy}
  workers: [ { url: "https://localhost:${port}"${worker} } ]
`,
  );
  return path;
}

async function front(...said: Parameters<typeof file>): Promise<Rig> {
  const made = new Rig(await startProxy(onFreePorts(proxyConfigOf(file(...said)))));
  onTestFinished(async () => {
    made.agent.destroy();
    await made.proxy.close(0);
  });
  return made;
}

const trusting = 'cacertificatefile: authority.pem';

describe.skipIf(!hasOpenssl)('sslproxy', () => {
  test.each([
    ['', 500],
    ['sslproxy: { verify: none }', 200],
    [`sslproxy: { ${trusting} }`, 200],
    [`sslproxy: { ${trusting}, verifydepth: 0 }`, 500],
  ])('%s: %i', async (sslproxy, status) => {
    expect((await (await front(sslproxy)).get('/')).status).toBe(status);
  });

  test('protocol, ciphers and a certificate of its own', async () => {
    const own = 'certificate: client.pem, key: client.key';
    const how = 'protocol: [ TLSv1.2 ], ciphersuite: ECDHE-ECDSA-AES256-GCM-SHA384';
    const r = await front(`sslproxy: { ${trusting}, ${own}, ${how} }`);
    const { body } = await r.get('/');
    expect(body).toBe('client TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384 for 127.0.0.1');
  });

  test('health checks go by it, too', async () => {
    const checks = ', hcmethod: GET, hcuri: /, hcinterval: 100ms, status: +C';
    const good = await front(`sslproxy: { ${trusting} }`, '', checks);
    const bad = await front('sslproxy: { verify: require }', '', checks);
    await vi.waitUntil(() => bad.flags[0] === 'C' && good.flags[0] === '', { timeout: 20_000 });
  });

  test('files that will not do are told of at their places, and files that do are watched', () => {
    const wrong = file('sslproxy: { cacertificatefile: broken.pem, certificate: none.pem }');
    const found = problemsOf(() => proxyConfigOf(wrong));
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      `4:34 balancer.sslproxy.cacertificatefile: ${at('broken.pem')} holds no certificate; expected -----BEGIN CERTIFICATE-----. Of a DER file make one with openssl x509 -inform der -in FILE.`,
      `4:59 balancer.sslproxy.certificate: ${at('none.pem')} does not exist; expected a PEM file.`,
    ]);
    const unpaired = file('sslproxy: { certificate: client.pem, key: w.key }');
    expect(problemsOf(() => proxyConfigOf(unpaired))).toMatchObject([{ line: 4, column: 45 }]);
    const right = file(`sslproxy: { ${trusting}, certificate: client.pem, key: client.key }`);
    const { pemFiles } = proxyConfigOf(right);
    expect(pemFiles).toEqual(['authority.pem', 'client.pem', 'client.key'].map(at));
    expect(readFileSync(pemFiles![2]!, 'utf8')).toContain('PRIVATE KEY');
  });
});

describe.skipIf(!hasOpenssl)('remoteip', () => {
  const said = (header: string) => ({ headers: { 'X-Forwarded-For': header } });
  const ask = async (remoteip: string, header: string) => {
    const r = await front('sslproxy: { verify: none }', remoteip);
    return (await r.get('/', said(header))).body.replace(/.* for /, '');
  };
  test('who is trusted says who the client is', async () => {
    const internal = 'remoteip: { header: X-Forwarded-For, internalproxy: [ 127.0.0.1 ] }';
    expect(await ask(internal, '192.0.2.1, 10.0.0.9')).toBe('192.0.2.1, 10.0.0.9');
    const trusted = internal.replace('internal', 'trusted');
    expect(await ask(trusted, '192.0.2.1')).toBe('192.0.2.1');
    expect(await ask(trusted, '10.0.0.9')).toBe('10.0.0.9, 127.0.0.1');
    const stranger = trusted.replace('127.0.0.1', '192.0.2.1');
    expect(await ask(stranger, '192.0.2.9')).toBe('192.0.2.9, 127.0.0.1');
  });
});
