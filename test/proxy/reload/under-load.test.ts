/** `fairlead proxy` under a steady load: SIGHUP again and again, then SIGTERM, and nobody notices. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { heavy } from '../../heavy.ts';
import { MANAGER, type ProxyChild, proxyChild } from '../chaos/child.ts';
import { Echo } from '../chaos/echo.ts';
import { Load, type Outcome } from '../chaos/load.ts';
import { freePort } from '../servers/httpd.ts';

/** Requests a second, or what the machine holds; for how long. */
const RATE = 2000;
const SECONDS = heavy ? 5 : 2;

function lines(members: readonly Echo[], persist: 'On' | 'Off'): string {
  const of = members.map(({ url, name }) => `  BalancerMember ${url} route=${name}`);
  return `BalancerPersist ${persist}
MaxKeepAliveRequests 0
<Proxy balancer://c>
${of.join('\n')}
  ProxySet stickysession=S
</Proxy>
${MANAGER}ProxyPass / balancer://c/
`;
}

async function loaded(
  run: (child: ProxyChild, all: Echo[], outcomes: readonly Outcome[]) => Promise<unknown>,
) {
  const all = ['a', 'b', 'c'].map((name) => new Echo(name));
  for (const echo of all) await echo.turn('up');
  onTestFinished(async () => {
    for (const echo of all) await echo.turn('down');
  });
  const child = await proxyChild(await freePort(), lines(all, 'On'));
  const outcomes: Outcome[] = [];
  const load = new Load({
    port: child.port,
    clients: 24,
    rate: RATE,
    routes: ['a', 'b', 'c'],
    ended: (outcome) => outcomes.push(outcome),
  });
  await run(child, all, outcomes);
  await load.stop();
  const seen = (nonce: string) => all.some((echo) => echo.seen.has(nonce));
  return { child, outcomes, seen };
}

/** Answered by the backend that its session leads to, with what it sent. */
function served({ status, body, nonce, route }: Outcome): boolean {
  return (
    status === 200 && (route === null ? body.startsWith(`${nonce} `) : body === `${nonce} ${route}`)
  );
}

test.each(['On', 'Off'] as const)(
  'reloads with BalancerPersist %s: no request fails',
  async (persist) => {
    let reloads = 0;
    const { child, outcomes } = await loaded(async (child, all) => {
      const until = performance.now() + SECONDS * 1000;
      const orders = [all, [...all].reverse()];
      while (performance.now() < until || reloads < 4) {
        expect(await child.reload(lines(orders[reloads % 2]!, persist))).toBe('taken over');
        reloads++;
        await pause(100);
      }
    });
    console.log(`${outcomes.length} requests, ${reloads} reloads`);
    expect(outcomes.filter((outcome) => !served(outcome))).toEqual([]);
    expect(Object.values(await child.busy())).toEqual([0, 0, 0]);
  },
);

test('SIGTERM: every request that was begun is answered; no other one reaches a backend', async () => {
  const { outcomes, seen } = await loaded(async (child, _, outcomes) => {
    await vi.waitUntil(() => outcomes.length >= 200, { timeout: 60_000 });
    child.process.kill('SIGTERM');
    expect((await child.ended).code).toBe(0);
  });
  const unserved = outcomes.filter((outcome) => !served(outcome));
  const begun = unserved.filter(({ status, cut, nonce }) => status !== 0 || cut || seen(nonce));
  console.log(`${outcomes.length - unserved.length} answered, ${unserved.length} came too late`);
  expect(begun).toEqual([]);
  expect(outcomes.length - unserved.length).toBeGreaterThanOrEqual(200);
});
