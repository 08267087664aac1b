/**
 * Two real Tomcats behind the proxy and, request by request, behind the real httpd with the same configuration:
 * sessions stay where they are, and the loss of one server costs its own sessions and nobody else's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadHttpd } from '../../../src/config/httpd.ts';
import { type RunningProxy, startProxy } from '../../../src/proxy/proxy.ts';
import { heavy } from '../../heavy.ts';
import { freePort, type Httpd, hasHttpd, startHttpd } from './httpd.ts';
import { hasTomcat, startTomcat, type Tomcat } from './tomcat.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-tomcat-'));
const CLIENTS = 6;

let tomcats: Tomcat[] = [];
let proxy: RunningProxy | null = null;
let httpd: Httpd | null = null;
/** Ports of what stands in front: ours, and httpd where it is installed. */
const fronts: number[] = [];

function configuration(port: number): string {
  const members = tomcats.map(
    (one, i) => `BalancerMember http://127.0.0.1:${one.port} route=node${i + 1}`,
  );
  return `Listen 127.0.0.1:${port}
ServerName shop.example
<Proxy balancer://mycluster>
  ${members.join('\n  ')}
  ProxySet stickysession=JSESSIONID|jsessionid
</Proxy>
ProxyPass /app balancer://mycluster/app
ProxyPassReverse /app balancer://mycluster/app
`;
}

beforeAll(async () => {
  if (!heavy || !hasTomcat) return;
  tomcats = await Promise.all(
    ['node1', 'node2'].map((route) => startTomcat(join(folder, route), route)),
  );
  const own = await freePort();
  const file = join(folder, 'fairlead.conf');
  writeFileSync(file, configuration(own));
  proxy = await startProxy(loadHttpd(file));
  fronts.push(own);
  if (!hasHttpd) return;
  const other = await freePort();
  httpd = await startHttpd(folder, configuration(other), other);
  fronts.push(other);
}, 60_000);

afterAll(async () => {
  await Promise.all([proxy?.close(), httpd?.stop(), ...tomcats.map((one) => one.kill())]);
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  /** Requests of this session so far, as its server counts. */
  readonly count: number;
  /** Route at the end of the session id. */
  readonly route: string;
  readonly id: string;
}

async function ask(port: number, id: string | null, inPath = false): Promise<Answer> {
  const path = inPath ? `/app/;jsessionid=${id}` : '/app/';
  const headers = id === null || inPath ? {} : { Cookie: `JSESSIONID=${id}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const [count = '', session = ''] = (await response.text()).trim().split(' ');
  const [, route = ''] = session.split('.');
  return { status: response.status, count: Number(count), route, id: session };
}

/** The same question to every front; what can be compared of the answers. */
async function askAll(ids: readonly (string | null)[], inPath = false): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [i, port] of fronts.entries()) answers.push(await ask(port, ids[i] ?? null, inPath));
  const [ours, ...others] = answers.map(({ status, count, route }) => ({ status, count, route }));
  for (const other of others) expect(ours).toEqual(other);
  return answers;
}

test(`sessions of two Tomcats, and the loss of one${hasHttpd ? '' : ' (httpd is not installed: not compared with it)'}`, {
  timeout: 60_000,
}, async (context) => {
  if (!heavy) context.skip('FAIRLEAD_HEAVY=1 runs it');
  if (!hasTomcat) context.skip('no Tomcat here: apt-get install tomcat10-user');
  const sessions: (readonly Answer[])[] = [];
  for (let client = 0; client < CLIENTS; client++) sessions.push(await askAll([]));
  expect(sessions.map(([first]) => first?.route)).toEqual(
    Array.from({ length: CLIENTS }, (_, i) => `node${(i % 2) + 1}`),
  );
  for (const count of [2, 3, 4]) {
    for (const [client, session] of sessions.entries()) {
      const answers = await askAll(
        session.map(({ id }) => id),
        client === 0,
      );
      for (const [i, answer] of answers.entries()) {
        expect(answer).toEqual({ ...session[i], count });
      }
    }
  }

  await tomcats[0]?.kill();
  for (const session of sessions) {
    const answers = await askAll(session.map(({ id }) => id));
    for (const [i, answer] of answers.entries()) {
      const lost = session[i]?.route === 'node1';
      expect(answer.status).toBe(200);
      expect(answer.route).toBe('node2');
      expect(answer.count).toBe(lost ? 1 : 5);
      if (!lost) expect(answer.id).toBe(session[i]?.id);
    }
  }
});
