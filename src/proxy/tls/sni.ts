/** Whether a request may be for another virtual host than the handshake that it came through (`SSLVHostSNIPolicy`). */
import type { ProxyConfig } from '../../config/config.ts';
import type { ServerTls, SniPolicy } from '../../config/tls.ts';
import type { Peer } from '../front.ts';
import { serverFor, sharesAddress } from '../rules/server.ts';

/** Status to refuse the request for `server` with; 0: none. `named`: it says which host it is for. */
export function sniRefusal(
  config: ProxyConfig,
  { tls, localAddress, localPort }: Peer,
  server: number,
  named: boolean,
): number {
  if (tls === null) return 0;
  if (tls.serverName !== null && !named) return 400;
  const asked = config.servers[server]!.tls;
  const first = serverFor(config, localAddress, localPort, tls.serverName);
  // The same one may ask something else of clients by now.
  const alike =
    server === first
      ? asked !== undefined && sameClients(tls.conf, asked)
      : isCompatible(config.sniPolicy ?? 'secure', tls.conf, asked);
  if (!alike) return 421;
  const strict = tls.conf.strictSni || asked?.strictSni === true;
  const isNameBased = sharesAddress(config, localAddress, localPort);
  return strict && tls.serverName === null && isNameBased ? 403 : 0;
}

function isCompatible(policy: SniPolicy, a: ServerTls, b: ServerTls | undefined): boolean {
  if (policy === 'insecure') return true;
  if (policy === 'strict' || b === undefined) return false;
  if (!sameClients(a, b)) return false;
  return policy === 'authonly' || shown(a) === shown(b);
}

function sameClients(a: ServerTls, b: ServerTls): boolean {
  return (
    a.verifyClient === b.verifyClient &&
    a.verifyDepth === b.verifyDepth &&
    a.clientCa === b.clientCa
  );
}

function shown({ pairs, versions, ciphers }: ServerTls): string {
  return JSON.stringify([pairs, versions, ciphers]);
}
