/**
 * One httpd.conf that walks into each trap and one next to it that does not. `§` stands right before the place
 * where the problem must be reported.
 */
import type { Case } from './cases.ts';

const modules = [
  'proxy',
  'proxy_http',
  'proxy_balancer',
  'lbmethod_byrequests',
  'lbmethod_bybusyness',
  'lbmethod_heartbeat',
  'headers',
  'authz_core',
  'authz_host',
]
  .map((name) => `LoadModule ${name}_module modules/mod_${name}.so\n`)
  .join('');

/** An httpd.conf with these lines and, unless they define it, a balancer `c` of two members. */
export function conf(lines: string, mapping = 'ProxyPass / balancer://c/'): string {
  const members =
    '<Proxy balancer://c>\n  BalancerMember http://10.0.0.1:8080 route=a\n  BalancerMember http://10.0.0.2:8080 route=b\n</Proxy>\n';
  const own = lines.includes('<Proxy balancer://c') || lines.includes('<Proxy §balancer://c');
  return `${modules}Listen 127.0.0.1:8080\n${own ? '' : members}${lines}\n${mapping}\n`;
}

const error = (code: string, wrong: string, right: string): Case => ({
  code,
  severity: 'error',
  wrong,
  right,
});
const warning = (code: string, wrong: string, right: string): Case => ({
  ...error(code, wrong, right),
  severity: 'warning',
});
const manager = (more: string) =>
  `<Location /balancer-manager>\n  SetHandler balancer-manager\n${more}</Location>`;
const local = '  Require local\n';
const sticky = (header: string, more = '') =>
  conf(`<Proxy balancer://c>
  BalancerMember http://10.0.0.1:8080 route=a
  BalancerMember http://10.0.0.2:8080 route=b
  ProxySet stickysession=${more === '' ? 'ROUTEID' : more}
</Proxy>
${header}`);
const recipe =
  'Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED';

const users = (more = '') =>
  `<Location /secret>\n  AuthType Basic\n  AuthName x\n  AuthUserFile §/dev/null\n  Require valid-user\n${more}</Location>`;
const plainUsers = users().replace('§', '');

/** Traps beyond those of the balancers. */
export const configCases: readonly Case[] = [
  warning('password-in-clear', conf(`Listen 8081\n${users()}`), conf(plainUsers)),
  warning(
    'password-in-clear',
    conf(`Listen 192.0.2.1:8081\n<VirtualHost 192.0.2.1:8081>\n${users()}\n</VirtualHost>`),
    conf(`Listen 8081\n${plainUsers.replace('</', '  SSLRequireSSL\n</')}`),
  ),
  warning(
    'password-in-clear',
    conf(`Listen [::]:8081\n${users()}`),
    conf(`Listen 8081\nRemoteIPHeader X-Forwarded-For\n${plainUsers}`),
  ),
  warning(
    'checks-add-up',
    conf(
      '<Proxy balancer://c>\n  BalancerMember http://10.0.0.1:8080 hcmethod=TCP hcfails=§3\n  BalancerMember http://10.0.0.2:8080 hcmethod=TCP\n</Proxy>',
    ),
    conf(
      '<Proxy balancer://c>\n  BalancerMember http://10.0.0.1:8080 hcmethod=TCP hcfails=3 hcconsecutive=On\n  BalancerMember http://10.0.0.2:8080 hcfails=3\n</Proxy>',
    ),
  ),
  error(
    'mapping-shadowed',
    conf('', 'ProxyPass /app balancer://c/app\n§ProxyPass /app/x balancer://c/x'),
    conf('', 'ProxyPass /app/x balancer://c/x\nProxyPass /app balancer://c/app'),
  ),
  error(
    'mapping-shadowed',
    conf('', 'ProxyPass / balancer://c/\n§ProxyPass /static !'),
    conf('', 'ProxyPass /sta balancer://c/sta\nProxyPass /static !'),
  ),
  error(
    'mapping-glued',
    conf('', '§ProxyPass / balancer://c'),
    conf('', 'ProxyPass / balancer://c/'),
  ),
  error(
    'mapping-glued',
    conf('', '§ProxyPass /app/ http://10.0.0.3/base\nProxyPass / balancer://c/'),
    conf('', 'ProxyPass /app http://10.0.0.3/base\nProxyPass / balancer://c/'),
  ),
  warning(
    'mapping-double-slash',
    conf('', '§ProxyPass /app balancer://c/'),
    conf('', 'ProxyPass /app/ balancer://c/'),
  ),
  warning(
    'member-double-slash',
    conf('<Proxy balancer://c>\n  BalancerMember §http://10.0.0.1/app/\n</Proxy>'),
    conf('<Proxy balancer://c>\n  BalancerMember http://10.0.0.1/app\n</Proxy>'),
  ),
  error(
    'balancer-empty',
    conf('§ProxyPass /d balancer://d/d'),
    conf('ProxyPass /d balancer://d/d\nBalancerMember balancer://d http://10.0.0.3'),
  ),
  warning(
    'balancer-unused',
    conf('§BalancerMember balancer://d http://10.0.0.3'),
    conf(
      '<Proxy balancer://d>\n  BalancerMember http://10.0.0.3\n</Proxy>\n<Location /d>\n  ProxyPass balancer://d/\n</Location>',
    ),
  ),
  error(
    'manager-shadowed',
    conf(`§${manager(local)}`),
    conf(manager(local), 'ProxyPass /balancer-manager !\nProxyPass / balancer://c/'),
  ),
  warning(
    'manager-open',
    conf(`§${manager('')}`, 'ProxyPass /app balancer://c/app'),
    conf(manager(local), 'ProxyPass /app balancer://c/app'),
  ),
  warning('route-cookie-missing', sticky('', '§ROUTEID'), sticky(recipe)),
  warning('route-cookie-missing', sticky(recipe, '§routeid'), sticky('', 'JSESSIONID|jsessionid')),
  warning('route-cookie-always', sticky(`§${recipe.replace(/ env=.*/, '')}`), sticky(recipe)),
  error(
    'route-cookie-unseparated',
    sticky(`§${recipe.replace('=.%', '=%')}`),
    sticky(recipe.replace('=.%', '=%'), 'ROUTEID stickysessionsep=Off'),
  ),
  error(
    'route-cookie-unseparated',
    sticky(`§${recipe}`, 'ROUTEID stickysessionsep=!'),
    sticky(recipe.replace('=.%', '=x!%'), 'ROUTEID stickysessionsep=!'),
  ),
];

const members = (...lines: string[]) =>
  conf(`<Proxy balancer://c>\n${lines.map((line) => `  ${line}\n`).join('')}</Proxy>`);
const [one, two] = ['BalancerMember http://10.0.0.1', 'BalancerMember http://10.0.0.2'];

/** Some of those of the balancers, for their places in an httpd.conf. */
export const memberCases: readonly Case[] = [
  error('spare-alone', members(one, `${two} lbset=1 status=§+R`), members(one, `${two} status=+R`)),
  error(
    'nobody-serves',
    conf('§BalancerMember balancer://d http://10.0.0.1 status=+D', 'ProxyPass / balancer://d/'),
    members(`${one} status=+H`),
  ),
  warning('never-enabled', members(one, `${two} status=§+D`), members(one, two)),
  error(
    'sticky-without-routes',
    members(one, two, 'ProxySet stickysession=§SID'),
    members(`${one} route=a`, two, 'ProxySet stickysession=SID'),
  ),
  warning(
    'route-missing',
    members(`${one} route=a`, 'BalancerMember §http://10.0.0.2', 'ProxySet stickysession=SID'),
    members(`${one} route=a`, `${two} route=b`, 'ProxySet stickysession=SID'),
  ),
  warning('loadfactor-cut', members(`${one} loadfactor=§1.15`, two), members(one, two)),
  warning('retry-zero', members(`${one} retry=§0`, two), members(`${one} retry=1`, two)),
  warning(
    'timeout-keeps-worker',
    members(one, `${two} timeout=§5`),
    members(one, `${two} timeout=5`, 'ProxySet failontimeout=On'),
  ),
  warning(
    'failontimeout-without-timeout',
    members(one, two, 'ProxySet failontimeout=§On'),
    `ProxyTimeout 5\n${members(one, two, 'ProxySet failontimeout=On')}`,
  ),
  warning(
    'heartbeat-ignores',
    members(one, `${two} lbset=1`, 'ProxySet lbmethod=§heartbeat'),
    members(one, two, 'ProxySet lbmethod=heartbeat'),
  ),
];
