/** Our proxy as a side of the oracle: the same configuration text, read and run in this process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '../../../src/config/config.ts';
import { loadHttpd } from '../../../src/config/httpd.ts';
import { NONE } from '../../../src/core/index.ts';
import { type RunningBalancer, startProxy } from '../../../src/proxy/proxy.ts';
import { balancerChange, stateOf, workerChange } from '../core-side.ts';
import { memberUrl } from './conf.ts';
import type { CaseSide, Side } from './side.ts';

export async function startOurs(text: string, port: number): Promise<Side & AsyncDisposable> {
  const proxy = await startProxy(await loaded(text));
  const of = (name: string, ports: readonly number[]) =>
    caseSide(proxy.balancers.get(name)!, port, ports);
  return { name: 'fairlead', port, of, [Symbol.asyncDispose]: () => proxy.close(0) };
}

async function loaded(text: string): Promise<ProxyConfig> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-oracle-'));
  try {
    const file = join(folder, 'same.conf');
    await writeFile(file, text);
    return loadHttpd(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function caseSide(
  { balancer, members }: RunningBalancer,
  port: number,
  ports: readonly number[],
): CaseSide {
  const expected = ports.map(memberUrl).join(' ');
  if (members.join(' ') !== expected) throw new Error(`members ${members}, not ${expected}`);
  const picks: number[] = [];
  const pick = balancer.pick.bind(balancer);
  balancer.pick = (routeId, nowNs) => {
    const worker = pick(routeId, nowNs);
    if (worker !== NONE) picks.push(worker);
    return worker;
  };
  return {
    name: 'fairlead',
    port,
    state: async () => {
      balancer.sync(); // as a look of the manager does
      return stateOf(balancer);
    },
    manage: async (member, set) => {
      if (member === null) balancer.manage(balancerChange(set));
      else balancer.manageWorker(member, workerChange(set));
    },
    refused: async (served) => {
      const tried = picks.splice(0);
      return served ? tried.slice(0, -1) : tried;
    },
  };
}
