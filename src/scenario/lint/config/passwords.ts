/** Passwords on their way: basic authentication is as good as the connection that it is spoken over. */
import type {
  AdminConf,
  DirConf,
  ListenConf,
  Place,
  ProxyConfig,
  ServerConf,
} from '../../../config/config.ts';
import type { ConfigFinding, ConfigTrap } from './trap.ts';

export const passwords: readonly ConfigTrap[] = [
  {
    code: 'password-in-clear',
    severity: 'warning',
    find: (config) => {
      const found = config.servers.flatMap((server) => inServer(config, server));
      const admin = config.listen.flatMap(inAdmin);
      const byPlace = new Map(
        [...found, ...admin].map((one) => [
          `${one.place.file}:${one.place.line}:${one.place.column}`,
          one,
        ]),
      );
      return [...byPlace.values()];
    },
  },
];

/** A proxy in front may take the clients' TLS: nothing is known of that. */
function inServer(config: ProxyConfig, server: ServerConf): ConfigFinding[] {
  const { tls, proxyProtocol, remoteIp } = server;
  if (tls !== undefined || proxyProtocol !== undefined || remoteIp !== undefined) return [];
  const listen = config.listen.find(
    (one) => one.admin === undefined && !isLoopback(one) && serves(config, server, one),
  );
  if (listen === undefined) return [];
  return [server, ...server.sections].flatMap((dir) => {
    const place = placeOf(dir, dir.place);
    if (place === null || (dir.requireSsl ?? server.requireSsl)) return [];
    const says = `${addressOf(listen)} (line ${listen.place.line}) is served without TLS; users and their passwords travel in the clear, for everybody on the way to read; ${remedy(config)}`;
    return [{ place, subject: 'AuthType Basic', says }];
  });
}

function remedy({ file }: ProxyConfig): string {
  return /\.(?:ya?ml|json)$/i.test(file)
    ? 'write listen: https with a certificate, or listen on 127.0.0.1'
    : 'add SSLEngine On with SSLCertificateFile to the server and SSLRequireSSL here, or Listen on 127.0.0.1';
}

function inAdmin(listen: ListenConf): ConfigFinding[] {
  const { admin } = listen;
  if (admin === undefined || isLoopback(listen)) return [];
  const place = placeOf(admin, listen.place);
  if (place === null) return [];
  const says = `the admin listener ${addressOf(listen)} speaks no TLS; users and their passwords travel in the clear, for everybody on the way to read; have it listen on 127.0.0.1`;
  return [{ place, subject: 'admin', says }];
}

/** Where a password is asked for; null: it is not. */
function placeOf({ auth }: Pick<DirConf | AdminConf, 'auth'>, place: Place): Place | null {
  return auth?.type === 'basic' ? (auth.userFile?.place ?? place) : null;
}

function isLoopback({ host }: ListenConf): boolean {
  return host !== null && /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/i.test(host);
}

/** Whether what comes in at `listen` may be for `server`: the main server has what no virtual host's address covers. */
function serves(
  { servers: [main, ...virtual] }: ProxyConfig,
  server: ServerConf,
  listen: ListenConf,
) {
  if (server !== main) return server.addresses.some((address) => covers(address, listen));
  return !virtual.some(({ addresses }) =>
    addresses.some(
      (address) => covers(address, listen) && (address.host === '*' || listen.host !== null),
    ),
  );
}

function covers({ host, port }: ServerConf['addresses'][number], listen: ListenConf): boolean {
  const samePort = port === 0 || port === listen.port;
  return samePort && (host === '*' || listen.host === null || host === listen.host);
}

function addressOf({ host, port }: ListenConf): string {
  return `${host?.includes(':') ? `[${host}]` : (host ?? '*')}:${port}`;
}
