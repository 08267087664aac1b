/** What SSL* lines become, and what is said about files that will not do. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadHttpd } from '../../src/config/httpd.ts';
import { LabError } from '../../src/problems/errors.ts';
import { proxyConfigOf } from '../../src/scenario/proxy-config.ts';
import { Authority, certificateFolder, hasOpenssl } from '../proxy/tls/certificates.ts';

const folder = certificateFolder();
const at = (name: string) => join(folder.path, name);
let files = 0;

function load(lines: string) {
  const file = at(`${files++}.conf`);
  writeFileSync(file, `Listen 127.0.0.1:8443\n${lines}\n`);
  return loadHttpd(file);
}

/** `line:column message`, without the folder's name. */
function problems(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return error.problems.map(({ line, column, message }) =>
      `${line}:${column} ${message}`.replaceAll(`${folder.path}/`, ''),
    );
  }
  return [];
}

beforeAll(() => {
  if (!hasOpenssl) return;
  const authority = new Authority(folder.path, 'authority');
  authority.issue('a.test');
  authority.issue('b.test');
  authority.issue('late.test', { days: '-1' });
  const rsa = ['-newkey', 'rsa:2048', '-nodes', '-keyout', at('rsa.key'), '-out', at('rsa.pem')];
  execFileSync('openssl', ['req', '-x509', ...rsa, '-subj', '/CN=a.test'], { stdio: 'ignore' });
  const secret = ['pkey', '-in', at('a.test.key'), '-aes256', '-passout', 'pass:x'];
  execFileSync('openssl', [...secret, '-out', at('secret.key')]);
  execFileSync('openssl', [
    'x509',
    '-in',
    at('a.test.pem'),
    '-outform',
    'der',
    '-out',
    at('a.der'),
  ]);
  writeFileSync(
    at('both.pem'),
    `${readFileSync(at('a.test.pem'))}${readFileSync(at('a.test.key'))}`,
  );
  const text = readFileSync(at('a.test.pem'), 'utf8').split('\n');
  writeFileSync(at('torn.pem'), [...text.slice(0, 3), ...text.slice(5)].join('\n'));
  mkdirSync(at('unhashed'));
});
afterAll(() => folder.end());

const on = (certificate: string, key: string) =>
  `SSLEngine On\nSSLCertificateFile ${certificate}\nSSLCertificateKeyFile ${key}`;

describe.skipIf(!hasOpenssl)('files', () => {
  test.each([
    [
      on('none.pem', 'a.test.key'),
      '3:20 SSLCertificateFile: none.pem does not exist; expected a PEM file.',
    ],
    [
      on('a.test.pem', 'none.key'),
      '3:20 SSLCertificateFile: none.key does not exist; expected a PEM file.',
    ],
    [
      on('a.test.pem', 'b.test.key'),
      '3:20 SSLCertificateFile: b.test.key is not the key of a.test.pem (CN=a.test); expected the two to belong together.',
    ],
    [
      on('a.test.key', 'a.test.key'),
      '3:20 SSLCertificateFile: a.test.key holds no certificate; expected -----BEGIN CERTIFICATE-----. Of a DER file make one with openssl x509 -inform der -in FILE.',
    ],
    [
      on('a.der', 'a.test.key'),
      '3:20 SSLCertificateFile: a.der holds no certificate; expected -----BEGIN CERTIFICATE-----. Of a DER file make one with openssl x509 -inform der -in FILE.',
    ],
    [
      on('a.test.pem', 'a.test.pem'),
      '3:20 SSLCertificateFile: a.test.pem holds no private key; expected -----BEGIN PRIVATE KEY-----.',
    ],
    [
      on('a.test.pem', 'secret.key'),
      '3:20 SSLCertificateFile: secret.key is encrypted, which is not supported yet; write the key without a passphrase: openssl pkey -in secret.key -out FILE.',
    ],
    [
      `${on('a.test.pem', 'a.test.key')}\nSSLVerifyClient require`,
      '5:17 SSLVerifyClient require needs to know whom to believe; add SSLCACertificateFile.',
    ],
    [
      `${on('a.test.pem', 'a.test.key')}\nSSLVerifyClient require\nSSLCACertificatePath unhashed`,
      '6:22 SSLCACertificatePath: unhashed holds no certificates under hashed names; run openssl rehash unhashed.',
    ],
    [
      `${on('a.test.pem', 'a.test.key')}\nSSLCipherSuite NONSENSE`,
      '5:16 SSLCipherSuite NONSENSE: OpenSSL knows no such ciphers; see openssl ciphers -s -v.',
    ],
    [
      `${on('a.test.pem', 'a.test.key')}\nSSLCipherSuite TLSv1.3 TLS_NONSENSE`,
      '5:24 SSLCipherSuite TLS_NONSENSE: OpenSSL knows no such ciphers; see openssl ciphers -s -v.',
    ],
  ])('%s', (lines, problem) => {
    expect(problems(() => load(lines))).toEqual([problem]);
  });

  test('a damaged one', () => {
    expect(problems(() => load(on('torn.pem', 'a.test.key')))[0]).toMatch(
      /^3:20 SSLCertificateFile: torn\.pem, certificate 1, is damaged: /,
    );
  });

  test('one that has expired, or is for somebody else, is warned about', () => {
    const { warnings } = load(`ServerName www.test\n${on('late.test.pem', 'late.test.key')}`);
    expect(warnings.map(({ message }) => message.replace(/\(.*?\)/, '()'))).toEqual([
      'late.test.pem has expired (): whoever checks it refuses it.',
      'late.test.pem is not for www.test, the ServerName: browsers will not believe it.',
    ]);
  });

  test('of YAML', () => {
    const file = at('proxy.yaml');
    const listen = (rest: string) =>
      writeFileSync(
        file,
        `listen: [ { https: "*:8443", ${rest} } ]\nbalancer: { workers: [ { url: "https://10.0.0.1" } ] }\n`,
      );
    listen('certificate: none.pem');
    expect(problems(() => proxyConfigOf(file))).toEqual([
      '1:43 listen[0].certificate: none.pem does not exist; expected a PEM file.',
    ]);
    listen('certificate: a.test.pem, key: b.test.key');
    expect(problems(() => proxyConfigOf(file))).toEqual([
      '1:60 listen[0].key: b.test.key is not the key of a.test.pem (CN=a.test); expected the two to belong together.',
    ]);
    listen('certificate: a.test.pem, key: a.test.key');
    const config = proxyConfigOf(file);
    expect(config.servers.map(({ addresses, tls }) => [addresses, tls?.pairs.length])).toEqual([
      [[], undefined],
      [[{ host: '*', port: 8443 }], 1],
    ]);
    expect(config.balancers[0]!.workers[0]!.tls).toMatchObject({ verify: true, checkName: true });
  });
});

describe.skipIf(!hasOpenssl)('what is said', () => {
  const tlsOf = (lines: string) => load(lines).servers.at(-1)!.tls;

  test('nothing but a certificate: TLS 1.2 and 1.3, tickets, nobody asked', () => {
    expect(tlsOf(on('a.test.pem', 'a.test.key'))).toMatchObject({
      versions: ['TLSv1.2', 'TLSv1.3'],
      ciphers: null,
      honorCipherOrder: false,
      tickets: true,
      verifyClient: 'none',
      verifyDepth: 1,
      clientCa: null,
      strictSni: false,
    });
  });

  test('the key may stand in the certificate file', () => {
    expect(tlsOf('SSLEngine On\nSSLCertificateFile both.pem')!.pairs).toHaveLength(1);
  });

  test('a pair for each kind of key, the last one of its kind', () => {
    const tls = tlsOf(
      `${on('a.test.pem', 'a.test.key')}\nSSLCertificateFile rsa.pem\nSSLCertificateKeyFile rsa.key\nSSLCertificateFile b.test.pem\nSSLCertificateKeyFile b.test.key`,
    )!;
    const b = readFileSync(at('b.test.pem'), 'latin1').trim();
    expect(tls.pairs.map(({ certificate }) => certificate.trim() === b)).toEqual([true, false]);
  });

  test('a chain file stands behind the certificate', () => {
    const lines = `${on('a.test.pem', 'a.test.key')}\nSSLCertificateChainFile authority.pem`;
    expect(tlsOf(lines)!.pairs[0]!.certificate.match(/BEGIN CERT/g)).toHaveLength(2);
  });

  test.each([
    ['all', ['TLSv1.2', 'TLSv1.3']],
    ['all -TLSv1.3', ['TLSv1.2']],
    ['-all +TLSv1.3', ['TLSv1.3']],
    ['TLSv1.2', ['TLSv1.2']],
    ['all +TLSv1', ['TLSv1', 'TLSv1.2', 'TLSv1.3']],
    ['all -SSLv3 -TLSv1 -TLSv1.1', ['TLSv1.2', 'TLSv1.3']],
  ])('SSLProtocol %s', (words, versions) => {
    expect(tlsOf(`${on('a.test.pem', 'a.test.key')}\nSSLProtocol ${words}`)!.versions).toEqual(
      versions,
    );
  });

  test('a virtual host has from the main server what it does not say', () => {
    const tls = tlsOf(
      `SSLProtocol TLSv1.3\nSSLHonorCipherOrder On\nSSLVerifyDepth 3\n<VirtualHost *>\n${on('a.test.pem', 'a.test.key')}\nSSLVerifyDepth 2\n</VirtualHost>`,
    );
    expect(tls).toMatchObject({ versions: ['TLSv1.3'], honorCipherOrder: true, verifyDepth: 2 });
  });

  test('workers: verified unless said otherwise, by what the section says before the server', () => {
    const workers = load(
      `SSLProxyEngine On\nSSLProxyProtocol TLSv1.3\nProxyPass / https://10.0.0.9/\n<Proxy balancer://C>\nBalancerMember https://10.0.0.1\nBalancerMember http://10.0.0.2\nSSLProxyVerify none\nSSLProxyCheckPeerName Off\n</Proxy>`,
    );
    const [secure, plain] = workers.balancers[0]!.workers;
    expect(secure!.tls).toMatchObject({ verify: false, checkName: false, versions: ['TLSv1.3'] });
    expect(plain!.tls).toBeUndefined();
    expect(workers.workers[0]!.tls).toMatchObject({ verify: true, checkName: true, ca: null });
  });

  test('a balancer of the main server takes its SSLProxy lines from the virtual host that uses it', () => {
    const shared = '<Proxy balancer://c>\nBalancerMember https://10.0.0.1\n</Proxy>\n';
    const host = (lines: string) =>
      `<VirtualHost *>\nSSLProxyEngine On\n${lines}\n</VirtualHost>\n`;
    const one = load(shared + host('SSLProxyVerify none'));
    expect(one.balancers[0]!.workers[0]!.tls).toMatchObject({ verify: false });
    expect(problems(() => load(shared + host('SSLProxyVerify none') + host('')))).toEqual([
      '3:16 https://10.0.0.1 is proxied to by several servers whose SSLProxy lines differ, which is not supported yet; write them in its <Proxy> section.',
    ]);
  });
});
