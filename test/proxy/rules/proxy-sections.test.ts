/** Which `<Proxy>` sections hold for which ProxyPass: ours and, where it is installed, the real httpd, letter by letter. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ask, refusingPort, rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';

const sections = [
  'Proxy balancer://Shop',
  'Proxy balancer://shop',
  'Proxy "balancer://Sh*"',
  'Proxy "balancer://sh*"',
  'Proxy BALANCER://shop',
  'Proxy proxy:balancer://Shop/cart',
  'ProxyMatch ^balancer://Shop/',
  'ProxyMatch ^balancer://shop/',
  'ProxyMatch (?i)^balancer://SHOP',
  'Proxy http://LocalHost',
  'Proxy http://localhost',
  'Proxy "http://localhost/"',
  'ProxyMatch ^http://LocalHost:',
  'ProxyMatch x$',
];

/** Each section leaves its mark. */
const lines = (port: number) => `ServerName localhost
<Proxy balancer://Shop>
  BalancerMember http://127.0.0.1:${port}
</Proxy>
${sections.map((section, i) => `<${section}>\n  Header always add X-Sections ${i}\n</${section.split(' ')[0]}>`).join('\n')}
ProxyPass /capital/ balancer://Shop/
ProxyPass /small/ balancer://shop/
ProxyPass /scheme/ BALANCER://shop/
ProxyPass /bare balancer://Shop
ProxyPassMatch ^/match/(.*) balancer://Shop/$1
ProxyPass /host/ http://LocalHost:${port}/
ProxyPass /port/ http://localhost:80/
ProxyPass /socket/ unix:/nowhere|http://LocalHost/
<Location /in>
  ProxyPass balancer://Shop/
</Location>`;

const paths = [
  '/capital/x',
  '/capital/cart',
  '/capital/x?y',
  '/small/x',
  '/scheme/x',
  '/bare',
  '/bare/x',
  '/match/cart/x',
  '/host/x',
  '/port/x',
  '/socket/x',
  '/in/x',
];

const besideHttpd = hasHttpd ? 'as for httpd' : '(not compared: no httpd here)';

test(`capitals count in sections ${besideHttpd}`, async () => {
  const text = lines(await refusingPort());
  const ports = [(await rig(text)).port, ...(hasHttpd ? [await httpd(text)] : [])];
  const of = async (port: number, path: string) => {
    const { headers } = await ask(port, path);
    return `${headers['x-sections']}`.split(', ').map((i) => sections[Number(i)]);
  };
  for (const path of paths) {
    const [ours, theirs] = await Promise.all(ports.map((port) => of(port, path)));
    if (theirs !== undefined) expect(ours, path).toEqual(theirs);
  }
  expect(await of(ports[0]!, '/capital/x')).toEqual([
    'Proxy balancer://Shop',
    'Proxy "balancer://Sh*"',
    'ProxyMatch ^balancer://Shop/',
    'ProxyMatch (?i)^balancer://SHOP',
    'ProxyMatch x$',
  ]);
});

async function httpd(text: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-sections-'));
  const port = await freePort();
  const running = await startHttpd(folder, `Listen 127.0.0.1:${port}\n${text}`, port);
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return port;
}
