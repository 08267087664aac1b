/** The same managers twice: ours and, where it is installed, the real httpd's, in front of the same members. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ask, backend, rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';

export { hasHttpd };

const HCHECK = '/usr/lib/apache2/modules/mod_proxy_hcheck.so';

/** Starts a proxy of these lines; returns its port. */
export type Start = (lines: string) => Promise<number>;

export const ours: Start = async (lines) => (await rig(lines)).port;

export const theirs: Start = async (lines) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-manager-'));
  const port = await freePort();
  const head = `LoadModule proxy_hcheck_module ${HCHECK}\nServerName localhost\nListen 127.0.0.1:${port}\n`;
  const running = await startHttpd(folder, head + lines, port);
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return port;
};

/** Two balancers with a manager at /balancer-manager; the second cannot be edited. Returns the lines and the members. */
export async function shop(set = 'nonce=abc growth=2'): Promise<{ lines: string; urls: string[] }> {
  const backends = [await backend('a'), await backend('b'), await backend('c')];
  const [a, b, c] = backends.map(({ url }) => url);
  const lines = `ProxyHCExpr ok {%{REQUEST_STATUS} =~ /^[234]/}
<Proxy balancer://shop>
  BalancerMember ${a} route=n1
  BalancerMember ${b} route=n2 loadfactor=2
  ProxySet stickysession=ROUTEID|routeid ${set}
</Proxy>
<Proxy balancer://closed>
  BalancerMember ${c}
  ProxySet nonce=None
</Proxy>
ProxyPass /balancer-manager !
ProxyPass /closed/ balancer://closed/
ProxyPass / balancer://shop/
<Location /balancer-manager>
  SetHandler balancer-manager
  Require local
</Location>
`;
  return { lines, urls: [a!, b!, c!] };
}

/** Elements that tell of httpd's threads and clock, or of a nonce made at the start. */
const OWN = /^ *<httpd:(?:smax|max|error_time|connectiontimeout|nonce)>.*\n/gm;

/** What the manager's XML says, one element a line, once nobody is busy: httpd gives that back behind its answer. */
export async function stateOf(port: number): Promise<string> {
  for (;;) {
    const state = await stateNow(port);
    if (!/<httpd:busy>[1-9]/.test(state)) return state;
  }
}

async function stateNow(port: number): Promise<string> {
  const headers = { Referer: 'http://127.0.0.1/' };
  const { body } = await ask(port, '/balancer-manager?xml=1', { headers });
  return body
    .replace(/> *(?=<httpd:(?:maxattempts|lbmethod)>)/g, '>\n')
    .replace(/^ +/gm, '')
    .replace(OWN, '');
}

/** Every member's cells of httpd's table, from the HTML. */
export async function cellsOf(port: number): Promise<string[][]> {
  const { body } = await ask(port, '/balancer-manager');
  return [...body.matchAll(/<tr>\s*<td><a href=[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)]
      .slice(0, 17)
      .map(([, cell]) => cell!.replace(/<[^>]*>/g, '')),
  );
}
