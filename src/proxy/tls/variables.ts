/** httpd's variables of a TLS connection, for `%{NAME}s` in Header and RequestHeader lines. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { isTlsVariable, type TlsVariable } from '../../config/tls.ts';

type Variable = (socket: TLSSocket, serverName: string | null) => string | null;

const variables: Readonly<Record<TlsVariable, Variable>> = {
  HTTPS: () => 'on',
  SSL_PROTOCOL: (socket) => socket.getProtocol(),
  SSL_CIPHER: (socket) => socket.getCipher().name,
  SSL_SESSION_RESUMED: (socket) => (socket.isSessionReused() ? 'Resumed' : 'Initial'),
  SSL_TLS_SNI: (_, serverName) => serverName,
  SSL_CLIENT_VERIFY: (socket) => (client(socket) === null ? 'NONE' : 'SUCCESS'),
  SSL_CLIENT_S_DN: (socket) => distinguished(client(socket)?.subject),
  SSL_CLIENT_S_DN_CN: (socket) => part(client(socket)?.subject, 'CN'),
  SSL_CLIENT_S_DN_O: (socket) => part(client(socket)?.subject, 'O'),
  SSL_CLIENT_S_DN_OU: (socket) => part(client(socket)?.subject, 'OU'),
  SSL_CLIENT_S_DN_Email: (socket) => part(client(socket)?.subject, 'emailAddress'),
  SSL_CLIENT_I_DN: (socket) => distinguished(client(socket)?.issuer),
  SSL_CLIENT_I_DN_CN: (socket) => part(client(socket)?.issuer, 'CN'),
  SSL_CLIENT_M_SERIAL: (socket) => client(socket)?.serialNumber ?? null,
  SSL_CLIENT_CERT: (socket) => client(socket)?.toString() ?? null,
};

/** null: there is none of this name, or it says nothing. */
export function tlsVariable(
  socket: TLSSocket,
  serverName: string | null,
  name: string,
): string | null {
  return isTlsVariable(name) ? variables[name](socket, serverName) : null;
}

function client(socket: TLSSocket): X509Certificate | null {
  return socket.getPeerX509Certificate() ?? null;
}

/** RFC 2253: the last part first. */
function distinguished(name: string | undefined): string | null {
  return name === undefined ? null : name.split('\n').reverse().join(',');
}

function part(name: string | undefined, key: string): string | null {
  const line = name?.split('\n').find((one) => one.startsWith(`${key}=`));
  return line === undefined ? null : line.slice(key.length + 1);
}
