/** A configuration while it is read: what is known so far, and everything that is wrong with it. */
import type { ErrorCode, Problem } from '../../problems/errors.ts';
import { suggestion } from '../../problems/suggest.ts';
import type {
  HealthExpression,
  HeartbeatConf,
  ListenConf,
  LogLevel,
  Place,
  Require,
} from '../config.ts';
import type { Known, Verdict } from '../parameters.ts';
import type { SniPolicy } from '../tls.ts';
import type { DirDraft, SectionDraft, ServerDraft, WorkerDraft } from './drafts.ts';
import { newServer } from './drafts.ts';
import type { OldAccess } from './old-access.ts';
import {
  newServerTls,
  newWorkerTls,
  type ServerTlsDraft,
  type WorkerTlsDraft,
} from './tls-drafts.ts';

/** Where a directive stands. */
export type Where = 'server' | 'location' | 'proxy' | 'directory' | 'files';

/** What surrounds a directive. */
export interface Scope {
  readonly where: Where;
  readonly server: ServerDraft;
  /** Takes what may be said for paths: the server itself, or the section. In a Directory: nothing reads it. */
  readonly dir: DirDraft;
  readonly section: SectionDraft | null;
  /** As written: `Proxy`, `Location`, … Empty for the server. */
  readonly sectionName: string;
  /** The section's first word: a balancer, a URL, a path. */
  readonly argument: string;
  readonly inVirtualHost: boolean;
  /** RequireAll, RequireAny or RequireNone. */
  readonly require?: { readonly kind: 'every' | 'any'; readonly of: Require[] };
}

export interface HealthNames {
  readonly templates: Map<string, NonNullable<WorkerDraft['health']>>;
  readonly expressions: Map<string, HealthExpression>;
}

/** Heartbeats as written, and the folders that a relative storage file is in. */
interface HeartbeatDraft {
  listen: HeartbeatConf['listen'];
  maxServers: number;
  storage: string | null;
  serverRoot: string | null;
  runtimeDir: string | null;
}

export class Reading {
  readonly file: string;
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly servers: [ServerDraft, ...ServerDraft[]];
  readonly listen: ListenConf[] = [];
  readonly ignored = new Map<string, Place[]>();
  /** Names of LoadModule; empty: the file loads none, and every module counts as there. */
  readonly modules = new Set<string>();
  /** Whose lines are being read. */
  server: ServerDraft;
  /** What servers have named for their own members' health checks; virtual hosts do not see the main server's. */
  readonly #healthNames = new Map<ServerDraft, HealthNames>();
  healthChecksAtOnce: number | null = null;
  gracefulShutdownSeconds: number | null = null;
  connectionsPerClient: number | null = null;
  readonly pemFiles = new Set<string>();
  readonly heartbeat: HeartbeatDraft = {
    listen: null,
    maxServers: 10,
    storage: null,
    serverRoot: null,
    runtimeDir: null,
  };
  errorLog: { readonly place: Place; readonly file: string } | null = null;
  /** LogLevel by module; `''`: for all others. */
  readonly levels = new Map<string, LogLevel>();
  /** Order, Allow and Deny by where they hold. */
  readonly oldAccess = new Map<DirDraft, OldAccess>();
  readonly #serverTls = new Map<ServerDraft, ServerTlsDraft>();
  /** SSLProxy* lines by where they hold. */
  readonly #workerTls = new Map<DirDraft, WorkerTlsDraft>();
  sniPolicy: SniPolicy | null = null;
  /** The first Require line that can apply to what is proxied. */
  requires: Place | null = null;
  /** Warnings given once however often their cause is written. */
  readonly #once = new Set<string>();

  constructor(file: string) {
    this.file = file;
    this.servers = [newServer({ file, line: 1, column: 1 }, [])];
    this.server = this.servers[0];
  }

  /** Names in lower case. */
  healthNames(server: ServerDraft = this.server): HealthNames {
    return made(this.#healthNames, server, () => ({
      templates: new Map(),
      expressions: new Map(),
    }));
  }

  serverTls(server: ServerDraft): ServerTlsDraft {
    return made(this.#serverTls, server, newServerTls);
  }

  workerTls(dir: DirDraft): WorkerTlsDraft {
    return made(this.#workerTls, dir, newWorkerTls);
  }

  error(place: Place, path: string, message: string, code: ErrorCode = 'VALUE'): void {
    this.problems.push(problemAt(place, path, message, code, 'error'));
  }

  warn(place: Place, path: string, message: string, code: ErrorCode = 'VALUE'): void {
    this.warnings.push(problemAt(place, path, message, code, 'warning'));
  }

  warnOnce(topic: string, place: Place, path: string, message: string): void {
    if (this.#once.has(topic)) return;
    this.#once.add(topic);
    this.warn(place, path, message, 'NOT_SUPPORTED');
  }

  ignore(directive: string, place: Place): void {
    const places = this.ignored.get(directive);
    if (places) places.push(place);
    else this.ignored.set(directive, [place]);
  }

  /** Reports what came of one parameter; true when it was accepted. */
  verdict(verdict: Verdict, directive: string, key: string, value: string, place: Place): boolean {
    if (verdict === null) return true;
    const path = `${directive} ${key}`;
    if ('refused' in verdict) {
      this.error(
        place,
        path,
        `${directive}: ${key}=${value} ${verdict.refused}`,
        codeOf(verdict.refused),
      );
      return false;
    }
    this.warn(place, path, `${directive}: ${key}=${value} is read as ${verdict.readAs}.`);
    return true;
  }

  readonly known: Known = {
    lbmethod: (name) => lbmethodRefusal(name, this.modules),
    healthTemplate: (name) => this.healthNames().templates.get(name.toLowerCase()),
    healthExpression: (name) => this.healthNames().expressions.has(name.toLowerCase()),
  };
}

function made<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}

function codeOf(refused: string): ErrorCode {
  if (refused.startsWith('is no parameter') || refused.startsWith('is a parameter'))
    return 'UNKNOWN_KEY';
  return refused.startsWith('names no') ? 'REFERENCE' : 'VALUE';
}

/** httpd's own methods, and the module that brings each. */
const methods: Readonly<Record<string, string>> = {
  byrequests: 'lbmethod_byrequests_module',
  bytraffic: 'lbmethod_bytraffic_module',
  bybusyness: 'lbmethod_bybusyness_module',
  heartbeat: 'lbmethod_heartbeat_module',
};

function lbmethodRefusal(name: string, modules: ReadonlySet<string>): string | null {
  const module = Object.hasOwn(methods, name) ? methods[name]! : undefined;
  if (module === undefined) return `names no lbmethod; ${suggestion(name, Object.keys(methods))}`;
  if (modules.size === 0 || modules.has(module)) return null;
  return `names an lbmethod whose module is not loaded; add LoadModule ${module}.`;
}

function problemAt(
  place: Place,
  path: string,
  message: string,
  code: ErrorCode,
  severity: Problem['severity'],
): Problem {
  const { file, line, column, source } = place;
  return {
    file,
    line,
    column,
    path,
    message,
    code,
    severity,
    ...(source !== undefined && { source }),
  };
}
