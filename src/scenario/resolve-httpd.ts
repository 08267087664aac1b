import type { BalancerConf, MemberConf, ProxyConfig } from '../config/config.ts';
import { loadHttpd } from '../config/httpd.ts';
import type { BalancerSpec as BalancerOf, MemberSpec } from '../config/spec.ts';
import { LabError } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { readReferred } from './resolve-distribution.ts';
import { simulatedHealth } from './resolve-health.ts';
import { backendOf } from './resolve-workers.ts';
import type { BackendSpec, WorkerSpec } from './scenario.ts';
import type { RawBalancer as RawSchemaBalancer } from './schema-balancer.ts';
import type { Loose } from './shape.ts';
import { workerNames } from './worker-names.ts';

type RawBalancer = Loose<RawSchemaBalancer>;

/** A balancer and the httpd.conf it stands in. */
export interface HttpdBalancer {
  readonly conf: BalancerConf;
  readonly config: ProxyConfig;
}

/** The balancer of an httpd.conf, its members as workers; null, with problems reported, when there is none. */
export function resolveHttpd(
  raw: RawBalancer,
  path: Path,
  backends: readonly BackendSpec[],
  context: Context,
): { readonly httpd: HttpdBalancer | null; readonly workers: readonly WorkerSpec[] } {
  refuseCompany(raw, path, context);
  const config = raw.httpd === undefined ? null : read(raw.httpd, [...path, 'httpd'], context);
  const conf = config === null ? null : choose(config, raw, path, context);
  if (config === null || conf === null) return { httpd: null, workers: [] };
  const names = workerNames(conf.workers);
  const workers = conf.workers.map((member, i) => {
    const name = names[i]!;
    const backend = backendOf(name, member.url, [...path, 'httpd'], backends, context);
    return {
      ...memberSpec(member),
      name,
      backend,
      connectTimeoutNs: member.connectiontimeoutNs ?? member.timeoutNs,
      smax: member.smax,
      ttlNs: member.ttlSeconds === null ? null : member.ttlSeconds * 1e9,
      health: simulatedHealth(member.health, (message) => {
        const place = member.written['hcexpr'] ?? member.written['hctemplate'] ?? member.place;
        const problem = { ...place, path: 'hcexpr', message: `BalancerMember: ${message}` };
        context.add([{ ...problem, code: 'NOT_SUPPORTED', severity: 'error' }]);
      }),
    };
  });
  return { httpd: { conf, config }, workers };
}

/** What the core needs of a balancer, without its members. */
export function balancerSpec(conf: BalancerConf): Omit<BalancerOf, 'workers'> {
  const { lbmethod, sticky, nofailover, timeoutSeconds, maxattempts } = conf;
  const { failonstatus, failontimeout, forcerecovery } = conf;
  return {
    lbmethod,
    sticky,
    nofailover,
    timeoutSeconds,
    maxattempts,
    failonstatus,
    failontimeout,
    forcerecovery,
  };
}

/** What the core needs of a member. */
function memberSpec(conf: MemberConf): MemberSpec {
  const { name, loadfactor, lbset, route, redirect, status, retrySeconds, max } = conf;
  const { acquireNs, timeoutNs, disablereuse, hcpasses, hcfails, hcconsecutive, host } = conf;
  return {
    name,
    loadfactor,
    lbset,
    route,
    redirect,
    status,
    retrySeconds,
    max,
    acquireNs,
    timeoutNs,
    disablereuse,
    ...(hcpasses !== undefined && { hcpasses }),
    ...(hcfails !== undefined && { hcfails }),
    ...(hcconsecutive !== undefined && { hcconsecutive }),
    ...(host !== undefined && { host }),
  };
}

/** What an httpd.conf does not say. */
const withHttpd = ['httpd', 'name', 'modifiers', 'proxies', 'heartbeat'];

/** The httpd.conf says everything of the balancer but what httpd lacks. */
function refuseCompany(raw: RawBalancer, path: Path, context: Context): void {
  for (const key of Object.keys(raw).filter((key) => !withHttpd.includes(key))) {
    const at = [...path, key];
    const message = `${pathText(at)} does not go with httpd; write it into the httpd.conf, which says everything of the balancer.`;
    context.report('VALUE', at, message, 'key');
  }
}

function read(name: string, path: Path, context: Context): ProxyConfig | null {
  if (readReferred(name, path, context) === null) return null;
  try {
    const config = loadHttpd(context.files.shown(name));
    for (const file of config.files) context.files.addToDigest(file);
    return config;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    context.add(error.problems);
    return null;
  }
}

function choose(
  { balancers }: ProxyConfig,
  raw: RawBalancer,
  path: Path,
  context: Context,
): BalancerConf | null {
  const names = balancers.map(({ name }) => name);
  if (raw.name !== undefined) {
    const at = [...path, 'name'];
    const found = balancers.find(({ name }) => name === raw.name?.toLowerCase());
    if (found !== undefined) return checked(found, at, context);
    const message = `${pathText(at)} is "${raw.name}", which is no balancer of ${raw.httpd}; ${names.length === 0 ? 'it has none.' : suggestion(raw.name, names)}`;
    context.report('REFERENCE', at, message);
    return null;
  }
  const at = [...path, 'httpd'];
  if (balancers.length === 1) return checked(balancers[0]!, at, context);
  const message =
    names.length === 0
      ? `${pathText(at)}: ${raw.httpd} has no balancer; expected <Proxy balancer://NAME> with a BalancerMember.`
      : `${pathText(at)}: ${raw.httpd} has several balancers; expected name: with one of ${names.join(', ')}.`;
  context.report('REFERENCE', at, message);
  return null;
}

function checked(balancer: BalancerConf, path: Path, context: Context): BalancerConf | null {
  if (balancer.workers.length > 0) return balancer;
  const message = `${pathText(path)}: balancer://${balancer.name} has no BalancerMember; expected one.`;
  context.report('VALUE', path, message);
  return null;
}
