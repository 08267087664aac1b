/** Who is let in, and what the others are told: ours and, where it is installed, the real httpd, with one file of users. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ask, backend, rig } from '../rig.ts';
import { freePort, hasHttpd, MODULES, startHttpd } from '../servers/httpd.ts';
import { basic, passwordFile, USERS } from './sides.ts';

beforeAll(() => {
  if (!hasHttpd) console.warn('skipped: no httpd to compare with');
});

const MODULES_NEEDED = 'authn_core authn_file auth_basic authz_user'
  .split(' ')
  .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`)
  .join('');

const lines = (users: string, url: string) => `<Proxy balancer://c>
  BalancerMember ${url}
</Proxy>
<Proxy balancer://secret>
  BalancerMember ${url}
  Require all denied
</Proxy>
<Proxy balancer://Shop>
  BalancerMember ${url}
  Require all denied
</Proxy>
<Proxy "balancer://c/*.secret">
  Require all denied
</Proxy>
<ProxyMatch "^balancer://c/.*public$">
  Require all granted
</ProxyMatch>
<Proxy http://LocalHost:80/>
  Require all denied
</Proxy>
<Location />
  AuthType Basic
  AuthName "Say \\"who\\""
  AuthUserFile ${users}
</Location>
<Location /valid>
  Require valid-user
</Location>
<Location /valid/named>
  AuthName named
  Require user ann jürgen
</Location>
<Location /either>
  Require ip 192.0.2.1
  Require valid-user
</Location>
<Location /open>
  Require local
  Require valid-user
</Location>
<Location /both>
  <RequireAll>
    Require local
    Require valid-user
    Require not user bob
  </RequireAll>
</Location>
<Location /far>
  <RequireAll>
    Require ip 192.0.2.1
    Require valid-user
  </RequireAll>
</Location>
<Location /nested>
  <RequireAll>
    <RequireAny>
      Require user ann
      <RequireAll>
        Require user bob
        Require ip 192.0.2.1
      </RequireAll>
    </RequireAny>
    <RequireNone>
      Require user eve
      Require ip 192.0.2.2
    </RequireNone>
  </RequireAll>
</Location>
<Location /nobody>
  AuthType None
  Require valid-user
</Location>
ProxyPass /secret balancer://secret
ProxyPass /shop balancer://Shop
ProxyPass /alone http://LocalHost:80/a
ProxyPass / balancer://c/
`;

const none = {};
const cases: readonly (readonly [string, string, Record<string, string>])[] = [
  ...[
    '/valid',
    '/valid/named',
    '/either',
    '/open',
    '/both',
    '/far',
    '/nested',
    '/nobody',
    '/secret',
    '/shop',
    '/alone',
    '/a.secret?x',
    '/a?public',
    '/a/public',
    '/free',
  ].flatMap((path) =>
    [none, basic('ann', 'secret'), basic('bob', 'secret'), basic('eve', 'secret')].map(
      (headers) => [path, '', headers] as const,
    ),
  ),
  ['/valid', '{SHA}', basic('sue', 'secret')],
  ['/valid/named', 'beyond ASCII', basic('jürgen', 'pässword')],
  ['/valid', 'an empty password', basic('nix', '')],
  ['/valid', 'only a name', { Authorization: `Basic ${Buffer.from('nix').toString('base64')}` }],
  ['/valid', 'the second of two lines', basic('ann', 'other')],
  ['/valid', 'nobody', basic('nobody', 'secret')],
  ['/valid', 'the hash itself', basic('sue', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=')],
  ['/valid', 'another scheme', { Authorization: 'Bearer abc' }],
  [
    '/valid',
    'a scheme in other letters',
    { Authorization: basic('ann', 'secret').Authorization.replace('Basic', 'bAsIC') },
  ],
  ['/valid', 'nothing', { Authorization: 'Basic' }],
  ['/valid', 'no name', basic('', 'secret')],
  ['/valid', 'as long as can be', basic('max', 'x'.repeat(511))],
  ['/valid', 'longer', basic('long', 'x'.repeat(512))],
];

test('the same are let in, and the others are told the same', async () => {
  const users = passwordFile(USERS);
  const { url } = await backend('a');
  const text = lines(users, url);
  const ports = [(await rig(text)).port];
  if (hasHttpd) {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-auth-'));
    const port = await freePort();
    const head = `${MODULES_NEEDED}ServerName localhost\nListen 127.0.0.1:${port}\n`;
    const running = await startHttpd(folder, head + text, port);
    onTestFinished(async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    ports.push(port);
  }
  const told: string[] = [];
  for (const [path, what, headers] of cases) {
    const answers = await Promise.all(ports.map((port) => ask(port, path, { headers })));
    const [mine, theirs] = answers.map(({ status, headers: got }) => ({
      status,
      challenge: got['www-authenticate'] ?? null,
    }));
    const who = Buffer.from(headers['Authorization']?.slice(6) ?? '', 'base64').toString();
    if (theirs !== undefined) expect(mine, `${path} ${what} ${who}`).toEqual(theirs);
    told.push(`${path} ${who.split(':')[0]} ${mine!.status}`);
  }
  expect(told.slice(0, 12)).toEqual([
    '/valid  401',
    '/valid ann 200',
    '/valid bob 200',
    '/valid eve 200',
    '/valid/named  401',
    '/valid/named ann 200',
    '/valid/named bob 401',
    '/valid/named eve 401',
    '/either  401',
    '/either ann 200',
    '/either bob 200',
    '/either eve 200',
  ]);
  const closed = told.filter((one) => /^\/(secret|shop|alone|a\.secret\?x) /.test(one));
  expect(closed).toHaveLength(16);
  expect(closed.filter((one) => !one.endsWith('403'))).toEqual([]);
  expect(told.slice(-2)).toEqual(['/valid max 200', '/valid long 401']);
});
