/** `--admin`: where operators and their programs ask, when the configuration does not say it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenConf, ProxyConfig } from '../config/config.ts';
import { dirsOf } from '../config/parts.ts';
import { LabError } from '../problems/errors.ts';

/** Where an admin listener is when nobody says anything: reached from this machine alone. */
const STANDARD = '127.0.0.1:9480';

/**
 * What adds the admin listener to a configuration, at the start and at every reload. `said`: an address, a port of this
 * machine, or `off`; without it a configuration that places a page of operators itself gets none, and neither does
 * anyone while another program has the standard address: `tell` is told so.
 * @throws LabError when `said` is no address.
 */
export async function withAdmin(
  said: string | undefined,
  tell: (line: string) => void,
): Promise<(config: ProxyConfig) => ProxyConfig> {
  if (said === 'off') return (config) => config;
  const listen = listenOf(said ?? STANDARD);
  const add = (config: ProxyConfig) => ({ ...config, listen: [...config.listen, listen] });
  if (said !== undefined) return add;
  if (!(await isFree(listen))) {
    return (config) => {
      if (!placesPages(config)) {
        tell(
          `no admin listener: another program has ${STANDARD}; say --admin ADDRESS, or --admin off`,
        );
      }
      return config;
    };
  }
  return (config) => (placesPages(config) ? config : add(config));
}

function listenOf(text: string): ListenConf {
  const [, host = '127.0.0.1', digits] =
    /^(?:(\*|\[[\da-f:.]+\]|[\w.-]+):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  const place = { file: '--admin', line: 0, column: 0 };
  if (digits === undefined || port > 65_535) {
    const message = `${text}: expected an address such as ${STANDARD}, a port, or off.`;
    throw new LabError([{ ...place, path: 'admin', message, code: 'VALUE', severity: 'error' }]);
  }
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return { place, host: bare === '*' ? null : bare, port, admin: { require: null } };
}

/** Whether the configuration says where operators ask. */
function placesPages(config: ProxyConfig): boolean {
  return (
    config.listen.some(({ admin }) => admin !== undefined) ||
    dirsOf(config).some(
      ({ handler }) => handler === 'balancer-manager' || handler?.startsWith('fairlead-'),
    )
  );
}

async function isFree({ host, port }: ListenConf): Promise<boolean> {
  const server = createServer().listen(port, host ?? undefined);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
