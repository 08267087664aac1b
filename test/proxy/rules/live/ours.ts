/** The rules in the order in which a gateway asks them, for one request and one answer of the backend. */

import type { MemberConf, ProxyConfig } from '../../../../src/config/config.ts';
import { requestRoute } from '../../../../src/core/index.ts';
import { requestAuthority } from '../../../../src/proxy/rules/authority.ts';
import { earlyEnvironment, environment } from '../../../../src/proxy/rules/env.ts';
import { joined } from '../../../../src/proxy/rules/fields.ts';
import { framing } from '../../../../src/proxy/rules/framing.ts';
import {
  type Mapped,
  mappedUrl,
  mapRequest,
  memberTarget,
} from '../../../../src/proxy/rules/mapping.ts';
import { maxForwards } from '../../../../src/proxy/rules/max-forwards.ts';
import { refused } from '../../../../src/proxy/rules/refusal.ts';
import { requestHead } from '../../../../src/proxy/rules/request-head.ts';
import { ownHeaders, responseHeaders } from '../../../../src/proxy/rules/response-head.ts';
import { serverFor } from '../../../../src/proxy/rules/server.ts';
import { settingsFor } from '../../../../src/proxy/rules/settings.ts';
import { readTarget } from '../../../../src/proxy/rules/target.ts';
import { messageOf } from './message.ts';

export interface Ours {
  /** null: proxied. 0: not proxied, whoever serves it. */
  readonly refusal: number | null;
  /** Head and body as the backend gets them. */
  readonly forwarded: string;
  /** Of the backend. */
  readonly status: number;
  /** Fields for the client. */
  readonly response: readonly string[];
  /** Index of the server that answered. */
  readonly server: number;
}

export interface Around {
  readonly config: ProxyConfig;
  readonly port: number;
  readonly product: string;
  readonly serverToken: string;
}

export function ours(around: Around, request: string, answer: string): Ours {
  const { config, port } = around;
  const { start, rawHeaders, body } = messageOf(request);
  const [method = '', written = '', protocol = ''] = start.split(' ');
  const version = protocol.slice(5);
  const nobody = { refusal: 400, status: 0, forwarded: '', response: [], server: 0 };
  const authority = requestAuthority(version, written, joined(rawHeaders, 'host'));
  if (refused(authority)) return { ...nobody, refusal: authority.status };
  const index = serverFor(config, '127.0.0.1', port, authority.authority);
  const server = config.servers[index]!;
  const common = {
    config,
    server,
    method,
    version,
    rawHeaders,
    remoteAddress: '127.0.0.1',
    localAddress: '127.0.0.1',
    secure: false,
    authority: authority.authority,
    product: around.product,
    date: 'now',
    serverToken: around.serverToken,
  };
  const valuesOf = (env: ReadonlyMap<string, string>) => ({
    env,
    receivedUs: 1.7e15,
    elapsedUs: () => 0,
  });
  const refuse = (status: number, env = new Map<string, string>(), path = '/'): Ours => ({
    refusal: status,
    status,
    forwarded: '',
    server: index,
    response: ownHeaders({
      ...common,
      absolute: false,
      settings: settingsFor(server, path),
      values: valuesOf(env),
      requestHeaders: rawHeaders,
      rawHeaders: [],
      status: status === 0 ? 404 : status,
    }),
  });
  const target = readTarget(method, written, server);
  if (refused(target)) {
    const rawPath = written.replace(/\?.*/, '');
    const about = { ...common, path: rawPath, rawPath };
    return refuse(target.status, new Map(earlyEnvironment(server, about)));
  }
  const about = { ...common, path: target.path, rawPath: target.rawPath };
  const early = settingsFor(server, target.path);
  const earlyEnv = earlyEnvironment(server, about);
  const mapped = mapRequest(config, server, early, target, earlyEnv, rawHeaders);
  const settings = settingsFor(server, target.path, mapped);
  const env = environment(settings.env, about, server.env.length);
  const values = valuesOf(env);
  if (mapped === null) return refuse(0, env, target.path);
  const hops = maxForwards(method, rawHeaders, server);
  if (refused(hops)) return refuse(hops.status, env, target.path);
  if (hops.local) return refuse(200, env, target.path);
  const member = memberOf(config, mapped);
  if (member === null) {
    return refuse(mapped.target.kind === 'undefined' ? 500 : 503, env, target.path);
  }
  const uri = memberTarget(member, mapped);
  if (refused(uri)) return refuse(uri.status, env, target.path);
  const absolute = target.authority !== null;
  const length = joined(rawHeaders, 'content-length');
  const head = requestHead({
    ...common,
    absolute,
    uri,
    lines: null,
    member,
    settings,
    values,
    maxForwards: hops.value,
    framing: framing({
      contentLength: length === null ? null : Number(length),
      chunked: joined(rawHeaders, 'transfer-encoding') !== null,
      prefetched: unchunked(rawHeaders, body).length,
      complete: true,
    }),
    // httpd keeps no connections for a URL with `$1` in it.
    keepAlive: mapped.mapping.substitution === null || mapped.target.kind === 'balancer',
    upgrade: null,
    expect: false,
  });
  addBalancer(config, mapped, member, rawHeaders, env);
  const { start: line, rawHeaders: answered } = messageOf(answer);
  const status = Number(line.slice(9, 12));
  return {
    refusal: null,
    status,
    forwarded: head + unchunked(rawHeaders, body),
    server: index,
    response: responseHeaders({
      ...common,
      absolute,
      settings,
      values,
      requestHeaders: rawHeaders,
      rawHeaders: answered,
      status,
    }),
  };
}

function memberOf(config: ProxyConfig, { target }: Mapped): MemberConf | null {
  if (target.kind === 'balancer') return config.balancers[target.balancer]?.workers[0] ?? null;
  return target.kind === 'worker' ? (config.workers[target.worker] ?? null) : null;
}

function unchunked(rawHeaders: readonly string[], body: string): string {
  if (joined(rawHeaders, 'transfer-encoding') === null) return body;
  let text = '';
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.slice(at, end), 16);
    if (!(length > 0)) return text;
    text += body.slice(end + 2, end + 2 + length);
    at = end + 4 + length;
  }
}

/** What the pick sets: each balancer here has one member. */
function addBalancer(
  config: ProxyConfig,
  mapped: Mapped,
  member: MemberConf,
  rawHeaders: readonly string[],
  env: Map<string, string>,
): void {
  const { target } = mapped;
  if (target.kind !== 'balancer') return;
  const { name, sticky } = config.balancers[target.balancer]!;
  env.set('BALANCER_NAME', `balancer://${name}`);
  env.set('BALANCER_WORKER_NAME', member.name);
  env.set('BALANCER_WORKER_ROUTE', member.route);
  if (sticky === null) return;
  const { route, from } = requestRoute(sticky, mappedUrl(mapped), joined(rawHeaders, 'cookie'));
  if (route !== null && from !== null) {
    env.set('BALANCER_SESSION_STICKY', from);
    env.set('BALANCER_SESSION_ROUTE', route);
  }
  if (route !== member.route) env.set('BALANCER_ROUTE_CHANGED', '1');
}
