/** The admin listener and the pages of its kind: who may ask, what they say, until when. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AdminConf, ProxyConfig } from '../../../src/config/config.ts';
import { type RunningProxy, startProxy } from '../../../src/proxy/proxy.ts';
import { parse } from '../observe/exposition-parser.ts';
import { ask, backend, balancer, configuration, RawClient, refusingPort, rig } from '../rig.ts';
import { Authority, certificateFolder, hasOpenssl } from '../tls/certificates.ts';

function withAdmin(lines: string, admin: AdminConf = { require: null }): ProxyConfig {
  const config = configuration(lines);
  const [first] = config.listen;
  return {
    ...config,
    listen: [
      { ...first!, port: 0 },
      { ...first!, port: 0, admin },
    ],
  };
}

async function started(config: ProxyConfig): Promise<{ proxy: RunningProxy; ports: number[] }> {
  const proxy = await startProxy(config, { rng: [1, 2, 3, 4] });
  return { proxy, ports: proxy.addresses.map(({ port }) => port) };
}

async function withProxy(
  config: ProxyConfig,
  use: (port: number, admin: number, proxy: RunningProxy) => Promise<void>,
): Promise<void> {
  const { proxy, ports } = await started(config);
  try {
    await use(ports[0]!, ports[1]!, proxy);
  } finally {
    await proxy.close(0);
  }
}

test('the admin listener has the pages and nothing of the servers; the servers have no pages', async () => {
  const one = await backend('one');
  await withProxy(withAdmin(balancer([one.url])), async (port, admin) => {
    expect((await ask(port, '/')).body).toBe('one');
    expect((await ask(port, '/metrics')).body).toBe('one');
    expect((await ask(admin, '/')).body).toContain('/balancer-manager');
    expect((await ask(admin, '/other')).status).toBe(404);
    expect((await ask(admin, '/live')).body).toBe('{"live":true}\n');
    expect((await ask(admin, '/live', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await ask(admin, '/live', { method: 'HEAD' })).body).toBe('');
    expect(parse((await ask(admin, '/metrics')).body).has('fairlead_requests_total')).toBe(true);
    expect((await ask(admin, '/balancer-manager')).body).toContain(one.url);
    const status = JSON.parse((await ask(admin, '/status')).body);
    expect(status).toMatchObject({
      version: 1,
      ready: true,
      reasons: [],
      draining: false,
      open: 0,
      configuration: { generation: 1, refused: 0 },
      limits: { request_line_bytes: 8190, header_bytes: 16_384, header_seconds: 20 },
      balancers: [{ name: 'c', members: [{ name: one.url, elected: 2 }] }],
    });
  });
});

test('every limit is in the status and in the metrics', async () => {
  const one = await backend('one');
  const lines = withAdmin(balancer([`${one.url} max=7 acquire=30 timeout=9 ping=2`]));
  await withProxy(lines, async (_, admin) => {
    const status = JSON.parse((await ask(admin, '/status')).body);
    const metrics = parse((await ask(admin, '/metrics')).body);
    const told = (name: string) =>
      Object.fromEntries(
        metrics.get(name)!.samples.map(({ labels, value }) => [labels['limit'], value]),
      );
    expect(told('fairlead_limit')).toEqual(status.limits);
    expect(status.limits).toMatchObject({ graceful_shutdown_seconds: 30, http2_streams: 100 });
    const [member] = status.balancers[0].members;
    expect(told('fairlead_worker_limit')).toEqual(member.limits);
    expect(member.limits).toMatchObject({
      connections: 7,
      acquire_seconds: 0.03,
      timeout_seconds: 9,
      connect_seconds: 9,
      ping_seconds: 2,
    });
    expect(member).toMatchObject({ waiting: 0, inUse: 0, idle: 0 });
  });
});

test('balancers of one name in two virtual hosts are told apart', async () => {
  const [one, two] = [await backend('one'), await backend('two')];
  const site = (name: string, { url }: { readonly url: string }) => `<VirtualHost *:*>
  ServerName ${name}
  ProxyPass /alone ${one.url}
  ProxyPass /m !
  <Location /m>
    SetHandler balancer-manager
  </Location>
  ${balancer([`${url} max=${name.length}`])}
</VirtualHost>
`;
  await withProxy(withAdmin(site('a', one) + site('bb', two)), async (port, admin, proxy) => {
    const get = (host: string, path: string) => ask(port, path, { headers: { Host: host } });
    for (const host of ['a', 'bb', 'bb']) await get(host, '/');
    const status = async () => JSON.parse((await ask(admin, '/status')).body);
    const { balancers, workers } = await status();
    expect(balancers).toMatchObject([
      {
        name: 'c',
        open: 0,
        members: [{ name: one.url, elected: 1, idle: 1, limits: { connections: 1 } }],
      },
      {
        name: 'c#2',
        members: [{ name: two.url, elected: 2, idle: 1, limits: { connections: 2 } }],
      },
    ]);
    expect(workers).toMatchObject([{ name: one.url }, { name: `${one.url}#2` }]);
    expect([...proxy.balancers.keys()]).toEqual(['c', 'c#2']);

    const [link] = /\/balancer-manager\?b=c%232&amp;nonce=[^"]+/.exec(
      (await ask(admin, '/balancer-manager')).body,
    )!;
    const Referer = `http://127.0.0.1:${admin}/balancer-manager`;
    const [at, query] = link.replaceAll('&amp;', '&').split('?');
    const form = {
      method: 'POST',
      headers: { Referer },
      body: `${query}&w=${two.url}&w_status_D=1`,
    };
    expect((await ask(admin, at!, form)).body).toContain('Edit worker settings');
    const flags = (await status()).balancers.map(
      (seen: { members: { flags: string }[] }) => seen.members[0]!.flags,
    );
    expect(flags).toEqual(['', 'D']);
    expect(JSON.parse((await ask(admin, '/ready')).body).reasons).toEqual([
      'balancer://c#2 has no member that can be used',
    ]);
    // A virtual host's own manager shows what httpd's would.
    for (const host of ['a', 'bb'])
      expect((await get(host, '/m')).body).toContain('?b=c&amp;nonce=');
  });
});

test('a name that somebody else may own is refused to this machine', async () => {
  const one = await backend('one');
  await withProxy(withAdmin(balancer([one.url])), async (port, admin) => {
    const status = async (host: string) =>
      (await ask(admin, '/status', { headers: { Host: host } })).status;
    expect(await status('evil.example.com')).toBe(403);
    expect(await status(`127.0.0.1.evil.example.com:${admin}`)).toBe(403);
    expect(await status(`localhost:${admin}`)).toBe(200);
    expect(await status(`[::1]:${admin}`)).toBe(200);
    expect((await ask(port, '/', { headers: { Host: 'evil.example.com' } })).status).toBe(200);
  });
});

test('require holds for every page', async () => {
  const one = await backend('one');
  const require = [{ kind: 'ip', networks: ['192.0.2.0/24'], negated: false }] as const;
  await withProxy(withAdmin(balancer([one.url]), { require }), async (_, admin) => {
    for (const path of ['/', '/live', '/metrics', '/status', '/balancer-manager']) {
      expect((await ask(admin, path)).status, path).toBe(403);
    }
  });
});

test('ready: every balancer has a member that would take a request', async () => {
  const one = await backend('one');
  const down = `http://127.0.0.1:${await refusingPort()}`;
  const lines = `<Proxy balancer://d>
  BalancerMember ${down} retry=600
</Proxy>
ProxyPass /d balancer://d
${balancer([one.url])}`;
  await withProxy(withAdmin(lines), async (port, admin, proxy) => {
    const ready = async () => {
      const { status, body } = await ask(admin, '/ready');
      return { status, ...JSON.parse(body) };
    };
    expect(await ready()).toEqual({ status: 200, ready: true, reasons: [] });
    expect((await ask(port, '/d')).status).toBe(503);
    const reasons = ['balancer://d has no member that can be used'];
    expect(await ready()).toEqual({ status: 503, ready: false, reasons });
    const { balancer } = proxy.balancers.get('d')!;
    balancer.workers.retryNs[0] = 0; // its time to be tried again has come
    expect(await ready()).toMatchObject({ ready: true });
    for (const flag of ['D', 'S', 'N'] as const) {
      proxy.balancers.get('c')!.balancer.manageWorker(0, { status: { [flag]: true } });
      expect((await ready()).reasons, flag).toEqual([
        'balancer://c has no member that can be used',
      ]);
      proxy.balancers.get('c')!.balancer.manageWorker(0, { status: { [flag]: false } });
    }
    expect(await ready()).toMatchObject({ ready: true });
  });
});

test('while the proxy ends, whoever watches sees it, until the last request is over', async () => {
  const held = await backend('held', (message, response) => {
    message.resume();
    held.held.push(response);
  });
  const { proxy, ports } = await started(withAdmin(balancer([held.url])));
  const client = new RawClient(ports[0]!).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await vi.waitUntil(() => held.held.length === 1, { timeout: 20_000 });
  const closed = proxy.close();
  const { status, body } = await ask(ports[1]!, '/ready');
  expect({ status, ...JSON.parse(body) }).toMatchObject({
    status: 503,
    reasons: ['the proxy is ending'],
  });
  const told = parse((await ask(ports[1]!, '/metrics')).body);
  expect(told.get('fairlead_draining')?.samples[0]?.value).toBe(1);
  await expect(ask(ports[0]!, '/')).rejects.toThrow(/ECONNREFUSED/);
  held.held[0]!.end('done');
  await closed;
  expect(await client.end()).toContain('done');
  await expect(ask(ports[1]!, '/ready')).rejects.toThrow(/ECONNREFUSED/);
});

test('handlers in an httpd.conf, behind Require', async () => {
  const one = await backend('one');
  const pages = ['ready', 'live', 'status', 'metrics'].map(
    (name) => `ProxyPass /${name} !
<Location /${name}>
  SetHandler fairlead-${name}
  Require ip ${name === 'status' ? '192.0.2.1' : '127.0.0.1'}
</Location>`,
  );
  const proxy = await rig(`${pages.join('\n')}\n${balancer([one.url])}`);
  expect((await proxy.get('/ready')).body).toBe('{"ready":true,"reasons":[]}\n');
  expect((await proxy.get('/live')).status).toBe(200);
  expect((await proxy.get('/metrics')).status).toBe(200);
  expect((await proxy.get('/status')).status).toBe(403);
  expect((await proxy.get('/')).body).toBe('one');
});

test.skipIf(!hasOpenssl)(
  'the admin listener is in the clear, whatever the servers are',
  async () => {
    const one = await backend('one');
    const folder = certificateFolder();
    onTestFinished(() => folder.end());
    const { certificate, key } = new Authority(folder.path, 'ca').issue('www');
    const lines = `SSLEngine On
SSLCertificateFile ${certificate}
SSLCertificateKeyFile ${key}
${balancer([one.url])}`;
    await withProxy(withAdmin(lines), async (port, admin) => {
      expect((await ask(port, '/')).status).toBe(400); // the servers speak TLS
      expect((await ask(admin, '/live')).body).toBe('{"live":true}\n');
    });
  },
);
