/** `fairlead explain` on an httpd.conf, which says nothing of traffic: requests come one by one, and all are answered. */
import { basename } from 'node:path';
import type { BalancerConf } from '../config/config.ts';
import { optionError } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { readHttpdFile } from './httpd-file.ts';

export interface ConfOptions {
  readonly balancer?: string;
  readonly quiet?: boolean;
}

/** A scenario of the balancer at `path`: one request a second, answered before the next. @throws LabError */
export function scenarioOfConf(path: string, { balancer, quiet = false }: ConfOptions): Scenario {
  const { balancers } = readHttpdFile(path, { defines: [], quiet });
  const { name } = chosen(balancers, balancer, path);
  const traffic = {
    name: `balancer://${name}`,
    run: { requests: 1_000_000, warmup: '0s', replications: 1 },
    balancer: { httpd: basename(path), name },
    backends: { default: { slots: 1, service: '1ms' } },
    clients: [{ name: 'requests', arrival: { constant: '1/s' } }],
  };
  const scenario = parseScenario(JSON.stringify(traffic), path);
  if (!quiet) console.error(`${path}: one request a second, without a session, each answered`);
  return scenario;
}

function chosen(
  balancers: readonly BalancerConf[],
  wanted: string | undefined,
  path: string,
): BalancerConf {
  const usable = balancers.filter(({ workers }) => workers.length > 0);
  const names = usable.map(({ name }) => name);
  if (names.length === 0) {
    throw optionError('config', `${path} has no balancer with a BalancerMember; expected one.`);
  }
  if (wanted === undefined && names.length > 1) {
    const message = `${path} has several balancers; expected --balancer with one of ${names.join(', ')}.`;
    throw optionError('--balancer', message);
  }
  const found = usable.find(({ name }) => name === (wanted ?? name).toLowerCase());
  if (found !== undefined) return found;
  const message = `--balancer is ${wanted}, which is no balancer of ${path} with members; ${suggestion(wanted!, names)}`;
  throw optionError('--balancer', message);
}
