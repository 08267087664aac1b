/** Every row of the table of parameters (spec: httpd 9.3): what accepted values do. Refusals: refused.ts. */
import { describe, expect, it } from 'vitest';
import type { BalancerConf, MemberConf } from '../../src/config/config.ts';
import { balancer, balancerWith, conf, member, problemsOf, warningsOf } from './conf.ts';

const r63 = 'r'.repeat(63);
const ms = 1e6;
const second = 1e9;

type MemberRow = readonly [parameter: string, effect: Partial<MemberConf>];

describe('members', () => {
  it('have httpd’s defaults', () => {
    expect(member('')).toMatchObject({
      name: 'http://h',
      host: 'h',
      url: { scheme: 'http', host: 'h', port: 80, path: '', socket: null },
      loadfactor: 1,
      lbset: 0,
      route: '',
      redirect: '',
      status: '',
      retrySeconds: 60,
      min: 0,
      max: 0,
      smax: null,
      ttlSeconds: null,
      acquireNs: null,
      timeoutSeconds: null,
      timeoutNs: 60 * second,
      connectiontimeoutNs: null,
      pingNs: null,
      keepalive: false,
      disablereuse: false,
      addressttlSeconds: -1,
      responsefieldsize: 8192,
      upgrade: '',
      health: null,
      written: {},
    });
  });

  it.each<MemberRow>([
    ['loadfactor=1', { loadfactor: 1 }],
    ['loadfactor=1.15', { loadfactor: 1.15 }],
    ['loadfactor=100', { loadfactor: 100 }],
    ['loadfactor=100.009', { loadfactor: 100 }],
    ['loadfactor=1e1', { loadfactor: 10 }],
    ['lbset=0', { lbset: 0 }],
    ['lbset=99', { lbset: 99 }],
    ['LBSet=7', { lbset: 7 }],
    [`route=${r63}`, { route: r63 }],
    [`redirect=${r63}`, { redirect: r63 }],
    ['status=', { status: '' }],
    ['status=+H', { status: 'H' }],
    ['status=h', { status: 'H' }],
    ['status=+HR', { status: 'HR' }],
    ['status=H-ID', { status: 'H' }],
    ['status=-DH', { status: '' }],
    ['status=D-D', { status: '' }],
    ['status=ODSECUIHRNGF', { status: 'CDEFGHINRSU' }],
    ['retry=0', { retrySeconds: 0 }],
    ['retry=5', { retrySeconds: 5 }],
    ['min=3', { min: 3 }],
    ['max=10', { max: 10 }],
    ['max=0', { max: 0 }],
    ['smax=0', { smax: 0 }],
    ['ttl=1', { ttlSeconds: 1 }],
    ['acquire=1', { acquireNs: ms }],
    ['acquire=2s', { acquireNs: 2 * second }],
    ['timeout=1', { timeoutSeconds: 1, timeoutNs: second }],
    ['connectiontimeout=1', { connectiontimeoutNs: second }],
    ['connectiontimeout=1ms', { connectiontimeoutNs: ms }],
    ['connectiontimeout=1mi', { connectiontimeoutNs: 60 * second }],
    ['connectiontimeout=1h', { connectiontimeoutNs: 3600 * second }],
    ['ping=500ms', { pingNs: 500 * ms }],
    ['keepalive=on', { keepalive: true }],
    ['keepalive=OFF', { keepalive: false }],
    ['disablereuse=On', { disablereuse: true }],
    ['enablereuse=Off', { disablereuse: true }],
    ['disablereuse=On enablereuse=On', { disablereuse: false }],
    ['addressttl=-1', { addressttlSeconds: -1 }],
    ['addressttl=0', { addressttlSeconds: 0 }],
    ['addressttl=1mi', { addressttlSeconds: 60 }],
    ['responsefieldsize=16384', { responsefieldsize: 16_384 }],
    ['responsefieldsize=0', { responsefieldsize: 8192 }],
    ['upgrade=websocket', { upgrade: 'websocket' }],
    ['upgrade=any', { upgrade: 'ANY' }],
    ['proxyprotocol=V1', { proxyProtocol: 'v1', disablereuse: true }],
    ['enablereuse=Off proxyprotocol=v2', { proxyProtocol: 'v2', disablereuse: true }],
    ['iobuffersize=512 receivebuffersize=0 flushpackets=auto flushwait=1000', {}],
    ['flusher=abc secret=s', {}],
    ['retry=1 RETRY=2', { retrySeconds: 2 }],
    ['retry=-1 retry=2', { retrySeconds: 2 }],
  ])('%s', (parameter, effect) => {
    expect(member(parameter)).toMatchObject(effect);
  });

  it.each([
    ['timeout=500ms', 'timeout=500ms is read as 500 seconds.'],
    ['retry=1ms', 'retry=1ms is read as 1 seconds.'],
    ['retry=abc', 'retry=abc is read as 0 seconds.'],
    ['retry=4294967297', 'retry=4294967297 is read as 1 seconds.'],
    ['loadfactor=5,5', 'loadfactor=5,5 is read as 5.'],
    ['lbset=3x', 'lbset=3x is read as 3.'],
    ['acquire=5sx', 'acquire=5sx is read as 5000 ms.'],
  ])('%s: a warning tells how it is read', (parameter, message) => {
    const text = `<Proxy balancer://c>\nBalancerMember http://h ${parameter}\n</Proxy>`;
    expect(warningsOf(text)).toEqual([`BalancerMember: ${message}`]);
  });

  it('proxyprotocol=Off leaves nothing behind', () => {
    expect(member('proxyprotocol=v2 proxyprotocol=Off')).not.toHaveProperty('proxyProtocol');
  });

  it('say where each parameter’s value is written', () => {
    const { written } = member('retry=5 "route=a"');
    expect(written['retry']).toMatchObject({ line: 2, column: 31 });
    expect(written['route']).toMatchObject({ line: 2, column: 40 });
  });
});

describe('health checks', () => {
  const defaults = {
    method: 'NONE',
    intervalNs: 30 * second,
    passes: 1,
    fails: 1,
    consecutive: false,
    uri: '',
    expr: '',
    condition: null,
  };

  it.each([
    ['hcmethod=get', { method: 'GET' }],
    ['hcinterval=100ms', { intervalNs: 100 * ms }],
    ['hcinterval=5', { intervalNs: 5 * second }],
    ['hcpasses=0 hcfails=3', { passes: 0, fails: 3 }],
    ['hcuri=/health', { uri: '/health' }],
    ['hcconsecutive=on', { consecutive: true }],
  ])('%s', (parameter, effect) => {
    expect(member(parameter).health).toEqual({ ...defaults, ...effect });
  });

  it('take a template where it stands, and what follows over it', () => {
    const lines = [
      'ProxyHCExpr ok {%{REQUEST_STATUS} =~ /^[23]/}',
      'ProxyHCTemplate t hcinterval=1 hcfails=3 hcexpr=OK',
      '<Proxy balancer://c>',
      'BalancerMember http://a hctemplate=T hcfails=2',
      'BalancerMember http://b hcfails=2 hctemplate=t',
      '</Proxy>',
    ];
    const text = lines.join('\n');
    expect(warningsOf(text)).toEqual([]);
    const condition = {
      kind: 'match',
      operand: { kind: 'variable', name: 'REQUEST_STATUS' },
      regex: '^[23]',
    };
    const template = { ...defaults, method: 'TCP', intervalNs: second, expr: 'OK', condition };
    const [a, b] = balancer(text).workers;
    expect(a!.health).toEqual({ ...template, fails: 2 });
    expect(b!.health).toEqual({ ...template, fails: 3 });
  });

  it('give the core its thresholds', () => {
    expect(member('hcmethod=TCP hcpasses=0 hcfails=3')).toMatchObject({ hcpasses: 0, hcfails: 3 });
    expect(member('hcmethod=TCP hcconsecutive=On').hcconsecutive).toBe(true);
    expect(member('route=a')).not.toHaveProperty('hcpasses');
  });

  it('take the last expression of a name, whatever its case', () => {
    const text =
      'ProxyHCExpr e true\n<Proxy balancer://c>\nBalancerMember http://a hcmethod=TCP hcexpr=E\n</Proxy>\nProxyHCExpr E false';
    const condition = { kind: 'constant', holds: false };
    expect(balancer(text).workers[0]!.health).toMatchObject({ expr: 'E', condition });
  });

  it('warn of a request without target, and of workers that nobody checks', () => {
    const text = `
<Proxy balancer://c>
  BalancerMember http://a hcmethod=GET
  BalancerMember http://b hcmethod=HEAD11 hcuri=/x
  BalancerMember http://c/ hcmethod=GET
  BalancerMember http://d hcmethod=OPTIONS
</Proxy>
ProxyPass /e http://e hcmethod=TCP`;
    expect(warningsOf(text)).toEqual([
      'http://a has neither path nor hcuri: as httpd does, the check sends a request line without a target, which most servers answer 400; write hcuri=/.',
      'http://e stands alone: as in httpd, only members of balancers are checked.',
    ]);
  });

  it.each([
    ['', undefined],
    ['ProxyHCTPsize 0', 0],
    ['ProxyHCTPsize 2x', 2],
  ])('so many at once: %s', (text, size) => {
    expect(conf(text).healthChecksAtOnce).toBe(size);
  });
});

type BalancerRow = readonly [parameter: string, effect: Partial<BalancerConf>];

describe('balancers', () => {
  const sticky = (cookie: string, path: string, separator = '.', scolonpathdelim = false) => ({
    sticky: { cookie, path, separator, scolonpathdelim },
  });

  it('have httpd’s defaults', () => {
    expect(balancerWith('ProxySet')).toMatchObject({
      name: 'c',
      lbmethod: { name: 'byrequests', file: null },
      sticky: null,
      nofailover: false,
      timeoutSeconds: 0,
      maxattempts: null,
      failonstatus: [],
      failontimeout: false,
      forcerecovery: true,
      growth: 0,
      nonce: null,
      workers: [],
    });
  });

  it.each<BalancerRow>([
    ['stickysession=A', sticky('A', 'A')],
    ['stickysession=A|b', sticky('A', 'b')],
    ['stickysession=A|b|c', sticky('A', 'b|c')],
    ['stickysession=|b', { sticky: null }],
    ['stickysession=', { sticky: null }],
    [`stickysession=${'s'.repeat(70)}`, sticky('s'.repeat(63), 's'.repeat(63))],
    ['stickysession=A stickysessionsep=-', sticky('A', 'A', '-')],
    ['stickysession=A stickysessionsep=off', sticky('A', 'A', '')],
    ['stickysession=A scolonpathdelim=On', sticky('A', 'A', '.', true)],
    ['nofailover=On', { nofailover: true }],
    ['lbmethod=bybusyness', { lbmethod: { name: 'bybusyness', file: null } }],
    ['lbmethod=heartbeat', { lbmethod: { name: 'heartbeat', file: null } }],
    ['timeout=1', { timeoutSeconds: 1 }],
    ['maxattempts=0', { maxattempts: 0 }],
    ['failonstatus=500', { failonstatus: [500] }],
    ['"failonstatus=503, 100 599"', { failonstatus: [503, 100, 599] }],
    ['failonstatus=500 failonstatus=', { failonstatus: [] }],
    ['failontimeout=On', { failontimeout: true }],
    ['forcerecovery=Off', { forcerecovery: false }],
    ['growth=1', { growth: 1 }],
    ['growth=100', { growth: 100 }],
    ['nonce=abc', { nonce: 'abc' }],
    ['nonce=none', { nonce: 'None' }],
    ['TIMEOUT=1 timeout=2', { timeoutSeconds: 2 }],
  ])('%s', (parameter, effect) => {
    expect(balancerWith(`ProxySet ${parameter}`)).toMatchObject(effect);
  });

  it('warn when a name for stickiness is cut', () => {
    const text = `<Proxy balancer://c>\nProxySet stickysession=${'s'.repeat(64)}\n</Proxy>`;
    expect(warningsOf(text)).toEqual([
      `ProxySet: stickysession=${'s'.repeat(64)} is read as ${'s'.repeat(63)} (httpd keeps 63 characters).`,
    ]);
  });

  it('read every ProxySet word, also one that a later word repeats', () => {
    const text = '<Proxy balancer://c>\nProxySet timeout=0 timeout=1\n</Proxy>';
    expect(problemsOf(text)).toHaveLength(1);
  });
});

describe('lbmethods and modules', () => {
  const text = '<Proxy balancer://c>\nProxySet lbmethod=bytraffic\n</Proxy>';

  it('need their module where modules are loaded by name', () => {
    const [problem] = problemsOf(`LoadModule proxy_module modules/mod_proxy.so\n${text}`);
    expect(problem!.message).toBe(
      'ProxySet: lbmethod=bytraffic names an lbmethod whose module is not loaded; add LoadModule lbmethod_bytraffic_module.',
    );
  });

  it('are there when the file loads none', () => {
    expect(problemsOf(text)).toEqual([]);
  });
});
