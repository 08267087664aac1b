import type { HealthCheckConf, HealthExpression, MemberUrl } from '../config/config.ts';
import { allSchemes, memberUrl, type NamedUrl } from '../config/members.ts';
import type { MemberSpec } from '../config/spec.ts';
import { TCP, TCP_CONNECT_SECONDS, TCP_IDLE_SECONDS } from '../config/tcp.ts';
import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import {
  healthExpressions,
  resolveHealth,
  simulatedHealth,
  withTemplate,
} from './resolve-health.ts';
import type { BackendSpec, WorkerSpec } from './scenario.ts';
import type {
  RawBalancer as RawSchemaBalancer,
  RawWorker as RawSchemaWorker,
} from './schema-balancer.ts';
import { workerNamePhrase, workersPhrase } from './schema-balancer.ts';
import type { Loose } from './shape.ts';
import { statusLetters } from './status-letters.ts';
import { durationNs } from './units.ts';
import { isOn, refuseDuplicates, wholeSecondsOf } from './values.ts';
import { backendNames, workerNames } from './worker-names.ts';

type RawBalancer = Loose<RawSchemaBalancer>;
export type RawWorker = Loose<RawSchemaWorker>;

/** httpd's `Timeout`, which a worker without its own waits for; where connections are handed on, silence may be longer. */
function timeoutOf({ timeout }: RawWorker, url: MemberUrl | null): string {
  return timeout ?? (url?.scheme === TCP ? `${TCP_IDLE_SECONDS}s` : '60s');
}

/** What connecting may take. */
export function connectTimeoutOf(raw: RawWorker, url: MemberUrl | null): string {
  const standard = url?.scheme === TCP ? `${TCP_CONNECT_SECONDS}s` : timeoutOf(raw, url);
  return raw.connectiontimeout ?? raw.timeout ?? standard;
}

/** The workers with the backends behind them, with httpd's defaults (spec: httpd 9.3). */
export function resolveWorkers(
  raw: RawBalancer | undefined,
  path: Path,
  backends: readonly BackendSpec[],
  context: Context,
): readonly WorkerSpec[] {
  const expressions = healthExpressions(raw, path.slice(0, -1), context);
  const members = resolveMembers(raw, path, expressions, context);
  return members.map(({ raw: worker, spec, url, health }, i) => {
    const at = [...path, i];
    const refuse = (message: string) => {
      const where = [...at, 'hcexpr'];
      context.report('NOT_SUPPORTED', where, `${pathText(where)}: ${message}`);
    };
    const backend =
      url === null || worker.backend !== undefined
        ? resolveBackend(worker, at, backends, context)
        : backendOf(spec.name, url, at, backends, context);
    return {
      ...spec,
      backend,
      connectTimeoutNs: durationNs(connectTimeoutOf(worker, url)),
      smax: worker.smax ?? null,
      ttlNs: worker.ttl === undefined ? null : durationNs(worker.ttl),
      health: simulatedHealth(health, refuse),
    };
  });
}

/** A worker as written, its template applied, as a MemberSpec; its URL and its checks. */
export interface Member {
  readonly raw: RawWorker;
  readonly health: HealthCheckConf | null;
  readonly spec: MemberSpec;
  readonly url: NamedUrl | null;
}

/** The workers of a balancer; those without a name get one from their URL. `expressions`: what `hcexpr` may name. */
export function resolveMembers(
  raw: RawBalancer | undefined,
  path: Path,
  expressions: readonly HealthExpression[],
  context: Context,
): readonly Member[] {
  if (raw !== undefined && !('workers' in raw)) {
    const message = `${pathText(path)} is missing; expected ${workersPhrase}.`;
    context.report('MISSING', path, message);
  }
  if (raw !== undefined && 'name' in raw && !('httpd' in raw)) {
    const at = [...path.slice(0, -1), 'name'];
    const message = `${pathText(at)} chooses a balancer of an httpd.conf; expected httpd: ./httpd.conf beside it, or no name.`;
    context.report('VALUE', at, message, 'key');
  }
  const written = (raw?.workers ?? []).map((worker = {}, i) => {
    const at = [...path, i];
    if (!('name' in worker) && !('url' in worker)) {
      const message = `${pathText(at)} has no name; expected ${workerNamePhrase}.`;
      context.report('MISSING', at, message);
    }
    return {
      raw: withTemplate(worker, raw, at, context),
      url: resolveUrl(worker.url, [...at, 'url'], context),
    };
  });
  const unnamed = written.flatMap((one) =>
    one.url !== null && !('name' in one.raw) ? [{ ...one, url: one.url }] : [],
  );
  const names = workerNames(
    unnamed.map(({ raw: { route = '' }, url }) => ({ route, url, name: url.name })),
  );
  const given = new Map(unnamed.map((one, i) => [one.raw, names[i]]));
  const members = written.map(({ raw: worker, url }, i) => ({
    raw: worker,
    url,
    health: resolveHealth(worker, [...path, i], expressions, context),
    spec: memberSpecOf(worker, worker.name ?? given.get(worker) ?? '', url),
  }));
  refuseDuplicates(
    members.map(({ spec }) => spec),
    path,
    context,
  );
  return members;
}

function memberSpecOf(raw: RawWorker, name: string, url: MemberUrl | null): MemberSpec {
  return {
    name,
    loadfactor: raw.loadfactor ?? 1,
    lbset: raw.lbset ?? 0,
    route: raw.route ?? '',
    redirect: raw.redirect ?? '',
    status: statusLetters(raw.status ?? ''),
    retrySeconds: wholeSecondsOf(raw.retry ?? '60s'),
    max: raw.max ?? 0,
    acquireNs: raw.acquire === undefined ? null : durationNs(raw.acquire),
    timeoutNs: durationNs(timeoutOf(raw, url)),
    disablereuse: raw.proxyprotocol !== undefined || isOn(raw.disablereuse, false),
    ...(raw.hcpasses !== undefined && { hcpasses: raw.hcpasses }),
    ...(raw.hcfails !== undefined && { hcfails: raw.hcfails }),
    ...(raw.hcconsecutive !== undefined && { hcconsecutive: isOn(raw.hcconsecutive, false) }),
    ...(url !== null && { host: url.host }),
  };
}

function resolveUrl(text: string | undefined, path: Path, context: Context): NamedUrl | null {
  if (text === undefined) return null;
  try {
    return memberUrl(text, allSchemes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.report('VALUE', path, `${pathText(path)} ${error.message}.`);
    return null;
  }
}

/** The backend named; else the one with the worker's name; else the only one. */
function resolveBackend(
  raw: RawWorker,
  path: Path,
  backends: readonly BackendSpec[],
  context: Context,
): number {
  const names = backends.map(({ name }) => name);
  const index = names.indexOf(raw.backend ?? raw.name ?? '');
  if (index >= 0 || names.length === 0) return index;
  if (raw.backend !== undefined) {
    const at = [...path, 'backend'];
    const message = `${pathText(at)} is "${raw.backend}", which backends does not define; ${suggestion(raw.backend, names)}`;
    context.report('REFERENCE', at, message);
  } else if (names.length === 1) {
    return 0;
  } else {
    const message = `${pathText(path)} names no backend and there are several; expected backend: with one of ${names.join(', ')}.`;
    context.report('REFERENCE', path, message);
  }
  return -1;
}

/**
 * The backend of a worker that says none: the one called like the worker, its host:port or its host; else the
 * only one, or `default`; else -1, with a problem reported.
 */
export function backendOf(
  name: string,
  url: MemberUrl,
  path: Path,
  backends: readonly BackendSpec[],
  context: Context,
): number {
  const names = backends.map((backend) => backend.name);
  const wanted = backendNames(name, url);
  const found = [...wanted, 'default'].find((one) => names.includes(one));
  if (found !== undefined) return names.indexOf(found);
  if (names.length <= 1) return names.length - 1;
  const message = `${pathText(path)}: no backend for worker ${name}; expected one called ${wanted.join(', ')} or default under backends, which has ${names.join(', ')}.`;
  context.report('REFERENCE', path, message);
  return -1;
}
