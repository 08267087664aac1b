/**
 * From a client's request to whoever serves it: server, settings, access, mapping; then a `LiveExchange` does the
 * rest. What the configuration says is asked of `rules/`; nothing here waits.
 */

import type { ProxyConfig, ServerConf } from '../config/config.ts';
import { type RequestRoute, requestRoute, type StickySession } from '../core/index.ts';
import type { Pages } from './admin/pages.ts';
import { answerError, answerWith } from './answer.ts';
import { Doorkeeper } from './auth/doorkeeper.ts';
import type { ClientRequest, ClientResponse } from './front.ts';
import type { Group } from './group.ts';
import type { Groups } from './groups.ts';
import { takeBeat } from './heartbeat/handler.ts';
import type { HeartbeatMonitor } from './heartbeat/monitor.ts';
import { LiveExchange } from './live-exchange.ts';
import { Manager } from './manager/manager.ts';
import { AnswerSight } from './observe/answer-sight.ts';
import type { Observer, Sight } from './observe/sight.ts';
import { refuse } from './own-answer.ts';
import { Asked, Passage, Values } from './passage.ts';
import { Reloads } from './reloads.ts';
import { requestAuthority } from './rules/authority.ts';
import { type EnvRequest, earlyEnvironment, environment } from './rules/env.ts';
import { type Mapped, mappedUrl, mapRequest, mayHold } from './rules/mapping.ts';
import { maxForwards } from './rules/max-forwards.ts';
import { refused } from './rules/refusal.ts';
import { toldClient } from './rules/remote-ip.ts';
import { serverFor } from './rules/server.ts';
import { hasProxySections, type Settings, settingsFor } from './rules/settings.ts';
import { type RequestTarget, readTarget } from './rules/target.ts';
import { sniRefusal } from './tls/sni.ts';

/** Pages of httpd that show what the balancers count. */
const showsCounters: ReadonlySet<string | null> = new Set(['balancer-manager', 'server-status']);

/** What a request asks for whose target cannot be read. */
const NOWHERE: RequestTarget = { path: '', rawPath: '', query: null, authority: null, raw: '' };

const none: ReadonlyMap<string, string> = new Map();

export class Gateway {
  readonly config: ProxyConfig;
  readonly groups: Groups;
  readonly #manager: Manager;
  readonly #door: Doorkeeper;

  readonly #heartbeats: HeartbeatMonitor | null;
  readonly #observer: Observer | null;
  readonly #pages: Pages | null;

  constructor(
    config: ProxyConfig,
    groups: Groups,
    heartbeats: HeartbeatMonitor | null,
    observer: Observer | null = null,
    reloads: Reloads = new Reloads(),
    pages: Pages | null = null,
    door: Doorkeeper = new Doorkeeper(),
  ) {
    this.config = config;
    this.groups = groups;
    this.#heartbeats = heartbeats;
    this.#observer = observer;
    this.#manager = new Manager(config, groups.balancers, reloads);
    this.#pages = pages;
    this.#door = door;
  }

  /** Ends what would go on for as long as somebody looks. */
  close(): void {
    this.#manager.close();
  }

  /** Takes a request; the answer goes to `response`, now or later. */
  handle(request: ClientRequest, response: ClientResponse): void {
    const observer = this.#observer;
    const sight = observer === null ? null : new AnswerSight(request, response, observer);
    this.#take(request, sight ?? response, sight);
  }

  #take(request: ClientRequest, response: ClientResponse, sight: Sight | null): void {
    const { config } = this;
    const { version, host, secure } = request;
    const asked = requestAuthority(version, request.target, host, secure);
    const authority = refused(asked) ? null : asked.authority;
    const index = serverFor(config, request.localAddress, request.localPort, authority);
    const server = config.servers[index]!;
    sight?.reached(server, index);
    const close = closesAfter(request, server);
    const refusal =
      request.refusal ||
      beyondLimits(request, server) ||
      (refused(asked) ? asked.status : 0) ||
      (isForUs(request) ? 0 : 400);
    if (refusal !== 0) {
      answerError(request, response, refusal, [], true);
      return;
    }
    identify(request, server);
    const read = readTarget(request.method, request.target, server, secure);
    const target = refused(read) ? NOWHERE : read;
    if (target.path === '*' && request.method === 'OPTIONS') {
      tellMethods(request, response, close);
      return;
    }
    const settings = settingsFor(server, target.path);
    const env = server.env.length === 0 ? none : earlyEnvironment(server, about(request, target));
    const values = new Values(env, request.peer);
    const outer = new Asked(
      config,
      request,
      response,
      server,
      settings,
      target,
      values,
      close,
      sight,
    );
    if (sight !== null) sight.asked = outer;
    const misdirected = sniRefusal(config, request.peer, index, authority !== null);
    if (misdirected !== 0) refuse(outer, misdirected);
    else if (request.method === 'TRACE') refuse(outer, 405, ALLOWED);
    else if (refused(read)) refuse(outer, read.status);
    else {
      const { rawHeaders } = request; // behind `identify`
      const mapped = mapRequest(config, server, settings, target, values.env, rawHeaders);
      // As in httpd, ProxyPass comes before SetHandler: a page that it covers needs `ProxyPass … !`.
      if (mapped === null) {
        if (this.#door.admits(outer, settings)) this.#serve(outer);
        return;
      }
      const all = hasProxySections(server) ? settingsFor(server, target.path, mapped) : settings;
      if (this.#door.admits(outer, all)) this.#proxy(outer, all, mapped);
    }
  }

  /** A page of the proxy's own, or none. */
  #serve(asked: Asked): void {
    const { settings } = asked;
    addVariables(asked, settings);
    if (showsCounters.has(settings.handler)) this.#manager.handle(asked);
    else if (settings.handler === 'heartbeat') takeBeat(asked, this.#heartbeats);
    else if (!this.#pages?.handle(asked, settings.handler)) refuse(asked, 404);
  }

  /** `settings`: those that hold for what the request is mapped to. */
  #proxy(outer: Asked, settings: Settings, mapped: Mapped): void {
    const { request, response, server, close } = outer;
    addVariables(outer, settings);
    const hops = maxForwards(request.method, request.rawHeaders, server);
    if (refused(hops)) {
      refuse(outer, hops.status);
      return;
    }
    if (hops.local) {
      tellMethods(request, response, close); // the proxy is whom the client asks
      return;
    }
    const group = this.#groupOf(mapped);
    if (group === null) {
      refuse(outer, 500);
      return;
    }
    const passage = new Passage(outer, settings, mapped, hops.value, group);
    const { sticky } = group;
    const route = sticky === null ? null : routeOf(sticky, mapped, request.cookies);
    new LiveExchange(passage, route).start();
  }

  #groupOf({ target }: Mapped): Group | null {
    if (target.kind === 'balancer') return this.groups.balancers[target.balancer] ?? null;
    return target.kind === 'worker' ? (this.groups.workers[target.worker] ?? null) : null;
  }
}

function routeOf(sticky: StickySession, mapped: Mapped, cookies: string | null): RequestRoute {
  return requestRoute(sticky, mayHold(mapped, sticky.path) ? mappedUrl(mapped) : '', cookies);
}

/** Who the client is may be said by a header, from whom it is believed. */
function identify(request: ClientRequest, { remoteIp }: ServerConf): void {
  if (remoteIp === undefined || request.peer.toldBy !== undefined) return;
  const client = toldClient(remoteIp, request.remoteAddress, request.rawHeaders);
  if (client === null) return;
  request.remoteAddress = client.address;
  request.remotePort = 0;
  request.rawHeaders = client.rawHeaders;
}

function closesAfter({ ordinal }: ClientRequest, server: ServerConf): boolean {
  if (!server.keepAlive) return true;
  return server.maxKeepAliveRequests > 0 && ordinal > server.maxKeepAliveRequests;
}

/** TRACE shows a client what others may have put into its request; no proxy of ours answers it. */
const ALLOWED = ['Allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH'];

/** What OPTIONS asks for. */
function tellMethods(request: ClientRequest, response: ClientResponse, close: boolean): void {
  answerWith(request, response, 200, 'text/plain', '', ALLOWED, close);
}

/** Variables that the settings set which turn out to hold, those of the server among them. */
function addVariables({ request, server, target, values }: Asked, { env }: Settings): void {
  if (env.length > 0) {
    values.env = environment(env, about(request, target), server.env.length);
  }
}

function about(request: ClientRequest, { path, rawPath }: RequestTarget): EnvRequest {
  const { method, version, rawHeaders, remoteAddress, localAddress } = request;
  return { method, version, path, rawPath, rawHeaders, remoteAddress, localAddress };
}

/** Absolute targets are http's or https's, without a user; `*` is for OPTIONS alone. Others httpd refuses, too. */
function isForUs({ method, target }: ClientRequest): boolean {
  if (target.startsWith('/') || method === 'CONNECT') return true;
  return target === '*' ? method === 'OPTIONS' : /^https?:\/\/[^/?#@]*(?:[/?#]|$)/i.test(target);
}

function beyondLimits(request: ClientRequest, { limits }: ServerConf): number {
  const { method, target, rawHeaders } = request;
  const line = method.length + target.length + ' '.length * 2 + 'HTTP/1.1'.length;
  if (limits.line > 0 && line > limits.line) return 414;
  if (limits.fields > 0 && rawHeaders.length / 2 > limits.fields) return 431;
  if (limits.fieldSize <= 0) return 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length + rawHeaders[i + 1]!.length + 2 > limits.fieldSize) return 431;
  }
  return 0;
}
