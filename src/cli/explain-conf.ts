/** The balancer of an httpd.conf as a scenario. The file says nothing of traffic: requests come one by one, and all are answered. */
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

/** What `fairlead explain` takes for an httpd.conf. @throws LabError */
export function scenarioOfConf(path: string, options: ConfOptions): Scenario {
  const { scenario } = confScenario(path, options);
  if (!options.quiet)
    console.error(`${path}: one request a second, without a session, each answered`);
  return scenario;
}

/** A scenario of the balancer at `path`: one request a second, answered before the next. @throws LabError */
export function confScenario(path: string, { balancer, quiet = false }: ConfOptions) {
  const config = readHttpdFile(path, { defines: [], quiet });
  const { name } = chosen(config.balancers, balancer, path);
  const traffic = {
    name: `balancer://${name}`,
    run: { requests: 1_000_000, warmup: '0s', replications: 1 },
    balancer: { httpd: basename(path), name },
    backends: { default: { slots: 1, service: '1ms' } },
    clients: [{ name: 'requests', arrival: { constant: '1/s' } }],
  };
  return { scenario: parseScenario(JSON.stringify(traffic), path), config };
}

function chosen(
  balancers: readonly BalancerConf[],
  wanted: string | undefined,
  path: string,
): BalancerConf {
  const usable = balancers.filter(({ workers }) => workers.length > 0);
  if (usable.length === 0) {
    throw optionError('config', `${path} has no balancer with a BalancerMember; expected one.`);
  }
  const names = usable.map(({ name }) => name);
  return usable[names.indexOf(chosenName(names, wanted?.toLowerCase(), path))]!;
}

/** The one of `names` that is `wanted`, or the only one. @throws LabError */
export function chosenName(
  names: readonly string[],
  wanted: string | undefined,
  path: string,
): string {
  if (wanted === undefined && names.length > 1) {
    const message = `${path} has several balancers; expected --balancer with one of ${names.join(', ')}.`;
    throw optionError('--balancer', message);
  }
  const found = names.find((name) => name === (wanted ?? name));
  if (found !== undefined) return found;
  const message = `--balancer is ${wanted}, which is no balancer of ${path} with members; ${suggestion(wanted!, names)}`;
  throw optionError('--balancer', message);
}
