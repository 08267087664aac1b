/** One configuration with a virtual host per way of saying things; both sides read the same file. */

export interface Ports {
  /** Where httpd listens: one port for each server below, in order; two virtual hosts share the last. */
  readonly listen: readonly number[];
  readonly backend: number;
}

const servers: readonly ((backend: string) => string)[] = [
  // Plain prefixes, exceptions, members with paths, everything reversed.
  (b) => `
  ServerName plain.test
  ProxyPass /none !
  ProxyPass /c/ balancer://c/
  ProxyPass /app balancer://app/deep
  ProxyPass /slash/ balancer://sl
  ProxyPass /raw/ balancer://c/ nocanon
  ProxyPass /raw2 http://${b}/raw nocanon
  ProxyPass /worker http://${b}/w~x
  ProxyPass /noquery/ http://${b}/nq/ noquery
  ProxyPass /x//y balancer://c/two
  ProxyPass /undefined balancer://empty
  ProxyPassReverse /app balancer://app/deep
  ProxyPassReverse /c/ balancer://c/
  ProxyPassReverse /worker http://${b}/w~x
  ProxyPassReverse /rel /internal
  ProxyPassReverse / http://${b}/`,
  // Expressions, Location's own, and the order between them.
  (b) => `
  ServerName match.test:8123
  ProxyVia On
  AllowEncodedSlashes On
  ProxyPassMatch ^/m/(.*)\\.gif$ balancer://c/pic/$1.png
  ProxyPassMatch ^/q/([^/]*)/(.*)$ http://${b}/$2/$1?n=$1
  ProxyPassMatch \\.jpg$ balancer://c
  ProxyPassMatch ^/no/.*$ !
  ProxyPassMatch ^/raw/(.*)$ balancer://c/$1 nocanon
  <Location /loc>
    ProxyPass balancer://app/loc
    ProxyPassReverse balancer://app/loc
    Header set X-Place loc
  </Location>
  <Location /loc/off>
    ProxyPass !
  </Location>
  <LocationMatch "^/lm/([a-z]+)">
    ProxyPassMatch balancer://c/lm/$1
    Header append X-Place match
  </LocationMatch>
  <Location "/wild/*/end">
    RequestHeader set X-Wild yes
    ProxyPreserveHost On
  </Location>
  ProxyPass / balancer://c/
  ProxyPassReverse / balancer://c
  ProxyPassReverseCookiePath /app /front
  ProxyPassReverseCookiePath /a /b
  ProxyPassReverseCookieDomain inner.test outer.test`,
  // Host kept, nothing added, Via in full, slashes as they are.
  () => `
  ServerName keep.test
  ProxyPreserveHost On
  ProxyVia Full
  ProxyMaxForwards 7
  MergeSlashes Off
  AllowEncodedSlashes NoDecode
  ProxyPass /c balancer://c
  ProxyPass / balancer://app/
  ProxyPassReverse / balancer://app/
  <Location /quiet>
    ProxyAddHeaders Off
    RequestHeader unset Cookie
  </Location>`,
  // Fields edited in every way.
  () => `
  ServerName edit.test
  UseCanonicalName On
  ProxyVia Block
  SetEnv FIXED one
  SetEnvIf X-Flag "on(.*)" FLAG=$1-$0 FIXED=two
  SetEnvIf Request_URI "^/(a|%61)" AREA
  SetEnvIfNoCase X-Flag OFF !AREA
  SetEnvIf X-No "^$" NOHEADER=yes
  BrowserMatch ^curl CURL=c
  SetEnvIf X-Flag ^direct$ no-proxy
  RequestHeader set X-Set "v %{FIXED}e %{FLAG}e %{NONE}e 100%%"
  RequestHeader add X-Add more
  RequestHeader append X-App two
  RequestHeader merge X-Mer one
  RequestHeader merge X-Mer "a b"
  RequestHeader setifempty X-Empty filled
  RequestHeader unset X-Gone
  RequestHeader edit X-Ed "b(.)" "<$1&$0\\$1>"
  RequestHeader edit* X-Ed2 b [%{AREA}e]
  RequestHeader set X-Forwarded-Host said
  RequestHeader set X-When "%t" env=CURL
  RequestHeader set X-Un yes env=!CURL
  RequestHeader unset Authorization env=AREA
  Header set X-Set "r %{BALANCER_WORKER_ROUTE}e %{BALANCER_SESSION_STICKY}e %{BALANCER_SESSION_ROUTE}e %{BALANCER_NAME}e %{BALANCER_WORKER_NAME}e %{FLAG}e"
  Header add Set-Cookie "R=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
  Header append X-App two
  Header merge X-Mer one
  Header setifempty X-Empty filled
  Header unset X-Gone
  Header edit X-Ed "b(.)" "<$1&$0>"
  Header edit* Set-Cookie "(?i)secure" S
  Header always set X-Always "a %{FIXED}e"
  Header always append X-App always
  Header always unset X-Dup
  Header set Cache-Control private env=AREA
  Header echo ^X-Echo
  Header unset Content-Type env=NOTYPE
  <Location /area>
    SetEnvIf Request_URI "^/area/b c" INNER=in
    SetEnv FIXED inner
    SetEnv MORE more
    UnsetEnv MORE
    RequestHeader set X-Inner "%{INNER}e %{FIXED}e %{MORE}e"
    Header set X-Inner "%{INNER}e"
    Header unset X-Set
  </Location>
  <Proxy balancer://app>
    Header set X-Proxy-Section app
    RequestHeader set X-Proxy-Section app
  </Proxy>
  ProxyPass /app balancer://app
  ProxyPass / balancer://c/
  ProxyPassReverse / balancer://c/`,
  // By name, and the first one without.
  () => `
  ServerName one.test
  ServerAlias *.one.test Alias.TEST w?ld.test
  ProxyVia On
  ProxyPass / balancer://c/one/
  ProxyPassReverse / balancer://c/one/`,
];

export function configuration({ listen, backend }: Ports): string {
  const b = `127.0.0.1:${backend}`;
  const last = listen.at(-1);
  const hosts = servers.map((text, i) => {
    const address = i % 2 === 0 ? `127.0.0.1:${listen[i]}` : `*:${listen[i]}`;
    return `<VirtualHost ${address}>${text(b)}\n</VirtualHost>`;
  });
  return `
ServerName main.test
${listen.map((port) => `Listen 127.0.0.1:${port}`).join('\n')}
<Proxy balancer://c>
  BalancerMember http://${b} route=r1
  ProxySet stickysession=SID
</Proxy>
<Proxy balancer://app>
  BalancerMember http://${b}/app/ route=a1
</Proxy>
<Proxy balancer://slx>
  BalancerMember http://${b}/slx
</Proxy>
${hosts.join('\n')}
<VirtualHost *:${last}>
  ServerName never.test
  ProxyPass / balancer://c/never/
</VirtualHost>
<VirtualHost 127.0.0.1:${last}>
  ServerName two.test:99
  ServerAlias alias.test other.test
  ProxyPass / balancer://c/two/
  ProxyVia On
</VirtualHost>
`;
}
