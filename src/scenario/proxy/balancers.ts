import type {
  BalancerConf,
  HealthExpression,
  MemberConf,
  MemberUrl,
  Place,
} from '../../config/config.ts';
import { keyKindFor } from '../../config/lbmethod-of.ts';
import { isSecure, type NamedUrl } from '../../config/members.ts';
import type { LbMethodRef } from '../../config/spec.ts';
import { handsOn, TCP } from '../../config/tcp.ts';
import type { WorkerTls } from '../../config/tls.ts';
import { lbmethods } from '../../core/index.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import { type RawBalancer, resolveSettings, writtenBalancers } from '../resolve-balancer.ts';
import { healthExpressions } from '../resolve-health.ts';
import { checkMode } from '../resolve-mode.ts';
import { connectTimeoutOf, type Member, resolveMembers } from '../resolve-workers.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';
import { durationNs } from '../units.ts';
import { isOn, wholeSecondsOf } from '../values.ts';
import { workerTlsOf } from './worker-tls.ts';

/** A balancer of the proxy, and what the file says of it beyond httpd's settings. */
export interface ProxyBalancer {
  readonly conf: BalancerConf;
  /** What its workers' `hcexpr` may name. */
  readonly expressions: readonly HealthExpression[];
  /** The proxy itself tells clients their route. */
  readonly setcookie: boolean;
}

/** What the balancer is called that stands under `balancer`. */
const ONLY = 'balancer';

/** Every balancer of the file. */
export function resolveProxyBalancers(
  raw: Loose<RawProxied>,
  context: Context,
): readonly ProxyBalancer[] {
  const seen = new Set<string>();
  return writtenBalancers(raw, context).map(({ root, raw: own }) => {
    const name = String(root[1] ?? ONLY).toLowerCase();
    if (seen.has(name)) {
      const message = `${pathText(root)} is an earlier name in other letters; expected a name of its own (httpd takes both for one).`;
      context.report('DUPLICATE', root, message, 'key');
    }
    seen.add(name);
    const expressions = healthExpressions(own, root, context);
    const conf = (raw: RawBalancer | undefined) =>
      balancerConf(raw, name, root, expressions, context);
    if (own !== undefined && 'httpd' in own) {
      const at = [...root, 'httpd'];
      const message = `${pathText(at)} is not supported yet in a file that is proxied; give the httpd.conf itself to the proxy.`;
      context.report('NOT_SUPPORTED', at, message, 'key');
      return { conf: conf({ workers: [] }), expressions, setcookie: false };
    }
    return { conf: conf(own), expressions, setcookie: cookieOf(own, root, context) };
  });
}

function cookieOf(raw: RawBalancer | undefined, root: Path, context: Context): boolean {
  const isSet = isOn(raw?.setcookie, false);
  if (isSet && raw !== undefined && !('stickysession' in raw)) {
    const at = [...root, 'setcookie'];
    const message = `${pathText(at)} needs the name of the cookie; expected stickysession: NAME beside it.`;
    context.report('MISSING', at, message);
  }
  return isSet;
}

function balancerConf(
  raw: RawBalancer | undefined,
  name: string,
  root: Path,
  expressions: readonly HealthExpression[],
  context: Context,
): BalancerConf {
  const path = [...root, 'workers'];
  const members = resolveMembers(raw, path, expressions, context);
  const tls = workerTlsOf(raw?.sslproxy, [...root, 'sslproxy'], context);
  const workers = members.flatMap(
    (member, i) => memberConf(member, tls, [...path, i], context) ?? [],
  );
  checkMode(raw, root, context);
  refuseSameUrl(workers, path, context);
  if (raw?.sslproxy !== undefined && workers.every(({ url }) => !isSecure(url))) {
    const at = [...root, 'sslproxy'];
    const message = `${pathText(at)} holds for no worker; expected one with an https: or wss: url.`;
    context.report('VALUE', at, message, 'key');
  }
  const settings = resolveSettings(raw, root, context);
  refuseSimulated(settings.lbmethod, [...root, 'lbmethod'], context);
  if (handsOn(workers)) refuseUnseen(raw, settings.lbmethod, root, context);
  else if (raw?.mode === 'tcp' && workers.length > 0) {
    const at = [...root, 'mode'];
    const message = `${pathText(at)} is tcp, and its workers speak HTTP; for a proxy expected tcp: urls, such as tcp://10.0.0.1:5432.`;
    context.report('VALUE', at, message);
  }
  return {
    ...settings,
    name,
    place: placeIn(context.document, root, 'key'),
    written: writtenIn(raw, root, context),
    growth: 0,
    persist: isOn(raw?.balancerpersist, false),
    nonce: null,
    workers,
  };
}

/** Some methods elect by what backends say of themselves; real ones say nothing. */
function refuseSimulated({ name, set }: LbMethodRef, path: Path, context: Context): void {
  const method = lbmethods.find((one) => one.name === (set?.method ?? name));
  if (method?.needs !== 'load') return;
  const message = `${pathText(path)}: ${method.name} elects by the load that backends report, which only simulated ones do; for a proxy expected a method that counts by itself, such as leastconn or peakewma.`;
  context.report('NOT_SUPPORTED', path, message);
}

/** Nobody sees requests, or whether one is answered, on a connection that is handed on. */
function refuseUnseen(
  raw: RawBalancer | undefined,
  lbmethod: LbMethodRef,
  root: Path,
  context: Context,
): void {
  if (keyKindFor(lbmethod) === 'uri') {
    const at = [...root, 'lbmethod'];
    const message = `${pathText(at)}: it elects by the path of requests, which connections do not tell; for tcp: workers expected source, or key: source.`;
    context.report('VALUE', at, message);
  }
  if (raw !== undefined && 'failontimeout' in raw) {
    const at = [...root, 'failontimeout'];
    const message = `${pathText(at)} needs answers to wait for, and connections are silent when they like; remove it.`;
    context.report('VALUE', at, message, 'key');
  }
}

/** httpd would take both for one member (spec: httpd 9.2). */
function refuseSameUrl(workers: readonly MemberConf[], path: Path, context: Context): void {
  const seen = new Set<string>();
  workers.forEach(({ name, written }, i) => {
    if (seen.has(name) && written['url'] !== undefined) {
      const at = [...path, i, 'url'];
      const message = `${pathText(at)} is "${name}" like an earlier one; expected a URL of its own.`;
      context.report('DUPLICATE', at, message);
    }
    seen.add(name);
  });
}

function memberConf(
  member: Member,
  tls: WorkerTls,
  path: Path,
  context: Context,
): MemberConf | null {
  const { raw, spec, url, health } = member;
  if (!('url' in raw)) {
    const message = `${pathText(path)} has no url; expected url: http://HOST:PORT, where the proxy reaches it.`;
    context.report('MISSING', path, message);
  }
  if (url === null) return null;
  if (raw.proxyprotocol !== undefined && !isOn(raw.disablereuse, true)) {
    const at = [...path, 'disablereuse'];
    const message = `${pathText(at)} is Off, and with proxyprotocol no connection can be kept for others: it says on each who the client is; leave one of the two out.`;
    context.report('VALUE', at, message);
  }
  const { name, ...parts } = url satisfies NamedUrl;
  return {
    ...spec,
    name,
    url: parts,
    place: placeIn(context.document, path),
    written: writtenIn(raw, path, context),
    ...timesOf(member, parts),
    pingNs: nsOf(raw.ping),
    min: raw.min ?? 0,
    smax: raw.smax ?? null,
    ttlSeconds: raw.ttl === undefined ? null : wholeSecondsOf(raw.ttl),
    keepalive: isOn(raw.keepalive, false),
    addressttlSeconds:
      raw.addressttl === undefined || raw.addressttl === -1 ? -1 : wholeSecondsOf(raw.addressttl),
    responsefieldsize: 8192,
    upgrade: raw.upgrade ?? '',
    health,
    ...(raw.proxyprotocol !== undefined && { proxyProtocol: raw.proxyprotocol }),
    ...(isSecure(parts) && { tls }),
  };
}

/** httpd's may be the server's. */
function timesOf(
  { raw, spec }: Member,
  url: MemberUrl,
): Pick<MemberConf, 'timeoutSeconds' | 'connectiontimeoutNs'> {
  const isTcp = url.scheme === TCP;
  return {
    timeoutSeconds: raw.timeout === undefined && !isTcp ? null : spec.timeoutNs / 1e9,
    connectiontimeoutNs: nsOf(isTcp ? connectTimeoutOf(raw, url) : raw.connectiontimeout),
  };
}

function nsOf(text: string | undefined): number | null {
  return text === undefined ? null : durationNs(text);
}

/** Where each key of a map has its value. */
function writtenIn(
  raw: object | undefined,
  path: Path,
  context: Context,
): Readonly<Record<string, Place>> {
  const keys = Object.keys(raw ?? {});
  return Object.fromEntries(keys.map((key) => [key, placeIn(context.document, [...path, key])]));
}
