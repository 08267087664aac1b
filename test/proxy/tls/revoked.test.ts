/** Certificates that are believed no more, of clients and of workers; and pages that are shown over TLS alone. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startThreads } from '../../../dist/src/proxy/threads/supervisor.js';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../../src/scenario/proxy-config.ts';
import { ask, backend, balancer, configuration, onFreePorts, Rig, rig } from '../rig.ts';
import { freePort, hasHttpd, MODULES, startHttpd } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl, read } from './certificates.ts';

const folder = certificateFolder();
const at = (name: string) => join(folder.path, name);
const servers: Server[] = [];
const ports: Record<string, number> = {};

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'] });
}

const month = ['-crldays', '30'];
const longAgo = ['-crl_lastupdate', '200101000000Z', '-crl_nextupdate', '200201000000Z'];

/** What the authority of this name has revoked, and for how long that holds. */
function revocationList(
  name: string,
  revoked: readonly string[],
  to: string,
  holds: readonly string[] = month,
): void {
  writeFileSync(
    at(`${name}.cnf`),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${name}.txt\ndefault_md=sha256\nunique_subject=no\n`,
  );
  writeFileSync(at(`${name}.txt`), '');
  const by = ['ca', '-config', `${name}.cnf`, '-cert', `${name}.pem`, '-keyfile', `${name}.key`];
  for (const one of revoked) openssl(...by, '-revoke', `${one}.pem`);
  openssl(...by, '-gencrl', ...holds, '-out', to);
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  const authority = new Authority(folder.path, 'authority');
  const between = new Authority(folder.path, 'between', authority);
  authority.issue('a.test');
  authority.issue('good');
  authority.issue('bad');
  between.issue('deep');
  writeFileSync(at('deep.pem'), readFileSync(at('deep.pem'), 'utf8') + between.pem);
  const local = { extensions: 'subjectAltName=DNS:localhost' };
  for (const name of ['worker', 'leaving']) {
    const server = createServer(read(authority.issue(name, local)), (_, response) =>
      response.end(name),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    ports[name] = (server.address() as AddressInfo).port;
  }
  revocationList('authority', ['bad', 'leaving'], 'lists.pem');
  revocationList('authority', [], 'old.pem', longAgo);
  revocationList('between', [], 'between-list.pem');
  writeFileSync(
    at('both.pem'),
    readFileSync(at('lists.pem'), 'utf8') + readFileSync(at('between-list.pem')),
  );
  const text = readFileSync(at('lists.pem'), 'utf8').split('\n');
  writeFileSync(at('torn.pem'), [...text.slice(0, 2), ...text.slice(3)].join('\n'));
});

afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  folder.end();
});

/** Of a client that shows the certificate `name`; null: it is cut off. */
function statusFor(port: number, name: string, agent?: Agent): Promise<number | null> {
  const shown = read({ certificate: at(`${name}.pem`), key: at(`${name}.key`) });
  return new Promise((resolve) => {
    request(
      {
        host: '127.0.0.1',
        port,
        servername: 'a.test',
        rejectUnauthorized: false,
        agent: agent ?? false,
        ...shown,
      },
      (response) => {
        response.resume().on('end', () => setImmediate(resolve, response.statusCode ?? null));
      },
    )
      .on('error', () => resolve(null))
      .end();
  });
}

const secure = (more: string) => `ServerName a.test
SSLEngine On
SSLCertificateFile ${at('a.test.pem')}
SSLCertificateKeyFile ${at('a.test.key')}
${more}
`;
const asking = (list: string) =>
  secure(`SSLVerifyClient require
SSLVerifyDepth 2
SSLCACertificateFile ${at('authority.pem')}
SSLCARevocationCheck chain
SSLCARevocationFile ${at(list)}`);

describe.skipIf(!hasOpenssl)('clients', () => {
  const cases: readonly (readonly [list: string, who: string, is: number | null])[] = [
    ['lists.pem', 'good', 200],
    ['lists.pem', 'bad', null],
    ['lists.pem', 'deep', null],
    ['both.pem', 'deep', 200],
    ['old.pem', 'good', null],
  ];

  test.each(cases)('%s: %s gets %s', async (list, who, is) => {
    const r = await rig(`${asking(list)}${balancer([(await backend('w')).url])}`);
    expect(await statusFor(r.port, who)).toBe(is);
  });

  test.skipIf(!hasHttpd).each(cases)('%s: %s gets %s from httpd, too', async (list, who, is) => {
    const port = await freePort();
    const modules = ['ssl', 'socache_shmcb'].map(
      (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`,
    );
    const lines = `${asking(list)}${balancer([(await backend('w')).url])}`;
    const httpd = await startHttpd(
      folder.path,
      `${modules.join('')}Listen 127.0.0.1:${port}\n${lines}`,
      port,
    );
    onTestFinished(() => httpd.stop());
    expect(await statusFor(port, who)).toBe(is);
  });

  test.each([1, 2])('a list that has changed counts at once, with %i threads', async (threads) => {
    const lines = `${asking('now.pem')}${balancer([(await backend('w')).url])}`;
    revocationList('authority', [], 'now.pem');
    const config = () => onFreePorts(configuration(lines));
    const proxy =
      threads === 1 ? await startProxy(config()) : await startThreads(config(), { threads });
    onTestFinished(() => proxy.close(0));
    const { port } = proxy.addresses[0]!;
    const agent = new Agent({ keepAlive: true });
    expect(await statusFor(port, 'bad', agent)).toBe(200);
    const [kept] = Object.values(agent.freeSockets)[0]!;
    revocationList('authority', ['bad'], 'now.pem');
    await proxy.reload(config());
    if (!kept!.destroyed) await once(kept!, 'close');
    expect(await statusFor(port, 'bad')).toBe(null);
    expect(await statusFor(port, 'good')).toBe(200);
  });

  test('what will not do is told of at its place', () => {
    const problem = (lines: string) => {
      try {
        return configuration(secure(lines)).warnings.map(({ message }) => message);
      } catch (error) {
        return [(error as Error).message.split('\n')[0]];
      }
    };
    const chain = 'SSLCARevocationCheck chain';
    expect(problem(chain)[0]).toContain(
      'SSLCARevocationCheck chain needs lists to look at; add SSLCARevocationFile.',
    );
    expect(problem(`${chain}\nSSLCARevocationFile ${at('good.pem')}`)[0]).toContain(
      'good.pem holds no list of revoked certificates; expected -----BEGIN X509 CRL-----.',
    );
    expect(problem(`${chain}\nSSLCARevocationFile ${at('torn.pem')}`)[0]).toContain(
      'torn.pem, list 1, is damaged',
    );
    expect(problem(`${chain}\nSSLCARevocationPath ${folder.path}`)[0]).toContain(
      'holds no lists of revoked certificates under hashed names; run openssl rehash',
    );
    expect(problem(`SSLCARevocationFile ${at('lists.pem')}`)).toContain(
      'SSLCARevocationFile and SSLCARevocationPath do nothing without SSLCARevocationCheck chain, as in httpd.',
    );
    openssl('rehash', '.');
    expect(problem(`${chain}\nSSLCARevocationPath ${folder.path}`)).toEqual([]);
    const { pemFiles } = configuration(secure(`${chain}\nSSLCARevocationPath ${folder.path}`));
    expect(pemFiles).toContainEqual(expect.stringMatching(/\/[0-9a-f]{8}\.r0$/));
  });
});

describe.skipIf(!hasOpenssl)('workers', () => {
  test.each([
    ['worker', 200],
    ['leaving', 500],
  ])('%s: %i', async (name, status) => {
    const url = `https://localhost:${ports[name]}`;
    const lines = `SSLProxyEngine On
SSLProxyCACertificateFile ${at('authority.pem')}
SSLProxyCARevocationCheck chain
SSLProxyCARevocationFile ${at('lists.pem')}
${balancer([url])}`;
    expect((await (await rig(lines)).get('/')).status).toBe(status);
    const file = at('proxy.yaml');
    writeFileSync(
      file,
      `listen: [ { http: "127.0.0.1:8080" } ]
balancer:
  sslproxy: { cacertificatefile: authority.pem, carevocationfile: lists.pem }
  workers: [ { url: "${url}" } ]
`,
    );
    const r = new Rig(await startProxy(onFreePorts(proxyConfigOf(file))));
    onTestFinished(() => r.proxy.close(0));
    expect((await r.get('/')).status).toBe(status);
  });
});

describe.skipIf(!hasOpenssl)('a reload', () => {
  test('takes lists of workers over, also for members that go on where they are', async () => {
    const lines = `BalancerPersist On
SSLProxyEngine On
SSLProxyCACertificateFile ${at('authority.pem')}
SSLProxyCARevocationCheck chain
SSLProxyCARevocationFile ${at('now.pem')}
${balancer([`https://localhost:${ports['leaving']}`])}`;
    revocationList('authority', [], 'now.pem');
    const r = await rig(lines);
    const again = () => r.proxy.reload(onFreePorts(configuration(lines)));
    expect((await r.get()).status).toBe(200);
    revocationList('authority', ['leaving'], 'now.pem');
    await again();
    expect((await r.get()).status).toBe(500);
    revocationList('authority', [], 'now.pem');
    await again();
    expect((await r.get()).status).toBe(200);
  });
});

describe.skipIf(!hasOpenssl)('SSLRequireSSL', () => {
  const required = `<Location /secret>
SSLRequireSSL
</Location>
<Location /secret/open>
Require all granted
</Location>
`;
  const statuses = async (port: number) =>
    Promise.all(
      ['/', '/secret', '/secret/x', '/secret/open'].map(
        async (path) => (await ask(port, path)).status,
      ),
    );

  test('in the clear it is a 403, as in httpd', async () => {
    const lines = `${required}${balancer([(await backend('w')).url])}`;
    const r = await rig(lines);
    expect(await statuses(r.port)).toEqual([200, 403, 403, 403]);
    await r.idle();
    if (!hasHttpd) return;
    const port = await freePort();
    const modules = `LoadModule ssl_module ${MODULES}/mod_ssl.so\n`;
    const httpd = await startHttpd(
      folder.path,
      `${modules}Listen 127.0.0.1:${port}\n${lines}`,
      port,
    );
    onTestFinished(() => httpd.stop());
    expect(await statuses(port)).toEqual([200, 403, 403, 403]);
  });

  test('over TLS it is served; a <Proxy> section may ask for it, too', async () => {
    const { url } = await backend('w');
    const r = await rig(`${secure('')}${required}${balancer([url])}`);
    const answer = await new Promise<number | undefined>((resolve) => {
      const options = {
        host: '127.0.0.1',
        port: r.port,
        path: '/secret',
        rejectUnauthorized: false,
      };
      request({ ...options, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(answer).toBe(200);
    const proxied = await rig(`${balancer([url])}<Proxy balancer://c>\nSSLRequireSSL\n</Proxy>\n`);
    expect((await proxied.get('/')).status).toBe(403);
  });
});
