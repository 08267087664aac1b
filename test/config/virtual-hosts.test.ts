/** What virtual hosts have from the main server. Tried with httpd 2.4.71 (spec: httpd 8.6). */
import { describe, expect, it } from 'vitest';
import { conf, problemsOf, warningsOf } from './conf.ts';

const c = '<Proxy balancer://c>\nBalancerMember http://a\n</Proxy>';
const host = (lines: string) => `<VirtualHost *:81>\n${lines}\n</VirtualHost>`;
const bothOff = 'BalancerInherit Off\nProxyPassInherit Off';
const paths = (text: string, server: number) =>
  conf(text).servers[server]!.mappings.map(({ path }) => path);

describe('<VirtualHost>', () => {
  it('has addresses, a name and aliases', () => {
    const { servers } = conf(
      '<VirtualHost *:80 [::1]:8080 127.0.0.1 _default_:*>\nServerName a\nServerAlias b *.c\n</VirtualHost>',
    );
    expect(servers[1]).toMatchObject({
      addresses: [
        { host: '*', port: 80 },
        { host: '::1', port: 8080 },
        { host: '127.0.0.1', port: 0 },
        { host: '*', port: 0 },
      ],
      serverName: { host: 'a' },
      aliases: ['b', '*.c'],
    });
  });

  it('has from the main server what it does not say', () => {
    const { servers } = conf(
      `Timeout 5\nProxyPreserveHost On\nLimitRequestLine 99\nHeader set A 1\n${host('KeepAlive Off\nTimeout 6\nHeader set B 2')}\nProxyVia On`,
    );
    expect(servers[1]).toMatchObject({
      timeoutNs: 6e9,
      keepAlive: false,
      preserveHost: true,
      proxyVia: 'on',
      limits: { line: 99 },
    });
    expect(servers[1]!.headers.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(servers[0].keepAlive).toBe(true);
  });
});

describe('mappings and sections', () => {
  it('of the main server come first', () => {
    expect(paths(`${host('ProxyPass /b http://b')}\nProxyPass /a http://a`, 1)).toEqual([
      '/a',
      '/b',
    ]);
  });

  it('are inherited even with ProxyPassInherit Off, with a warning', () => {
    const text = `ProxyPass /a http://a\n${host(`${bothOff}\nProxyPass /b http://b`)}`;
    expect(paths(text, 1)).toEqual(['/a', '/b']);
    expect(warningsOf(text)[0]).toContain('ProxyPassInherit Off keeps nothing out');
  });

  it('hide own ones behind inherited ones, with a warning', () => {
    expect(warningsOf(`ProxyPass /a http://a\n${host('ProxyPass /a/b http://b')}`)).toEqual([
      'ProxyPass /a/b is never reached: ProxyPass /a of the main server (line 1) is inherited and comes first, as in httpd.',
    ]);
    expect(warningsOf(`ProxyPass /a http://a\n${host('ProxyPass /ab http://b')}`)).toEqual([]);
  });

  it('sections: the main server’s first', () => {
    const { servers } = conf(`${host('<Location /b>\n</Location>')}\n<Location /a>\n</Location>`);
    expect(servers[1]!.sections.map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(servers[0].sections.map(({ path }) => path)).toEqual(['/a']);
  });
});

describe('balancers', () => {
  it('of the main server are the same balancer, also when defined later', () => {
    const { balancers, servers } = conf(`${host('ProxyPass / balancer://c')}\n${c}`);
    expect(balancers).toHaveLength(1);
    expect(servers[1]!.mappings[0]!.target).toEqual({ kind: 'balancer', balancer: 0, path: '' });
  });

  it('of a virtual host are not the main server’s', () => {
    const { balancers, servers } = conf(`ProxyPass / balancer://c\n${host(c)}`);
    expect(balancers).toMatchObject([{ name: 'c', workers: [] }]);
    expect(servers[0].mappings[0]!.target).toMatchObject({ kind: 'balancer', balancer: 0 });
  });

  it('of one name: the inherited members serve, with a warning', () => {
    const text = `${c}\n${host('BalancerMember balancer://c http://b\nProxyPass /d balancer://c')}`;
    const { balancers } = conf(text);
    expect(balancers.map(({ workers }) => workers.map(({ name }) => name))).toEqual([['http://a']]);
    expect(warningsOf(text)[0]).toContain('are not used, as in httpd');
  });

  it('of one name with parameters of their own are not supported', () => {
    const [problem] = problemsOf(`${c}\n${host('ProxyPass / balancer://c stickysession=S')}`);
    expect(problem).toMatchObject({ line: 5, column: 40, code: 'NOT_SUPPORTED' });
  });

  it('are apart when BalancerInherit and ProxyPassInherit are both Off', () => {
    const text = `${c}\nProxyPass /m balancer://c\n${host(
      `${bothOff}\n<Proxy balancer://c>\nBalancerMember http://b\n</Proxy>\nProxyPass /h balancer://c timeout=1`,
    )}`;
    const { balancers, servers } = conf(text);
    expect(balancers.map(({ workers }) => workers.map(({ name }) => name))).toEqual([
      ['http://a'],
      ['http://b'],
    ]);
    const targets = servers[1]!.mappings.map(({ target }) => target);
    expect(targets).toMatchObject([{ balancer: 1 }, { balancer: 1 }]);
    expect(servers[0].mappings[0]!.target).toMatchObject({ balancer: 0 });
  });

  it('that an inherited mapping names and nothing defines here are undefined', () => {
    const { servers } = conf(`ProxyPass /m balancer://c\n${host(bothOff)}`);
    expect(servers[1]!.mappings[0]!.target).toEqual({ kind: 'undefined', name: 'c' });
  });
});
