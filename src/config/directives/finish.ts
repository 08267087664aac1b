/**
 * From what was read to a configuration: what a virtual host sees of the main server, which balancer a name
 * means there, and every default.
 */
import { dirname, resolve } from 'node:path';
import type {
  BalancerConf,
  DirConf,
  HealthCheckConf,
  Mapping,
  MemberConf,
  ProxyConfig,
  SectionConf,
  ServerConf,
  Target,
} from '../config.ts';
import { serverDefaults, stateFileIn } from '../defaults.ts';
import type {
  BalancerDraft,
  MappingDraft,
  SectionDraft,
  ServerDraft,
  WorkerDraft,
} from './drafts.ts';
import { accessLogsOf } from './logs.ts';
import { reportOtherLetters } from './other-letters.ts';
import type { Reading } from './reading.ts';
import { proxyProtocolOf, remoteIpOf, withoutReuse } from './remote-ip.ts';
import { serverTls, workerTls } from './tls-finish.ts';

const second = 1_000_000_000;

export function finish(reading: Reading): ProxyConfig {
  const linking = new Linking(reading);
  const [main, ...virtual] = reading.servers;
  const servers: [ServerConf, ...ServerConf[]] = [
    linking.server(main),
    ...virtual.map((server) => linking.server(server)),
  ];
  const balancers = linking.balancers.map((draft) => balancerConf(reading, draft));
  const { runtimeDir } = reading.heartbeat;
  const persists = balancers.some(({ persist }) => persist);
  return {
    file: reading.file,
    listen: reading.listen,
    servers,
    balancers,
    ...(persists && { stateFile: stateFileIn(absolute(reading, runtimeDir ?? ''), reading.file) }),
    ...(reading.healthChecksAtOnce !== null && {
      healthChecksAtOnce: reading.healthChecksAtOnce,
    }),
    ...heartbeatConf(reading),
    ...errorLogConf(reading),
    ...(reading.gracefulShutdownSeconds !== null && {
      gracefulShutdownNs: reading.gracefulShutdownSeconds * second,
    }),
    ...(reading.connectionsPerClient !== null && {
      connectionsPerClient: reading.connectionsPerClient,
    }),
    ...(reading.sniPolicy !== null && { sniPolicy: reading.sniPolicy }),
    workers: linking.workers.map((draft) => memberConf(reading, draft, null)),
    ...(reading.pemFiles.size > 0 && { pemFiles: [...reading.pemFiles] }), // known by now
    ignored: [...reading.ignored].map(([directive, places]) => ({ directive, places })),
    warnings: reading.warnings,
  };
}

/** From ServerRoot, which is the file's folder when it is not said. */
export function absolute({ file, heartbeat }: Reading, path: string): string {
  return resolve(dirname(file), heartbeat.serverRoot ?? '', path);
}

function errorLogConf(reading: Reading): Pick<ProxyConfig, 'errorLog'> {
  const { errorLog, levels } = reading;
  if (errorLog === null && levels.size === 0) return {};
  const { '': level = 'warn', ...others } = Object.fromEntries(levels);
  const file = errorLog && { path: absolute(reading, errorLog.file), place: errorLog.place };
  return { errorLog: { file, level, levels: others } };
}

/** Only where a balancer goes by heartbeats, or somebody may POST one. */
function heartbeatConf(reading: Reading): Pick<ProxyConfig, 'heartbeat'> {
  const { heartbeat, servers } = reading;
  const wanted = servers.some(({ balancers }) =>
    balancers.some(({ lbmethod }) => lbmethod.name.startsWith('heartbeat')),
  );
  if (!wanted && heartbeat.listen === null) return {};
  const { listen, maxServers, storage, runtimeDir } = heartbeat;
  const path = resolve(absolute(reading, runtimeDir ?? ''), storage ?? 'hb.dat');
  return { heartbeat: { listen, maxServers, storage: path } };
}

/** Gives balancers and workers their indexes. */
class Linking {
  readonly #reading: Reading;
  readonly balancers: BalancerDraft[];
  readonly workers: WorkerDraft[];

  constructor(reading: Reading) {
    this.#reading = reading;
    this.balancers = reading.servers.flatMap((server) => added(reading, server));
    this.workers = reading.servers.flatMap(({ workers }) => workers);
  }

  server(draft: ServerDraft): ServerConf {
    const main = this.#reading.servers[0];
    const seen = inherits(main, draft) ? [...main.balancers, ...draft.balancers] : draft.balancers;
    const own = draft.mappings.map((mapping) => this.mapping(mapping, seen));
    const inherited =
      draft === main ? [] : main.mappings.map((mapping) => this.mapping(mapping, seen));
    if (draft !== main) {
      reportShadowed(this.#reading, main, draft);
      this.#reportForgotten(draft);
    }
    reportOtherLetters(this.#reading, draft);
    const outer = draft === main ? [] : main.sections;
    const sections = [...outer, ...draft.sections].map((section) => this.section(section, seen));
    return {
      ...serverConf(draft, main),
      ...accessLogsOf(this.#reading, draft, main, (path) => absolute(this.#reading, path)),
      ...serverTls(this.#reading, draft, main),
      ...proxyProtocolOf(this.#reading, draft, main),
      ...remoteIpOf(this.#reading, draft, main),
      mappings: [...inherited, ...own],
      sections,
      balancers: seen.flatMap((balancer) => {
        const index = this.balancers.indexOf(balancer);
        return index < 0 ? [] : [index];
      }),
      healthExpressions: [...this.#reading.healthNames(draft).expressions.values()],
    };
  }

  /** What the main server says of persistence does not hold for a virtual host's own balancers. */
  #reportForgotten({ balancers, balancerPersist }: ServerDraft): void {
    const { servers } = this.#reading;
    const balancer = balancers.find((own) => this.balancers.includes(own));
    if (!servers[0].balancerPersist || balancerPersist !== null || balancer === undefined) return;
    const message = `balancer://${balancer.name} forgets its state when the configuration is read again: as in httpd, BalancerPersist of the main server holds for the main server's balancers; write it in this virtual host, too.`;
    this.#reading.warn(balancer.place, 'BalancerPersist', message);
  }

  section(draft: SectionDraft, seen: readonly BalancerDraft[]): SectionConf {
    return { ...draft, mapping: draft.mapping && this.mapping(draft.mapping, seen) };
  }

  mapping(draft: MappingDraft, seen: readonly BalancerDraft[]): Mapping {
    return { ...draft, target: this.#target(draft.target, seen) };
  }

  #target(target: MappingDraft['target'], seen: readonly BalancerDraft[]): Target {
    if (target.kind === 'none') return target;
    const { kind, path } = target;
    if (kind === 'worker') return { kind, worker: this.workers.indexOf(target.worker), path };
    const balancer = seen.find(({ name }) => name === target.name);
    if (!balancer) return { kind: 'undefined', name: target.name };
    return { kind, balancer: this.balancers.indexOf(balancer), path };
  }
}

/** A virtual host sees the main server's balancers unless BalancerInherit and ProxyPassInherit are both Off. */
function inherits(main: ServerDraft, server: ServerDraft): boolean {
  if (server === main) return false;
  const balancers = server.balancerInherit ?? main.balancerInherit ?? true;
  return balancers || (server.proxyPassInherit ?? main.proxyPassInherit ?? true);
}

/** The balancers that `server` adds: where it inherits one of the same name, that one's members serve. */
function added(reading: Reading, server: ServerDraft): BalancerDraft[] {
  const [main] = reading.servers;
  if (!inherits(main, server)) return server.balancers;
  return server.balancers.filter((own) => {
    const inherited = main.balancers.find(({ name }) => name === own.name);
    if (inherited) reportLost(reading, own, inherited);
    return !inherited;
  });
}

const apart =
  'write them in the main server, give the balancer another name, or switch BalancerInherit and ProxyPassInherit Off here.';

/**
 * httpd drops a virtual host's members of an inherited balancer, and keeps its parameters for that host alone:
 * here the members' state and the parameters are one thing.
 */
function reportLost(reading: Reading, own: BalancerDraft, inherited: BalancerDraft): void {
  const where = `balancer://${own.name} is inherited from the main server (line ${inherited.place.line})`;
  const [member] = own.workers;
  if (member) {
    const message = `${where}; the members that this virtual host names are not used, as in httpd; ${apart}`;
    reading.warn(member.place, 'BalancerMember', message, 'DUPLICATE');
  }
  for (const [key, place] of Object.entries(own.written)) {
    const message = `${where}; ${key} for one virtual host alone is not supported; ${apart}`;
    reading.error(place, key, message, 'NOT_SUPPORTED');
  }
}

/** An own path that an inherited mapping takes first is never reached. */
function reportShadowed(reading: Reading, main: ServerDraft, server: ServerDraft): void {
  for (const own of server.mappings) {
    const first = main.mappings.find((mapping) => !own.regex && covers(mapping, own.path));
    if (!first) continue;
    const message = `ProxyPass ${own.path} is never reached: ProxyPass ${first.path} of the main server (line ${first.place.line}) is inherited and comes first, as in httpd.`;
    reading.warn(own.place, 'ProxyPass', message);
  }
}

function covers({ path, regex }: MappingDraft, other: string): boolean {
  if (regex || !other.startsWith(path)) return false;
  return path.endsWith('/') || other.length === path.length || other[path.length] === '/';
}

function serverConf(
  draft: ServerDraft,
  main: ServerDraft,
): Omit<ServerConf, 'mappings' | 'sections' | 'balancers' | 'healthExpressions'> {
  const said = <K extends keyof ServerDraft>(key: K): ServerDraft[K] => draft[key] ?? main[key];
  const proxyTimeout = said('proxyTimeoutSeconds');
  const limit = (key: keyof ServerDraft['limits']): number =>
    draft.limits[key] ?? main.limits[key] ?? serverDefaults.limits[key];
  const { place, addresses, serverName, aliases } = draft;
  return {
    ...dirConf(draft, main),
    place,
    addresses,
    serverName,
    aliases,
    timeoutNs: said('timeoutNs') ?? serverDefaults.timeoutNs,
    proxyTimeoutNs: proxyTimeout === null ? null : proxyTimeout * second,
    keepAlive: said('keepAlive') ?? serverDefaults.keepAlive,
    keepAliveTimeoutNs: said('keepAliveTimeoutNs') ?? serverDefaults.keepAliveTimeoutNs,
    maxKeepAliveRequests: said('maxKeepAliveRequests') ?? serverDefaults.maxKeepAliveRequests,
    limits: { line: limit('line'), fieldSize: limit('fieldSize'), fields: limit('fields') },
    proxyVia: said('proxyVia') ?? serverDefaults.proxyVia,
    proxyMaxForwards: said('proxyMaxForwards') ?? serverDefaults.proxyMaxForwards,
    useCanonicalName: said('useCanonicalName') ?? serverDefaults.useCanonicalName,
    allowEncodedSlashes: draft.allowEncodedSlashes ?? serverDefaults.allowEncodedSlashes, // not inherited, as httpd has it
    mergeSlashes: said('mergeSlashes') ?? serverDefaults.mergeSlashes,
    traceEnable: said('traceEnable') ?? true,
  };
}

/** What holds for all paths of a server: the main server's, then its own. */
function dirConf(draft: ServerDraft, main: ServerDraft) {
  const outer = draft === main ? null : main;
  const both = <T>(own: readonly T[], from: readonly T[] | undefined): readonly T[] => [
    ...(from ?? []),
    ...own,
  ];
  return {
    preserveHost: draft.preserveHost ?? outer?.preserveHost ?? null,
    addHeaders: draft.addHeaders ?? outer?.addHeaders ?? null,
    errorOverride: overriding(draft.errorOverride, outer?.errorOverride ?? null),
    proxy100Continue: draft.proxy100Continue ?? outer?.proxy100Continue ?? null,
    reverse: both(draft.reverse, outer?.reverse),
    reverseCookieDomain: both(draft.reverseCookieDomain, outer?.reverseCookieDomain),
    reverseCookiePath: both(draft.reverseCookiePath, outer?.reverseCookiePath),
    headers: both(draft.headers, outer?.headers),
    requestHeaders: both(draft.requestHeaders, outer?.requestHeaders),
    env: both(draft.env, outer?.env),
    require: draft.require ?? outer?.require ?? null,
    auth: draft.auth ?? outer?.auth ?? null,
    handler: draft.handler ?? outer?.handler ?? null,
    requestBodyLimit: draft.requestBodyLimit ?? outer?.requestBodyLimit ?? null,
  };
}

/** On or Off as said last; status codes add up. */
function overriding(own: DirConf['errorOverride'], outer: DirConf['errorOverride']) {
  if (!own || !outer) return own ?? outer;
  return { on: own.on, codes: [...outer.codes, ...own.codes].sort((a, b) => a - b) };
}

function balancerConf(reading: Reading, draft: BalancerDraft): BalancerConf {
  const { stickyCookie, stickyPath, separator, scolonpathdelim, workers, ...same } = draft;
  const sticky = { cookie: stickyCookie, path: stickyPath, separator, scolonpathdelim };
  const server = reading.servers.find(({ balancers }) => balancers.includes(draft));
  return {
    ...same,
    persist: server?.balancerPersist ?? false,
    sticky: stickyCookie === '' ? null : sticky,
    workers: workers.map((worker) => memberConf(reading, worker, draft)),
  };
}

/** `balancer`: null for a worker that stands alone. */
function memberConf(
  reading: Reading,
  draft: WorkerDraft,
  balancer: BalancerDraft | null,
): MemberConf {
  const [main, ...virtual] = reading.servers;
  const alone = balancer === null;
  const home = writtenIn(reading, draft);
  const servers = home === main ? [main, ...virtual.filter((one) => inherits(main, one))] : [home];
  const names = balancer === null ? [draft.name] : [`balancer://${balancer.name}`, draft.name];
  const health = healthOf(reading, draft, alone);
  const timeoutSeconds = draft.timeoutSeconds ?? main.proxyTimeoutSeconds;
  const timeoutNs = timeoutSeconds === null ? null : timeoutSeconds * second;
  return {
    ...draft,
    status:
      alone && !draft.status.includes('I') ? [...draft.status, 'I'].sort().join('') : draft.status,
    timeoutNs: timeoutNs ?? main.timeoutNs ?? serverDefaults.timeoutNs,
    health,
    ...withoutReuse(reading, draft),
    ...workerTls(reading, draft, servers, names),
    ...(health !== null && {
      hcpasses: health.passes,
      hcfails: health.fails,
      hcconsecutive: health.consecutive,
    }),
  };
}

function writtenIn({ servers }: Reading, draft: WorkerDraft): ServerDraft {
  const holds = ({ workers, balancers }: ServerDraft) =>
    workers.includes(draft) || balancers.some((balancer) => balancer.workers.includes(draft));
  return servers.find(holds) ?? servers[0];
}

/** Expressions are looked up by name when a check ends: the last definition of one counts. */
function healthOf(reading: Reading, draft: WorkerDraft, alone: boolean): HealthCheckConf | null {
  const { health, url, name } = draft;
  if (health === null) return null;
  const place = draft.written['hcmethod'] ?? draft.written['hctemplate'] ?? draft.place;
  const { method, uri, expr } = health;
  const { expressions } = reading.healthNames(writtenIn(reading, draft));
  if (method !== 'NONE' && alone) {
    const message = `${name} stands alone: as in httpd, only members of balancers are checked.`;
    reading.warn(place, 'hcmethod', message);
  } else if (/^(GET|HEAD)/.test(method) && url.path === '' && uri === '') {
    const message = `${name} has neither path nor hcuri: as httpd does, the check sends a request line without a target, which most servers answer 400; write hcuri=/.`;
    reading.warn(place, 'hcmethod', message);
  }
  return { ...health, condition: expressions.get(expr.toLowerCase())?.expression ?? null };
}
