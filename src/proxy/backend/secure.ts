/** TLS to a worker: the handshake is Node's, what is asked of the worker's certificate is httpd's. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { untimely } from '../../config/pem.ts';
import type { WorkerTls } from '../../config/tls.ts';
import { chainLength, handshakeOptions, holes } from '../tls/hosts.ts';
import type { Address } from './resolve.ts';

/** One for each worker; made when it is connected to first. */
const contexts = new WeakMap<WorkerTls, SecureContext>();

/** `host`: whom to ask for. `shared`: options of node:net. */
export function connectSecurely(
  address: Address,
  tls: WorkerTls,
  host: string,
  shared: object,
): TLSSocket {
  const options = {
    ...address,
    ...shared,
    secureContext: contextOf(tls),
    // `distrust` says what is wrong, and that nothing is.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(isIP(host) === 0 && { servername: host }),
  };
  return connect(options);
}

function contextOf(tls: WorkerTls): SecureContext {
  let context = contexts.get(tls);
  if (context === undefined) {
    context = createSecureContext({
      ...handshakeOptions(tls),
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      secureOptions: holes(tls.versions),
    });
    contexts.set(tls, context);
  }
  return context;
}

/** Why the worker's certificate will not do; null: it will. */
export function distrust(socket: TLSSocket, tls: WorkerTls, host: string): string | null {
  // On this side getPeerX509Certificate takes the certificate away from whoever asks next.
  const shown = socket.getPeerCertificate(true);
  if (shown.raw === undefined) return 'it shows no certificate';
  if (tls.verify && !socket.authorized) {
    return `its certificate is not believed (${socket.authorizationError}); SSLProxyCACertificateFile names who has signed it`;
  }
  if (tls.verify && chainLength(shown) > tls.verifyDepth) {
    return `its certificate has more than ${tls.verifyDepth} above it (SSLProxyVerifyDepth)`;
  }
  const late = tls.checkExpire ? untimely(new X509Certificate(shown.raw)) : null;
  if (late !== null) return `its certificate ${late}`;
  if (!tls.checkName) return null;
  return checkServerIdentity(host, shown)?.message ?? null;
}
