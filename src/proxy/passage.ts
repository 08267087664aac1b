/** What the configuration has to say of one request that is proxied, as the gateway found it. */
import type { MemberConf, ProxyConfig, ServerConf } from '../config/config.ts';
import { type Balancer, keyOf } from '../core/index.ts';
import { version } from '../version.ts';
import { nowNs } from './clock.ts';
import type { ClientRequest, ClientResponse, Peer } from './front.ts';
import type { Group } from './group.ts';
import type { Sight } from './observe/sight.ts';
import type { Mapped } from './rules/mapping.ts';
import type { Settings } from './rules/settings.ts';
import type { RequestTarget } from './rules/target.ts';
import type { ValueContext } from './rules/value-format.ts';

/** A request whose target made sense. */
export class Asked {
  readonly config: ProxyConfig;
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly server: ServerConf;
  readonly settings: Settings;
  readonly target: RequestTarget;
  readonly values: Values;
  /** The client's connection ends behind the answer. */
  readonly close: boolean;
  /** null: nobody looks. */
  readonly sight: Sight | null;
  /** Who the client says it is, where that matters, as bytes; refused unless it has proved it. */
  user: string | null = null;

  constructor(
    config: ProxyConfig,
    request: ClientRequest,
    response: ClientResponse,
    server: ServerConf,
    settings: Settings,
    target: RequestTarget,
    values: Values,
    close: boolean,
    sight: Sight | null,
  ) {
    this.config = config;
    this.request = request;
    this.response = response;
    this.server = server;
    this.settings = settings;
    this.target = target;
    this.values = values;
    this.close = close;
    this.sight = sight;
  }
}

/** One that is mapped to a balancer or worker. */
export class Passage extends Asked {
  readonly mapped: Mapped;
  /** Max-Forwards for the worker; null: none. */
  readonly maxForwards: string | null;
  readonly group: Group;

  /** `settings`: those that hold once it is known what the request is proxied to. */
  constructor(
    asked: Asked,
    settings: Settings,
    mapped: Mapped,
    maxForwards: string | null,
    group: Group,
  ) {
    const { config, request, response, server, target, values, close, sight } = asked;
    super(config, request, response, server, settings, target, values, close, sight);
    this.mapped = mapped;
    this.maxForwards = maxForwards;
    this.group = group;
  }
}

/** What the lbmethod maps to a worker, if it asks for a key. */
export function keyFor(
  { keyKind }: Balancer,
  { remoteAddress }: Pick<Peer, 'remoteAddress'>,
  rawPath: string,
): number {
  if (keyKind === null) return 0;
  return keyOf(keyKind === 'source' ? remoteAddress : rawPath);
}

/** What ProxyVia Full says. */
export const PRODUCT = `Fairlead/${version}`;

/** What format specifiers of `Header` and `RequestHeader` lines tell about. */
export class Values implements ValueContext {
  env: ReadonlyMap<string, string>;
  readonly tls: (name: string) => string | null;
  readonly #startNs = nowNs();

  constructor(env: ReadonlyMap<string, string>, { tls }: Peer) {
    this.env = env;
    this.tls = tls === null ? plainVariable : tls.variable;
  }

  get receivedUs(): number {
    return performance.timeOrigin * 1000 + this.#startNs / 1000;
  }

  /** Made when asked for, which few requests do. */
  get elapsedUs(): () => number {
    return () => (nowNs() - this.#startNs) / 1000;
  }
}

/** Of a connection in the clear. */
function plainVariable(name: string): string | null {
  return name === 'HTTPS' ? 'off' : null;
}

/** The host that the client asked for. */
export function authorityOf({ target, request }: Pick<Asked, 'target' | 'request'>): string | null {
  return target.authority ?? request.host;
}

/** Between reads and writes: the member's own, else the server's (spec: httpd 5.5). */
export function timeoutNsOf(member: MemberConf, server: ServerConf): number {
  if (member.timeoutSeconds !== null) return member.timeoutSeconds * 1e9;
  return server.proxyTimeoutNs ?? server.timeoutNs;
}
