/** TLS to a worker: the handshake is Node's, what is asked of the worker's certificate is httpd's. */
import { X509Certificate } from 'node:crypto';
import { connect as connectPlainly, isIP } from 'node:net';
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

/** Options of node:net. */
interface Shared {
  readonly allowHalfOpen: boolean;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly onread: { readonly buffer: Buffer; callback(length: number): boolean };
}

/** One for each worker; made when it is connected to first. */
const contexts = new WeakMap<WorkerTls, SecureContext>();

/** `host`: whom to ask for. `shared`: options of node:net. `first`: goes out before the handshake. */
export function connectSecurely(
  address: Address,
  tls: WorkerTls,
  host: string,
  shared: Shared,
  first: Buffer | null,
): TLSSocket {
  const options = {
    secureContext: contextOf(tls),
    // `distrust` says what is wrong, and that nothing is.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(isIP(host) === 0 && { servername: host }),
  };
  if (first === null) return connect({ ...address, ...shared, ...options });
  const { onread, ...below } = shared;
  const raw = connectPlainly({ ...address, ...below });
  raw.once('connect', () => raw.write(first));
  const socket = connect({ ...options, socket: raw });
  socket.on('data', (chunk) => readInto(onread, chunk));
  return socket;
}

/** Node does so itself where it makes the socket below. */
function readInto({ buffer, callback }: Shared['onread'], chunk: Buffer): void {
  for (let from = 0; from < chunk.length; from += buffer.length) {
    callback(chunk.copy(buffer, 0, from));
  }
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
