/** Cases as the text of one configuration, for httpd and for us alike: a virtual host for each. */
import type { Case, Parameters } from '../case.ts';

/** The nonce that opens balancer-manager for changes. */
export const NONCE = 'oracle';

/** `ports[i]`: of the backends of case `i`, one for each member. Only `listen` differs between the sides. */
export function configuration(
  cases: readonly Case[],
  ports: readonly (readonly number[])[],
  listen: number,
): string {
  const hosts = cases.map((each, i) => virtualHost(each, ports[i], listen));
  return [`Listen 127.0.0.1:${listen}`, 'ServerName oracle.test', ...hosts].join('\n');
}

function virtualHost({ name, balancer, members }: Case, ports: readonly number[], listen: number) {
  const lines = members.map((set, i) => `${memberUrl(ports[i])}${written(set)}`);
  return `
<VirtualHost 127.0.0.1:${listen}>
  ServerName ${hostOf(name)}
  ErrorLog logs/${name}
  <Proxy balancer://${name}>
    ${lines.map((line) => `BalancerMember ${line}`).join('\n    ')}
    ProxySet nonce=${NONCE}${written(balancer)}
  </Proxy>
  ProxyPass /balancer-manager !
  ProxyPass / balancer://${name}/
  Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
  <Location /balancer-manager>
    SetHandler balancer-manager
    Require local
  </Location>
</VirtualHost>`;
}

export function hostOf(name: string): string {
  return `${name}.test`;
}

export function memberUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** ` a=1 b=2` */
export function written(set: Parameters): string {
  return Object.entries(set)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('');
}
