/**
 * What a configuration says to a proxy, whether it was read from an `httpd.conf` or from YAML: after includes,
 * variables, defaults, inheritance and units. Plain data without functions; the proxy trusts it and checks
 * nothing again. Names are httpd's. Times are integer nanoseconds, sizes bytes.
 */
import type { Problem } from '../problems/errors.ts';
import type { Expression } from './expressions/expression.ts';
import type { ProxyProtocolVersion } from './proxy-protocol.ts';
import type { BalancerSpec, MemberSpec } from './spec.ts';
import type { ServerTls, SniPolicy, WorkerTls } from './tls.ts';

/** Where something is written; `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The text of the line. */
  readonly source?: string;
}

/** A URL of a member or worker, taken apart. */
export interface MemberUrl {
  /** Lower case: http, https, ws, wss; tcp where connections are handed on. */
  readonly scheme: string;
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** From the first slash after the authority; empty without one. Kept as written. */
  readonly path: string;
  /** `unix:/path|http://host`: the socket to connect to instead of host and port. */
  readonly socket: string | null;
}

/** A BalancerMember, or a worker that stands alone (spec: httpd 9.3). `name` is the normalised URL. */
export interface MemberConf extends MemberSpec {
  readonly url: MemberUrl;
  readonly place: Place;
  /** Where each parameter's value is written, by its key in lower case; absent keys have their defaults. */
  readonly written: Readonly<Record<string, Place>>;
  /** null: the server's `ProxyTimeout`, else its `Timeout`, applies. (`timeoutNs` has the main server's.) */
  readonly timeoutSeconds: number | null;
  /** null: as the timeout for reading and writing. */
  readonly connectiontimeoutNs: number | null;
  readonly pingNs: number | null;
  readonly min: number;
  /** null: as `max`. */
  readonly smax: number | null;
  readonly ttlSeconds: number | null;
  /** TCP keep-alive on backend connections. */
  readonly keepalive: boolean;
  /** Seconds an address stays cached; -1: for ever; 0: looked up each time. */
  readonly addressttlSeconds: number;
  /** Longest response header line. */
  readonly responsefieldsize: number;
  /** Empty: none. `ANY`, or a protocol name. */
  readonly upgrade: string;
  readonly health: HealthCheckConf | null;
  /** Its connections begin with a header of the PROXY protocol, and are not kept. Absent: with a request. */
  readonly proxyProtocol?: ProxyProtocolVersion;
  /** How https and wss are spoken; absent for other schemes. */
  readonly tls?: WorkerTls;
}

/** The forms ending in 11 say HTTP/1.1, others HTTP/1.0. */
export type HealthMethod =
  | 'NONE'
  | 'TCP'
  | 'OPTIONS'
  | 'HEAD'
  | 'GET'
  | 'OPTIONS11'
  | 'HEAD11'
  | 'GET11';

/** Health checks of a member, templates already applied (spec: httpd 6.1). Times in nanoseconds. */
export interface HealthCheckConf {
  readonly method: HealthMethod;
  readonly intervalNs: number;
  readonly passes: number;
  readonly fails: number;
  /** Only passes, and failures, in a row count. */
  readonly consecutive: boolean;
  readonly uri: string;
  /** The name of the expression; empty: none. */
  readonly expr: string;
  /** What `expr` means; null: the status decides. */
  readonly condition: Expression | null;
}

/** A balancer. Servers that inherit it point at the same one, as httpd's share its members. */
export interface BalancerConf extends BalancerSpec<MemberConf> {
  /** In lower case, without `balancer://`. */
  readonly name: string;
  readonly place: Place;
  readonly written: Readonly<Record<string, Place>>;
  readonly growth: number;
  /** null: random at start. `None` cannot be edited at run time. */
  readonly nonce: string | null;
  /** `BalancerPersist`: a reload keeps its members' state and a manager's changes. Absent: it does not. */
  readonly persist?: boolean;
}

/** What a mapping leads to: indexes into `balancers` or `workers` of the configuration. */
export type Target =
  | {
      readonly kind: 'balancer';
      readonly balancer: number;
      /** What follows the balancer's name in the URL; perhaps empty. */
      readonly path: string;
    }
  | { readonly kind: 'worker'; readonly worker: number; readonly path: string }
  /** `balancer://` with a name that nothing defines: answered 500. */
  | { readonly kind: 'undefined'; readonly name: string }
  /** `!`: not proxied. */
  | { readonly kind: 'none' };

/** Names and values that a request has to have, all of them; values to the letter. */
export interface Conditions {
  /** Names count in any case. */
  readonly headers: readonly NamedValue[];
  readonly cookies: readonly NamedValue[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** ProxyPass or ProxyPassMatch; in YAML, a route. */
export interface Mapping {
  readonly place: Place;
  /** What has to hold beside the path. Absent: nothing, which is all that httpd has. */
  readonly conditions?: Conditions;
  /** A path prefix, or a regular expression (PCRE as JavaScript's, without flags). */
  readonly path: string;
  readonly regex: boolean;
  readonly target: Target;
  /**
   * The URL as it is written, without `target.path` and what is substituted: `<Proxy>` sections are compared with it.
   * Empty where there can be none.
   */
  readonly origin: string;
  /** ProxyPassMatch: the URL with `$1` and the like, after `scheme://authority`; null without any `$n`. */
  readonly substitution: string | null;
  /** The path is forwarded as the client sent it, not decoded and encoded again. */
  readonly nocanon: boolean;
  readonly noquery: boolean;
}

export interface Reverse {
  readonly place: Place;
  /** Public path, or domain, or cookie path. */
  readonly fake: string;
  /** What backends say: a URL, `balancer://…`, a path, a domain. */
  readonly real: string;
}

/** A `Header` or `RequestHeader` line. */
export interface HeaderEdit {
  readonly place: Place;
  readonly action:
    | 'set'
    | 'setifempty'
    | 'add'
    | 'append'
    | 'merge'
    | 'unset'
    | 'edit'
    | 'edit*'
    | 'echo'
    | 'note';
  readonly name: string;
  /** With format specifiers such as `%{BALANCER_WORKER_ROUTE}e`; empty for `unset`. */
  readonly value: string;
  /** `edit`: what replaces the match of `value`. */
  readonly replacement: string | null;
  /** `env=NAME` (`negated`: `env=!NAME`); null: always. */
  readonly env: { readonly name: string; readonly negated: boolean } | null;
  /** `Header always`: on answers of the proxy itself, too. */
  readonly always: boolean;
}

/** A `Require` line, or a section of them. */
export type Require =
  | { readonly kind: 'all'; readonly granted: boolean; readonly negated: boolean }
  | { readonly kind: 'ip'; readonly networks: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'local'; readonly negated: boolean }
  | { readonly kind: 'host'; readonly names: readonly string[]; readonly negated: boolean }
  /** `user`; null: `valid-user`. */
  | { readonly kind: 'user'; readonly names: readonly string[] | null; readonly negated: boolean }
  /** RequireAll and RequireAny; RequireNone is a negated `any`. */
  | {
      readonly kind: 'every' | 'any';
      readonly of: readonly Require[];
      readonly negated: boolean;
    };

/** AuthType, AuthName and AuthUserFile: how users prove who they are. What is null the outer section says. */
export interface AuthConf {
  readonly type: 'basic' | 'none' | null;
  readonly realm: string | null;
  readonly userFile: { readonly path: string; readonly place: Place } | null;
}

/** SetEnv, UnsetEnv, SetEnvIf, SetEnvIfNoCase, BrowserMatch. */
export interface EnvEdit {
  readonly place: Place;
  readonly name: string;
  /** null: unset. */
  readonly value: string | null;
  /** null: always. `attribute` is a request header or Remote_Addr, Request_URI, Request_Method, Server_Addr. */
  readonly when: {
    readonly attribute: string;
    readonly regex: string;
    readonly ignoreCase: boolean;
  } | null;
}

/** What may be said for a server or for some paths of it; null and empty: not said here, the outer one applies. */
export interface DirConf {
  readonly preserveHost: boolean | null;
  readonly addHeaders: boolean | null;
  readonly errorOverride: { readonly on: boolean; readonly codes: readonly number[] } | null;
  readonly proxy100Continue: boolean | null;
  readonly reverse: readonly Reverse[];
  readonly reverseCookieDomain: readonly Reverse[];
  readonly reverseCookiePath: readonly Reverse[];
  readonly headers: readonly HeaderEdit[];
  readonly requestHeaders: readonly HeaderEdit[];
  readonly env: readonly EnvEdit[];
  /** null: not said. All of one section hold together as httpd's `RequireAny`. */
  readonly require: readonly Require[] | null;
  /** `SSLRequireSSL`: in the clear it is answered 403. Absent: not said. */
  readonly requireSsl?: true;
  readonly auth: AuthConf | null;
  /** `SetHandler`, lower case; null: not said. */
  readonly handler: string | null;
  readonly requestBodyLimit: number | null;
}

/** `<Location>`, `<LocationMatch>`, or a `<Proxy>` section's settings for what it proxies to. */
export interface SectionConf extends DirConf {
  readonly place: Place;
  readonly kind: 'location' | 'proxy';
  readonly path: string;
  readonly regex: boolean;
  /** Its own ProxyPass or ProxyPassMatch; the section's path stands in `path`. */
  readonly mapping: Mapping | null;
}

/** The main server, or a `<VirtualHost>`; what a virtual host does not say it has from the main server. */
export interface ServerConf extends DirConf {
  readonly place: Place;
  /** Addresses of `<VirtualHost>`; empty for the main server. `*` and port 0 (`*`) match all. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** null: not said. */
  readonly serverName: {
    readonly scheme: string | null;
    readonly host: string;
    readonly port: number | null;
  } | null;
  /** May hold `*` and `?`. */
  readonly aliases: readonly string[];
  readonly timeoutNs: number;
  /** null: `Timeout`. */
  readonly proxyTimeoutNs: number | null;
  readonly keepAlive: boolean;
  readonly keepAliveTimeoutNs: number;
  /** 0: unlimited. */
  readonly maxKeepAliveRequests: number;
  readonly limits: { readonly line: number; readonly fieldSize: number; readonly fields: number };
  readonly proxyVia: 'off' | 'on' | 'full' | 'block';
  /** -1: none is inserted. */
  readonly proxyMaxForwards: number;
  readonly useCanonicalName: boolean;
  readonly allowEncodedSlashes: 'off' | 'on' | 'nodecode';
  readonly mergeSlashes: boolean;
  /** `TraceEnable`; absent: On. Off: TRACE is answered 405. */
  readonly traceEnable?: boolean;
  /** Absent: HTTP in the clear. */
  readonly tls?: ServerTls;
  /** Absent: connections begin with a request. */
  readonly proxyProtocol?: ProxyProtocolConf;
  /** Absent: the client is who connects. */
  readonly remoteIp?: RemoteIpConf;
  /**
   * ProxyPass and ProxyPassMatch outside Location, in the order in which they are tried: the main server's, then
   * own ones. httpd inherits them whatever BalancerInherit and ProxyPassInherit say.
   */
  readonly mappings: readonly Mapping[];
  /** In order of the file: inherited ones first. */
  readonly sections: readonly SectionConf[];
  /** The balancers that it sees, own and inherited: indexes into those of the configuration. */
  readonly balancers: readonly number[];
  /** What `ProxyHCExpr` defines in it, by name as the manager looks it up. */
  readonly healthExpressions: readonly HealthExpression[];
  /** Absent: none. */
  readonly accessLogs?: readonly AccessLogConf[];
}

/** A `ProxyHCExpr`. */
export interface HealthExpression {
  readonly name: string;
  /** As written. */
  readonly text: string;
  readonly expression: Expression;
}

/** CustomLog, GlobalLog or TransferLog. */
export interface AccessLogConf {
  readonly place: Place;
  /** An absolute path. */
  readonly file: string;
  /** In httpd's log-format language; null: JSON. */
  readonly format: string | null;
  /** `env=NAME` (`negated`: `env=!NAME`); null: every request is logged. */
  readonly env: { readonly name: string; readonly negated: boolean } | null;
}

/** From the gravest on. */
export type LogLevel = 'emerg' | 'alert' | 'crit' | 'error' | 'warn' | 'notice' | 'info' | 'debug';

/** ErrorLog and LogLevel of the main server. */
export interface ErrorLogConf {
  /** null: standard error. */
  readonly file: { readonly path: string; readonly place: Place } | null;
  readonly level: LogLevel;
  /** Other levels by module, such as `proxy`. */
  readonly levels: Readonly<Record<string, LogLevel>>;
}

/** Connections begin with a header of the PROXY protocol, from whom it is believed. */
export interface ProxyProtocolConf {
  /** Addresses and networks, as in `Require ip`. All others are cut off. */
  readonly from: readonly string[];
  /** Those who come without a header. */
  readonly exceptions: readonly string[];
}

/** `RemoteIPHeader`: a field of a request that says who the client is, from whom it is believed. */
export interface RemoteIpConf {
  readonly header: string;
  /** Takes the trusted proxies outside that the request came through; null: none does. */
  readonly proxiesHeader: string | null;
  /** The first that holds an address decides. Empty: everybody is trusted. */
  readonly proxies: readonly TrustedProxies[];
}

export interface TrustedProxies {
  /** `internal` ones may tell of private addresses. */
  readonly trust: 'internal' | 'trusted';
  /** Addresses and networks, as in `Require ip`. */
  readonly networks: readonly string[];
}

/** Connections that go to a balancer as they are. */
export interface TcpConf {
  /** The balancer's name. */
  readonly balancer: string;
  /** Absent: connections begin with what is for the balancer. */
  readonly proxyProtocol?: ProxyProtocolConf;
}

export interface ListenConf {
  readonly place: Place;
  /** null: every address. */
  readonly host: string | null;
  readonly port: number;
  /** Absent: what comes is HTTP. */
  readonly tcp?: TcpConf;
  /** For operators and their programs, instead of what the servers serve. */
  readonly admin?: AdminConf;
}

/** An admin listener. */
export interface AdminConf {
  /** Who may ask for its pages; null: everybody for numbers, this machine for what shows or changes balancers. */
  readonly require: readonly Require[] | null;
  /** Absent: no users are asked for. */
  readonly auth?: AuthConf | null;
}

/** A directive that is known not to concern balancing, and where it stood. */
export interface Ignored {
  readonly directive: string;
  readonly places: readonly Place[];
}

/** `HeartbeatListen`, `HeartbeatMaxServers`, `HeartbeatStorage` (spec: httpd 7). */
export interface HeartbeatConf {
  /** null: nobody is heard; the storage file is read. */
  readonly listen: { readonly host: string; readonly port: number; readonly place: Place } | null;
  /** Servers kept in memory; 0: the storage file is used. */
  readonly maxServers: number;
  /** An absolute path. */
  readonly storage: string;
}

export interface ProxyConfig {
  /** An absolute path: where balancers with `persist` survive a stop and a start. Absent: there are none. */
  readonly stateFile?: string;
  /** As given on the command line. */
  readonly file: string;
  readonly listen: readonly ListenConf[];
  /** `[0]` is the main server. */
  readonly servers: readonly [ServerConf, ...ServerConf[]];
  readonly balancers: readonly BalancerConf[];
  /** `ProxyHCTPsize`: health checks at the same time; 0: one. Absent: 16. */
  readonly healthChecksAtOnce?: number;
  /** Absent: no balancer needs heartbeats. */
  readonly heartbeat?: HeartbeatConf;
  /** Absent: standard error, level warn. */
  readonly errorLog?: ErrorLogConf;
  /** `GracefulShutdownTimeout`: how long requests under way may take at the end; 0: for ever. Absent: 30 s. */
  readonly gracefulShutdownNs?: number;
  /** `QS_SrvMaxConnPerIP`: connections that one client's address may have at a time. Absent or 0: any number. */
  readonly connectionsPerClient?: number;
  /** Absent: `secure`. */
  readonly sniPolicy?: SniPolicy;
  /** Where its certificates, keys and lists of networks were read from: files, and folders of authorities. Absent: there are none. */
  readonly pemFiles?: readonly string[];
  /** Workers that stand alone. They always ignore errors (flag I). */
  readonly workers: readonly MemberConf[];
  readonly ignored: readonly Ignored[];
  /** What httpd warns about, or silently does otherwise than written; and what waits for a later version. */
  readonly warnings: readonly Problem[];
}
