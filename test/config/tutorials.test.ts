/** Configurations as people write them after the manual, read as they stand. */
import { expect, it } from 'vitest';
import { conf } from './conf.ts';

it('two members, byrequests', () => {
  const { balancers, servers, warnings } = conf(`
<Proxy "balancer://mycluster">
    BalancerMember "http://192.168.1.50:80"
    BalancerMember "http://192.168.1.51:80"
    ProxySet lbmethod=byrequests
</Proxy>
ProxyPass        "/test" "balancer://mycluster"
ProxyPassReverse "/test" "balancer://mycluster"
`);
  expect(balancers[0]).toMatchObject({
    name: 'mycluster',
    lbmethod: { name: 'byrequests' },
    workers: [{ name: 'http://192.168.1.50' }, { name: 'http://192.168.1.51' }],
  });
  expect(servers[0].mappings).toMatchObject([
    { path: '/test', target: { kind: 'balancer', balancer: 0, path: '' } },
  ]);
  expect(warnings).toEqual([]);
});

it('routes and a session cookie of the application', () => {
  const { balancers } = conf(`
ProxyPass "/test" "balancer://mycluster" stickysession=JSESSIONID|jsessionid scolonpathdelim=On
<Proxy "balancer://mycluster">
    BalancerMember "http://192.168.1.50:80" route=node1
    BalancerMember "http://192.168.1.51:80" route=node2
</Proxy>
`);
  expect(balancers[0]).toMatchObject({
    sticky: { cookie: 'JSESSIONID', path: 'jsessionid', separator: '.', scolonpathdelim: true },
    workers: [{ route: 'node1' }, { route: 'node2' }],
  });
});

it('a cookie set by the proxy', () => {
  const { balancers, servers } = conf(`
Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
<Proxy "balancer://mycluster">
    BalancerMember "http://192.168.1.50:80" route=1
    BalancerMember "http://192.168.1.51:80" route=2
    ProxySet stickysession=ROUTEID
</Proxy>
ProxyPass "/test" "balancer://mycluster"
`);
  expect(balancers[0]!.sticky).toMatchObject({ cookie: 'ROUTEID', path: 'ROUTEID' });
  expect(servers[0].headers).toMatchObject([
    {
      action: 'add',
      name: 'Set-Cookie',
      value: 'ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/',
      env: { name: 'BALANCER_ROUTE_CHANGED', negated: false },
      always: false,
    },
  ]);
});

it('a hot standby that is tried again soon', () => {
  const { balancers } = conf(`
<Proxy balancer://hotcluster>
    BalancerMember http://1.2.3.4:8009 loadfactor=1
    BalancerMember http://1.2.3.5:8009 loadfactor=2
    # The server below is on hot standby
    BalancerMember http://1.2.3.6:8009 status=+H retry=5
    ProxySet lbmethod=bytraffic
</Proxy>
ProxyPass / balancer://hotcluster/
`);
  expect(balancers[0]!.workers).toMatchObject([
    { loadfactor: 1, status: '', retrySeconds: 60 },
    { loadfactor: 2, status: '', retrySeconds: 60 },
    { loadfactor: 1, status: 'H', retrySeconds: 5 },
  ]);
});

it('health checks', () => {
  const { balancers, warnings } = conf(`
<Proxy balancer://foo>
  BalancerMember http://www.example.com/ hcmethod=GET hcuri=/healthcheck
  BalancerMember http://www2.example.com/ hcmethod=TCP hcinterval=5 hcpasses=2 hcfails=3
</Proxy>
ProxyPass "/" "balancer://foo"
`);
  expect(balancers[0]!.workers.map(({ health }) => health)).toMatchObject([
    { method: 'GET', uri: '/healthcheck' },
    { method: 'TCP', intervalNs: 5e9, passes: 2, fails: 3 },
  ]);
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('/x asks for balancer://foox and is answered 500'),
  ]);
});

it('the manager for one address', () => {
  const { servers } = conf(`
<Location "/balancer-manager">
    SetHandler balancer-manager
    Require ip 192.168.0.0/24
</Location>
`);
  expect(servers[0].sections).toMatchObject([
    {
      path: '/balancer-manager',
      handler: 'balancer-manager',
      require: [{ kind: 'ip', networks: ['192.168.0.0/24'] }],
    },
  ]);
});
