/** What the directives write into while a configuration is read: its parts, not yet complete and not yet linked. */

import type {
  BalancerConf,
  DirConf,
  MemberConf,
  Place,
  SectionConf,
  ServerConf,
  TrustedProxies,
} from '../config.ts';
import { nothingSaid } from '../defaults.ts';
import type { memberUrl } from '../members.ts';
import type { ClientProtocol } from '../tls.ts';
import type { LogsDraft } from './logs.ts';

/** `T` to be written: lists can be added to. */
export type Draft<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K];
};

export type DirDraft = Draft<DirConf>;

/** ProxyPass or ProxyPassMatch before it is known which balancers and workers its server sees. */
export interface MappingDraft {
  readonly place: Place;
  readonly path: string;
  readonly regex: boolean;
  readonly nocanon: boolean;
  readonly noquery: boolean;
  readonly origin: string;
  readonly substitution: string | null;
  readonly target:
    | { readonly kind: 'balancer'; readonly name: string; readonly path: string }
    | { readonly kind: 'worker'; readonly worker: WorkerDraft; readonly path: string }
    | { readonly kind: 'none' };
}

export interface SectionDraft extends Omit<Draft<SectionConf>, 'mapping'> {
  mapping: MappingDraft | null;
}

/** Anything that is null in a virtual host comes from the main server. */
export interface ServerDraft extends DirDraft {
  readonly place: Place;
  readonly addresses: ServerConf['addresses'];
  serverName: ServerConf['serverName'];
  readonly aliases: string[];
  timeoutNs: number | null;
  proxyTimeoutSeconds: number | null;
  keepAlive: boolean | null;
  keepAliveTimeoutNs: number | null;
  maxKeepAliveRequests: number | null;
  limits: { line: number | null; fieldSize: number | null; fields: number | null };
  proxyVia: ServerConf['proxyVia'] | null;
  proxyMaxForwards: number | null;
  useCanonicalName: boolean | null;
  allowEncodedSlashes: ServerConf['allowEncodedSlashes'] | null;
  mergeSlashes: boolean | null;
  balancerInherit: boolean | null;
  balancerPersist: boolean | null;
  proxyPassInherit: boolean | null;
  traceEnable: boolean | null;
  protocols: readonly ClientProtocol[] | null;
  proxyProtocol: { readonly on: boolean; readonly place: Place } | null;
  readonly proxyExceptions: string[];
  remoteIpHeader: { readonly name: string; readonly place: Place } | null;
  remoteIpProxiesHeader: string | null;
  readonly trustedProxies: TrustedProxies[];
  readonly mappings: MappingDraft[];
  readonly sections: SectionDraft[];
  readonly balancers: BalancerDraft[];
  readonly workers: WorkerDraft[];
  readonly logs: LogsDraft;
}

export interface WorkerDraft extends Draft<MemberConf> {
  readonly written: Record<string, Place>;
  /** Health-check parameters as they were applied, in order of the keys. */
  health:
    | {
        -readonly [K in keyof NonNullable<MemberConf['health']>]: NonNullable<
          MemberConf['health']
        >[K];
      }
    | null;
}

export interface BalancerDraft extends Omit<Draft<BalancerConf>, 'workers' | 'sticky'> {
  readonly written: Record<string, Place>;
  readonly workers: WorkerDraft[];
  stickyCookie: string;
  stickyPath: string;
  separator: string;
  scolonpathdelim: boolean;
}

/** A copy of its own, to be written to. */
export function newDir(): DirDraft {
  return structuredClone(nothingSaid) as DirDraft;
}

export function newServer(place: Place, addresses: ServerConf['addresses']): ServerDraft {
  return {
    ...newDir(),
    place,
    addresses,
    serverName: null,
    aliases: [],
    timeoutNs: null,
    proxyTimeoutSeconds: null,
    keepAlive: null,
    keepAliveTimeoutNs: null,
    maxKeepAliveRequests: null,
    limits: { line: null, fieldSize: null, fields: null },
    proxyVia: null,
    proxyMaxForwards: null,
    useCanonicalName: null,
    allowEncodedSlashes: null,
    mergeSlashes: null,
    balancerInherit: null,
    balancerPersist: null,
    proxyPassInherit: null,
    traceEnable: null,
    protocols: null,
    proxyProtocol: null,
    proxyExceptions: [],
    remoteIpHeader: null,
    remoteIpProxiesHeader: null,
    trustedProxies: [],
    mappings: [],
    sections: [],
    balancers: [],
    workers: [],
    logs: { files: [], formats: new Map(), standard: null },
  };
}

export function newSection(
  place: Place,
  kind: SectionConf['kind'],
  path: string,
  regex: boolean,
): SectionDraft {
  return { ...newDir(), place, kind, path, regex, mapping: null };
}

export function newBalancer(name: string, place: Place): BalancerDraft {
  return {
    name,
    place,
    written: {},
    workers: [],
    lbmethod: { name: 'byrequests', file: null },
    stickyCookie: '',
    stickyPath: '',
    separator: '.',
    scolonpathdelim: false,
    nofailover: false,
    timeoutSeconds: 0,
    maxattempts: null,
    failonstatus: [],
    failontimeout: false,
    forcerecovery: true,
    growth: 0,
    nonce: null,
  };
}

/** `proxyTimeoutSeconds`: of the server where the worker is written, if it was said before (httpd copies it). */
export function newWorker(
  url: ReturnType<typeof memberUrl>,
  place: Place,
  proxyTimeoutSeconds: number | null,
): WorkerDraft {
  const { name, ...parts } = url;
  return {
    name,
    url: parts,
    host: parts.host,
    place,
    written: {},
    loadfactor: 1,
    lbset: 0,
    route: '',
    redirect: '',
    status: '',
    retrySeconds: 60,
    max: 0,
    acquireNs: null,
    timeoutNs: 0,
    disablereuse: false,
    timeoutSeconds: proxyTimeoutSeconds,
    connectiontimeoutNs: null,
    pingNs: null,
    min: 0,
    smax: null,
    ttlSeconds: null,
    keepalive: false,
    addressttlSeconds: -1,
    responsefieldsize: 8192,
    upgrade: '',
    health: null,
  };
}
