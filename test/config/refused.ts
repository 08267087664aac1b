/**
 * Configurations that are refused: the text with `»` before the place of the problem, the problem's code, and
 * its message.
 */
import type { ErrorCode } from '../../src/problems/errors.ts';

export const refused: readonly (readonly [marked: string, code: ErrorCode, message: string])[] = [
  [
    `<Proxy balancer://c>
  BalancerMember http://a »loadfactor=0
</Proxy>`,
    'VALUE',
    'BalancerMember: loadfactor=0 must be 1 to 100.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »loadfactor=101
</Proxy>`,
    'VALUE',
    'BalancerMember: loadfactor=101 must be 1 to 100.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »loadfactor=many
</Proxy>`,
    'VALUE',
    'BalancerMember: loadfactor=many must be 1 to 100. It is read as 0.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »lbset=100
</Proxy>`,
    'VALUE',
    'BalancerMember: lbset=100 must be 0 to 99.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »"status=+X"
</Proxy>`,
    'VALUE',
    'BalancerMember: status=+X has a letter that is no status; expected letters of D S E C U I H R N O G F, each perhaps with + or - before it.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »status=H+
</Proxy>`,
    'VALUE',
    'BalancerMember: status=H+ has a sign without a letter; expected letters of D S E C U I H R N O G F, each perhaps with + or - before it.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »proxyprotocol=v3
</Proxy>`,
    'VALUE',
    'BalancerMember: proxyprotocol=v3 must be v1, v2 or Off.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a proxyprotocol=v2 enablereuse=»On
</Proxy>`,
    'VALUE',
    'connections to http://a cannot be kept for others: proxyprotocol=v2 says on each who the client is; leave enablereuse or disablereuse out.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »retry=-1
</Proxy>`,
    'VALUE',
    'BalancerMember: retry=-1 must be 0 or more seconds.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »timeout=0
</Proxy>`,
    'VALUE',
    'BalancerMember: timeout=0 must be 1 or more seconds.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »timeout=abc
</Proxy>`,
    'VALUE',
    'BalancerMember: timeout=abc must be 1 or more seconds. It is read as 0.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »acquire=0
</Proxy>`,
    'VALUE',
    'BalancerMember: acquire=0 must be at least one millisecond.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »acquire=1.5
</Proxy>`,
    'VALUE',
    'BalancerMember: acquire=1.5 is no time; expected a whole number and perhaps a unit: ms, s, mi or h.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »keepalive=yes
</Proxy>`,
    'VALUE',
    'BalancerMember: keepalive=yes must be On or Off.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »route=rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr
</Proxy>`,
    'VALUE',
    'BalancerMember: route=rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr has 64 characters; expected at most 63.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »iobuffersize=511
</Proxy>`,
    'VALUE',
    'BalancerMember: iobuffersize=511 must be 0 or 512 or more bytes.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »hcmethod=POST
</Proxy>`,
    'VALUE',
    'BalancerMember: hcmethod=POST is no method of health checks; expected NONE, TCP, OPTIONS, HEAD, GET, OPTIONS11, HEAD11, GET11.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »hcinterval=50ms
</Proxy>`,
    'VALUE',
    'BalancerMember: hcinterval=50ms must be at least 100 ms.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »hctemplate=nobody
</Proxy>`,
    'REFERENCE',
    'BalancerMember: hctemplate=nobody names no template; define it with ProxyHCTemplate before this line, in the same server.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »hcexpr=nobody
</Proxy>`,
    'REFERENCE',
    'BalancerMember: hcexpr=nobody names no expression; define it with ProxyHCExpr before this line, in the same server.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »loadfacter=2
</Proxy>`,
    'UNKNOWN_KEY',
    'BalancerMember: loadfacter=2 is no parameter of a member; did you mean loadfactor?',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »lbmethod=bytraffic
</Proxy>`,
    'UNKNOWN_KEY',
    'BalancerMember: lbmethod=bytraffic is a parameter of a balancer, not of a member; write it with ProxySet, on the <Proxy> line or with ProxyPass.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a route=1 »ProxySet lbmethod=bytraffic
</Proxy>`,
    'VALUE',
    'BalancerMember has the word ProxySet in its line; write ProxySet on a line of its own.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »balancer://c http://a
</Proxy>`,
    'VALUE',
    'BalancerMember takes no balancer inside a section, which names it; leave balancer://c out.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a »http://b
</Proxy>`,
    'VALUE',
    'BalancerMember http://b: expected key=value.',
  ],
  [
    `<Proxy balancer://c>
  »BalancerMember
</Proxy>`,
    'MISSING',
    'BalancerMember needs the URL of a member.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »http://a/?x=1
</Proxy>`,
    'MISSING',
    'BalancerMember needs the URL of a member; http://a/?x=1 counts as a parameter because it has a "=".',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »a:8080
</Proxy>`,
    'VALUE',
    'BalancerMember a:8080 is no absolute URL; expected http://host[:port][/path].',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »http://
</Proxy>`,
    'VALUE',
    'BalancerMember http:// has no host; expected http://host[:port][/path].',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »http://a:port
</Proxy>`,
    'VALUE',
    'BalancerMember http://a:port has a host or port that cannot be read (a:port).',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »http://a:65536
</Proxy>`,
    'VALUE',
    'BalancerMember http://a:65536 has port 65536; expected 1 to 65535.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »https://a
</Proxy>`,
    'MISSING',
    'https://a is spoken to over TLS only with SSLProxyEngine On, in its server or its <Proxy>.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »ajp://a:8009
</Proxy>`,
    'NOT_SUPPORTED',
    'BalancerMember ajp://a:8009 has the scheme ajp, which this version does not speak; expected http, https, ws or wss.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember »unix:/run/a.sock
</Proxy>`,
    'VALUE',
    'BalancerMember unix:/run/a.sock names no URL after the socket; expected unix:/path|http://host.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »route=1
</Proxy>`,
    'UNKNOWN_KEY',
    'ProxySet: route=1 is a parameter of a member, not of a balancer; write it on a BalancerMember line.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »lbmethod=byrequest
</Proxy>`,
    'REFERENCE',
    'ProxySet: lbmethod=byrequest names no lbmethod; did you mean byrequests?',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »timeout=0
</Proxy>`,
    'VALUE',
    'ProxySet: timeout=0 must be 1 or more seconds.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »stickysessionsep=ab
</Proxy>`,
    'VALUE',
    'ProxySet: stickysessionsep=ab must be one character, or Off.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »failonstatus=500,99
</Proxy>`,
    'VALUE',
    'ProxySet: failonstatus=500,99 must be HTTP status codes, 100 to 599, with commas between them.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »growth=0
</Proxy>`,
    'VALUE',
    'ProxySet: growth=0 must be 1 to 100.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »nonce=0123456789012345678901234567890123456
</Proxy>`,
    'VALUE',
    'ProxySet: nonce=0123456789012345678901234567890123456 has 37 characters; expected at most 36.',
  ],
  [
    `<Proxy balancer://c>
  BalancerMember http://a
  ProxySet »sticky
</Proxy>`,
    'VALUE',
    'ProxySet sticky: expected key=value.',
  ],
  [
    `<Proxy balancer://c »nofailover=maybe>
</Proxy>`,
    'VALUE',
    '<Proxy>: nofailover=maybe must be On or Off.',
  ],
  [
    `<Proxy foo »timeout=1>
</Proxy>`,
    'VALUE',
    '<Proxy> timeout=1: takes parameters only for a balancer or a URL.',
  ],
  [
    `<Proxy *>
  »BalancerMember http://a
</Proxy>`,
    'VALUE',
    'BalancerMember stands in <Proxy *>, which is no balancer; expected balancer://name.',
  ],
  [
    `<Proxy balancer://c>
  »ProxyPass http://a
</Proxy>`,
    'NOT_SUPPORTED',
    'ProxyPass in a <Proxy> section is not supported; write it outside.',
  ],
  [
    '»BalancerMember http://a',
    'MISSING',
    'BalancerMember needs a balancer outside <Proxy>; expected BalancerMember balancer://name URL.',
  ],
  [
    '»BalancerMember',
    'MISSING',
    'BalancerMember needs a balancer outside <Proxy>; expected BalancerMember balancer://name URL.',
  ],
  [
    'BalancerMember »c http://a',
    'VALUE',
    'BalancerMember c is no balancer; expected balancer://name.',
  ],
  [
    'ProxySet »balancer://c lbmethod=bytraffic',
    'REFERENCE',
    'ProxySet balancer://c: no balancer of this name is defined before this line.',
  ],
  [
    'ProxySet »lbmethod=bytraffic',
    'MISSING',
    'ProxySet needs the balancer or worker outside <Proxy>; expected ProxySet balancer://name key=value.',
  ],
  [
    'ProxySet »http://a retry=1',
    'REFERENCE',
    'ProxySet http://a: no worker of this URL is defined before this line; members of balancers cannot be set this way.',
  ],
  [
    '»ProxyPass /x',
    'MISSING',
    'ProxyPass needs a path and a URL; the path is left out only inside <Location>.',
  ],
  [
    'ProxyPass / balancer://c »retry=5',
    'UNKNOWN_KEY',
    'ProxyPass: retry=5 is a parameter of a member, not of a balancer; write it on a BalancerMember line.',
  ],
  [
    'ProxyPass / http://a »stickysession=A',
    'UNKNOWN_KEY',
    'ProxyPass: stickysession=A is a parameter of a balancer, not of a member; write it with ProxySet, on the <Proxy> line or with ProxyPass.',
  ],
  [
    'ProxyPass / http://a »nocannon',
    'VALUE',
    'ProxyPass nocannon: expected key=value, nocanon, noquery or interpolate.',
  ],
  [
    'ProxyPass / http://a »mapping=encoded',
    'NOT_SUPPORTED',
    'ProxyPass mapping=encoded is not supported: paths are matched after decoding; leave it out.',
  ],
  [
    'ProxyPass / »a:8080',
    'VALUE',
    'ProxyPass a:8080 is no absolute URL; expected http://host[:port][/path].',
  ],
  [
    'ProxyPassMatch »^/(x http://a',
    'VALUE',
    'ProxyPassMatch ^/(x: the pattern is no regular expression.',
  ],
  [
    'ProxyPassMatch ^/(.*) »http://$1.example/',
    'NOT_SUPPORTED',
    'ProxyPassMatch http://$1.example/: a $ in the host or port is not supported; name the host.',
  ],
  [
    `<Location /x>
  ProxyPass »/x http://a retry=1
</Location>`,
    'VALUE',
    'ProxyPass takes no path inside <Location>, which has one; leave /x out.',
  ],
  [
    `<Directory /x>
  »ProxyPass / http://a
</Directory>`,
    'VALUE',
    'ProxyPass cannot stand in <Directory>.',
  ],
  [
    `<Location /x>
  »<Proxy balancer://c>
  </Proxy>
</Location>`,
    'VALUE',
    '<Proxy> cannot stand in <Location>; write it outside.',
  ],
  [
    `<Location /x>
  »Listen 80
</Location>`,
    'VALUE',
    'Listen cannot stand in <Location>; write it outside.',
  ],
  [
    '»ProxyPassReverse /x',
    'MISSING',
    'ProxyPassReverse needs a path and a URL; the path is left out only inside <Location>.',
  ],
  [
    `<Location /x>
  ProxyPassReverse »/x http://a
</Location>`,
    'VALUE',
    'ProxyPassReverse takes no path inside <Location>, which has one; leave /x out.',
  ],
  [
    'Header »put X y',
    'VALUE',
    'Header put: expected one of set, setifempty, add, append, merge, unset, edit, edit*, echo, note.',
  ],
  ['Header set X »%z', 'VALUE', 'Header %z: %z is no format; write %% for a percent sign.'],
  [
    'Header set X y »expr=true',
    'NOT_SUPPORTED',
    'Header expr=true is not supported; use env=NAME.',
  ],
  ['Header set »X', 'MISSING', 'Header set needs a header and a value.'],
  ['RequestHeader »echo X', 'VALUE', 'RequestHeader echo: only Header can do this.'],
  [
    'SetEnvIf »Remote_Host a b',
    'NOT_SUPPORTED',
    'SetEnvIf Remote_Host: expected the name of a request header, or Remote_Addr, Request_URI, Request_Method, Server_Addr; others are not supported.',
  ],
  ['»SetEnv', 'MISSING', 'SetEnv needs at least one word; it has 0.'],
  ['»Require all granted', 'VALUE', 'Require stands only in a section such as <Location>.'],
  [
    `<Location /x>
  Require »group staff
</Location>`,
    'NOT_SUPPORTED',
    'Require group is not supported; this version knows all, ip, local, host, user, valid-user.',
  ],
  [
    `<Location /x>
  Require ip »10.0.0.0/33
</Location>`,
    'VALUE',
    'Require ip: 10.0.0.0/33 is no address or network; expected for example 10.1, 10.0.0.0/8 or ::1.',
  ],
  [
    `<Location /x>
  Require all »yes
</Location>`,
    'VALUE',
    'Require all: expected granted or denied.',
  ],
  [
    `<Location /x>
  »<RequireAll>
    Require not local
  </RequireAll>
</Location>`,
    'VALUE',
    '<RequireAll> holds only negated lines, which let nobody in; add who may ask, such as Require all granted.',
  ],
  [
    `<Location /x>
  »<RequireNone>
    Require local
  </RequireNone>
</Location>`,
    'VALUE',
    '<RequireNone> has no effect outside <RequireAll>.',
  ],
  [
    `<Location /x>
  Require »not local
</Location>`,
    'VALUE',
    'Require not: has no effect outside <RequireAll>.',
  ],
  [
    `»<Location /x>
  AuthType Basic
  Require valid-user
</Location>`,
    'MISSING',
    'Require names users, but nothing says how they prove who they are; add AuthName, AuthUserFile to this section.',
  ],
  [
    `<Location /x>
  AuthType »Digest
</Location>`,
    'NOT_SUPPORTED',
    'AuthType Digest is not supported by this version; expected Basic or None.',
  ],
  [
    `<Location /x>
  AuthBasicProvider file »dbm
</Location>`,
    'NOT_SUPPORTED',
    'AuthBasicProvider dbm is not supported by this version; expected file, and AuthUserFile.',
  ],
  [
    `<Location /x>
  AuthUserFile »/no/such/file
</Location>`,
    'REFERENCE',
    'AuthUserFile /no/such/file does not exist. Make one with htpasswd -c -5 FILE USER.',
  ],
  [
    `<Location /x>
  SetHandler »server-info
</Location>`,
    'NOT_SUPPORTED',
    'SetHandler server-info is not supported by this version; expected one of balancer-manager, heartbeat, server-status, fairlead-metrics, fairlead-ready, fairlead-live, fairlead-status, none.',
  ],
  ['Listen »0', 'VALUE', 'Listen 0: expected a port from 1 to 65535.'],
  ['Listen 443 »smtp', 'NOT_SUPPORTED', 'Listen smtp: only http and https are supported.'],
  ['ServerName »a:b', 'VALUE', 'ServerName a:b: expected a port from 1 to 65535.'],
  ['»ServerAlias b', 'VALUE', 'ServerAlias stands only in <VirtualHost>.'],
  ['Timeout »0', 'VALUE', 'Timeout 0: expected 1 or more seconds.'],
  ['KeepAlive »maybe', 'VALUE', 'KeepAlive maybe: expected On or Off.'],
  ['LimitRequestLine »-1', 'VALUE', 'LimitRequestLine -1: expected 0 or more bytes.'],
  ['ProxyErrorOverride »404', 'VALUE', 'ProxyErrorOverride 404: expected On or Off first.'],
  [
    'ProxyErrorOverride On »399',
    'VALUE',
    'ProxyErrorOverride 399: expected status codes from 400 to 599.',
  ],
  ['ProxyVia »sometimes', 'VALUE', 'ProxyVia sometimes: expected one of off, on, full, block.'],
  ['BalancerGrowth »1001', 'VALUE', 'BalancerGrowth 1001: expected 0 to 1000.'],
  ['HeartbeatListen »239.0.0.1', 'VALUE', 'HeartbeatListen 239.0.0.1: expected address:port.'],
  ['HeartbeatMaxServers »5', 'VALUE', 'HeartbeatMaxServers 5: expected 0, or 10 or more.'],
  [
    'ProxyRequests »On',
    'NOT_SUPPORTED',
    'ProxyRequests On is not supported: this is a reverse proxy only; write Off, or leave the line out.',
  ],
  [
    'RewriteEngine »On',
    'NOT_SUPPORTED',
    'RewriteEngine On is not supported: rewriting would change where requests go; express it with ProxyPass and ProxyPassMatch.',
  ],
  [
    '»RewriteRule ^/old /new',
    'NOT_SUPPORTED',
    'RewriteRule is not supported: rewriting would change where requests go; express it with ProxyPass and ProxyPassMatch.',
  ],
  [
    '»Redirect /old /new',
    'NOT_SUPPORTED',
    'Redirect is not supported: it answers some requests itself; leave it to a backend, or to a server in front.',
  ],
  [
    '»ErrorDocument 503 /sorry.html',
    'NOT_SUPPORTED',
    'ErrorDocument is not supported: answers of the proxy itself have a fixed body; leave it out.',
  ],
  [
    '»ProxyRemote * http://proxy:3128',
    'NOT_SUPPORTED',
    'ProxyRemote is not supported: requests go straight to the members; leave it out.',
  ],
  [
    '»SecRuleEngine On',
    'NOT_SUPPORTED',
    'SecRuleEngine is not supported: no request is blocked by rules; leave it to a server in front.',
  ],
  [
    'RemoteIPProxyProtocol »On',
    'MISSING',
    'RemoteIPProxyProtocol On would let anybody say who he is; name the balancers in front with RemoteIPTrustedProxy (httpd believes all).',
  ],
  [
    'RemoteIPTrustedProxy 10.0.0.1 »gateway.test',
    'VALUE',
    'RemoteIPTrustedProxy gateway.test is no address or network (names are not looked up); expected for example 10.0.0.0/8 or ::1.',
  ],
  [
    'RemoteIPHeader »X-Forwarded-For:',
    'VALUE',
    'RemoteIPHeader X-Forwarded-For: is no name of a header; expected for example X-Forwarded-For.',
  ],
  [
    'RemoteIPInternalProxyList »/no/such/file',
    'VALUE',
    'RemoteIPInternalProxyList /no/such/file cannot be read (ENOENT); expected a file of networks.',
  ],
  [
    'SSLEngine »On',
    'MISSING',
    'SSLEngine On needs a certificate; add SSLCertificateFile and SSLCertificateKeyFile.',
  ],
  [
    'SSLEngine »optional',
    'NOT_SUPPORTED',
    'SSLEngine optional is not supported yet; write On or Off.',
  ],
  [
    'SSLProtocol »TLSv2',
    'VALUE',
    'SSLProtocol TLSv2: expected all, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, each perhaps with + or - before it.',
  ],
  ['SSLProtocol »all -TLSv1.2 -TLSv1.3', 'VALUE', 'SSLProtocol leaves no protocol to speak.'],
  [
    'SSLCipherSuite »TLSv1.2 HIGH',
    'VALUE',
    'SSLCipherSuite TLSv1.2: expected SSL or TLSv1.3 before the ciphers.',
  ],
  [
    'SSLVerifyClient »optional_no_ca',
    'NOT_SUPPORTED',
    'SSLVerifyClient optional_no_ca is not supported yet: nobody would check the certificate; write optional.',
  ],
  [
    `<Location /x>
  »SSLVerifyClient require
</Location>`,
    'NOT_SUPPORTED',
    'SSLVerifyClient in a section is not supported yet; write it for the virtual host.',
  ],
  [
    'SSLCARevocationCheck »leaf',
    'NOT_SUPPORTED',
    'SSLCARevocationCheck leaf is not supported yet, as Node checks every certificate of a chain or none; write SSLCARevocationCheck chain, with a list of every authority in the chain, an empty one where nothing is revoked.',
  ],
  [
    'SSLCARevocationCheck chain »no_crl_for_cert_ok',
    'NOT_SUPPORTED',
    'SSLCARevocationCheck no_crl_for_cert_ok is not supported yet, as Node checks every certificate of a chain or none; write SSLCARevocationCheck chain, with a list of every authority in the chain, an empty one where nothing is revoked.',
  ],
  [
    'SSLProxyCARevocationCheck »often',
    'VALUE',
    'SSLProxyCARevocationCheck often: expected chain or none.',
  ],
  [
    'SSLOCSPEnable »On',
    'NOT_SUPPORTED',
    'SSLOCSPEnable On is not supported yet: nobody is asked whether certificates were revoked; write SSLCARevocationFile.',
  ],
  [
    'SSLOptions +StdEnvVars »+FakeBasicAuth',
    'NOT_SUPPORTED',
    'SSLOptions +FakeBasicAuth is not supported yet: workers get no made-up Authorization; leave it out.',
  ],
  [
    'SSLProxyVerify »optional_no_ca',
    'NOT_SUPPORTED',
    'SSLProxyVerify optional_no_ca is not supported yet; write require or none.',
  ],
  [
    '»ProxyPas / http://a',
    'UNKNOWN_KEY',
    'ProxyPas is no directive that is known here; did you mean ProxyPass?',
  ],
  [
    '»Frobnicate',
    'UNKNOWN_KEY',
    'Frobnicate is no directive that is known here; check its spelling, or leave it out.',
  ],
  [
    `»<Locaton /x>
</Locaton>`,
    'UNKNOWN_KEY',
    '<Locaton> is no section that is known here; did you mean Location?',
  ],
  [
    `<VirtualHost *:80>
  »<VirtualHost *:81>
  </VirtualHost>
</VirtualHost>`,
    'VALUE',
    '<VirtualHost> cannot stand in <VirtualHost>.',
  ],
  [
    `<VirtualHost »example.test:80>
</VirtualHost>`,
    'NOT_SUPPORTED',
    '<VirtualHost> example.test:80: names are not looked up; expected an IP address or *.',
  ],
  [
    `»<If "true">
</If>`,
    'NOT_SUPPORTED',
    '<If> is not supported: its condition would have to be decided for each request; use <Location>.',
  ],
];
