/**
 * A YAML file as a proxy's configuration: what an httpd.conf would say of the same balancers (design: one file
 * for both worlds). The simulator reads the same file with `loadScenario`.
 */
import type { ProxyConfig, ServerConf } from '../config/config.ts';
import { stateFileIn } from '../config/defaults.ts';
import type { LoadedConfig } from '../config/httpd.ts';
import { lbmethods } from '../core/lbmethods/index.ts';
import { LabError, type Problem, problemsMax } from '../problems/errors.ts';
import type { Context } from './context.ts';
import { type Path, readDocument } from './document.ts';
import { decodeScenario, readScenarioBytes, referredFiles } from './files.ts';
import { resolveProxyBalancers } from './proxy/balancers.ts';
import { resolveAdmin, resolveListen } from './proxy/listen.ts';
import { resolveLogs } from './proxy/logs.ts';
import { resolveManager } from './proxy/manager.ts';
import { resolveRemoteIp } from './proxy/remote-ip.ts';
import { resolveServers } from './proxy/servers.ts';
import { workerTlsFiles } from './proxy/worker-tls.ts';
import { writtenBalancers } from './resolve-balancer.ts';
import { proxied, type RawProxied } from './schema.ts';
import { type Loose, shapeOf } from './shape.ts';
import { durationNs } from './units.ts';

/**
 * Reads and checks the file at `path`: it needs `listen`, a balancer, and a `url` for each worker.
 * @throws LabError with every problem found; NOT_SUPPORTED for what the proxy cannot serve yet.
 */
export function proxyConfigOf(path: string): LoadedConfig {
  const bytes = readScenarioBytes(path);
  const document = readDocument(decodeScenario(bytes, path), path);
  const shape = shapeOf(document, proxied);
  const problems: Problem[] = [...shape.problems];
  const context: Context = {
    document,
    files: referredFiles(path, [bytes]),
    lbmethods: lbmethods.map(({ name }) => name),
    report: (code, at: Path, message, where) => {
      if (problems.length >= problemsMax || shape.touched(at)) return;
      problems.push(document.problem(code, at, message, where));
    },
    add: (found) => problems.push(...found),
  };
  const balancers = resolveProxyBalancers(shape.raw, context);
  const manager = resolveManager(shape.raw.manager, context);
  const listen = resolveListen(shape.raw.listen, balancers, manager !== null, context);
  const servers = resolveServers(shape.raw.routes, balancers, manager, listen, context);
  const admin = resolveAdmin(shape.raw.admin, context);
  const logs = resolveLogs(shape.raw.log, context);
  const remoteIp = resolveRemoteIp(shape.raw.remoteip, context);
  if (problems.length > 0) throw new LabError(problems);
  const { gracefulshutdowntimeout: timeout, defaultruntimedir = '.', limits } = shape.raw;
  const persists = balancers.some(({ conf }) => conf.persist);
  const folder = context.files.absolute(defaultruntimedir);
  return {
    file: path,
    files: [path],
    pemFiles: pemFilesOf(shape.raw, context),
    folders: [],
    sha256: context.files.digest(),
    listen: [...listen.map(({ tls: _, proxyProtocol: __, ...one }) => one), ...admin],
    servers: alike(servers, { ...logs.access, ...(remoteIp !== null && { remoteIp }) }),
    ...logs.errors,
    balancers: balancers.map(({ conf }) => conf),
    workers: [],
    ...(persists && { stateFile: stateFileIn(folder, path) }),
    ...(timeout !== undefined && { gracefulShutdownNs: durationNs(timeout) }),
    ...(limits?.connectionsperclient !== undefined && {
      connectionsPerClient: limits.connectionsperclient,
    }),
    ignored: [],
    warnings: [],
  };
}

/** Every server, with what is said once for all of them. */
function alike([main, ...virtual]: ProxyConfig['servers'], said: Partial<ServerConf>) {
  const saying = (server: ServerConf): ServerConf => ({ ...server, ...said });
  return [saying(main), ...virtual.map(saying)] as const;
}

function pemFilesOf(raw: Loose<RawProxied>, context: Context): string[] {
  const ofListen = raw.listen?.flatMap((one) => [one?.certificate ?? [], one?.key ?? []].flat());
  const ofBalancers = writtenBalancers(raw, context).flatMap((one) =>
    workerTlsFiles(one.raw?.sslproxy),
  );
  return [...(ofListen ?? []), ...ofBalancers].map(context.files.absolute);
}
