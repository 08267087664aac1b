/** What Node is told of a virtual host's TLS, and what it leaves to be checked of clients' certificates. */
import { constants } from 'node:crypto';
import {
  createServer,
  type DetailedPeerCertificate,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { type ServerTls, type TlsVersion, tlsVersions, type WorkerTls } from '../../config/tls.ts';

/** Handshakes of one virtual host. It listens nowhere: connections are handed to it. */
export function tlsHost(tls: ServerTls, handshakeMs: number): Server {
  return createServer({
    ...handshakeOptions(tls),
    honorCipherOrder: tls.honorCipherOrder,
    ALPNProtocols: [...tls.protocols],
    handshakeTimeout: handshakeMs,
    requestCert: tls.verifyClient !== 'none',
    // Those who show none are refused by OpenSSL; what is shown is looked at by `clientVerified`.
    rejectUnauthorized: tls.verifyClient === 'require',
    ...(tls.clientCa === null ? {} : { ca: tls.clientCa }),
    secureOptions: holes(tls.versions) | (tls.tickets ? 0 : constants.SSL_OP_NO_TICKET),
  });
}

/** Options for both directions. */
export function handshakeOptions(tls: ServerTls | WorkerTls): TlsOptions {
  const { pairs, versions, ciphers, crls } = tls;
  return {
    cert: pairs.map(({ certificate }) => certificate),
    key: pairs.map(({ key }) => key),
    minVersion: versions[0]!,
    maxVersion: versions.at(-1)!,
    ...(ciphers === null ? {} : { ciphers }),
    ...(crls === undefined ? {} : { crl: [...crls] }),
  };
}

const without: Readonly<Record<TlsVersion, number>> = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};

/** Versions between the lowest and the highest that are not spoken. */
export function holes(versions: readonly TlsVersion[]): number {
  const missing = tlsVersions.filter((version) => !versions.includes(version));
  return missing.reduce((options, version) => options | without[version], 0);
}

/** Whether what the client has shown is enough. A certificate that nobody has to show must be good all the same. */
export function clientVerified(
  socket: TLSSocket,
  { verifyClient, verifyDepth }: ServerTls,
): boolean {
  if (verifyClient === 'none') return true;
  // getPeerX509Certificate would take the chain away.
  const shown = socket.getPeerCertificate(true);
  if (shown?.raw === undefined) return verifyClient === 'optional';
  return socket.authorized && chainLength(shown) <= verifyDepth;
}

/** Certificates above the other side's own, as far as the root. */
export function chainLength(shown: DetailedPeerCertificate): number {
  let above = 0;
  for (let one = shown; one.issuerCertificate; one = one.issuerCertificate) {
    if (one.issuerCertificate.fingerprint256 === one.fingerprint256) break;
    above++;
  }
  return above;
}
