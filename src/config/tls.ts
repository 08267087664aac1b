/** TLS as a configuration says it. Certificates and keys are PEM texts, read and checked already. */

/** As `SSLProtocol` and Node spell them, lowest first. */
export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

export interface KeyPair {
  /** The certificate, then its chain. */
  readonly certificate: string;
  readonly key: string;
}

/** What both sides of the proxy can say of a handshake. */
interface Handshake {
  /** At least one, lowest first. */
  readonly versions: readonly TlsVersion[];
  /** In OpenSSL's words, suites of TLS 1.3 among them; null: Node's defaults. */
  readonly ciphers: string | null;
  /** Lists of revoked certificates: each certificate of a chain has to be looked up. Absent: nobody looks. */
  readonly crls?: readonly string[];
}

export const clientProtocols = ['h2', 'http/1.1'] as const;
export type ClientProtocol = (typeof clientProtocols)[number];

/** `SSLEngine On`: what a server shows its clients, and what it asks of them. */
export interface ServerTls extends Handshake {
  /** One for each kind of key. */
  readonly pairs: readonly KeyPair[];
  /** What is spoken over TLS, the dearest first. */
  readonly protocols: readonly ClientProtocol[];
  readonly honorCipherOrder: boolean;
  /** Clients may take up an earlier session with a ticket. */
  readonly tickets: boolean;
  readonly verifyClient: 'none' | 'optional' | 'require';
  /** How many certificates may stand above the client's own; 0: it must be self-signed. */
  readonly verifyDepth: number;
  /** Who may have signed clients' certificates; null when none are asked for. */
  readonly clientCa: string | null;
  /** Clients that name no host in the handshake get a 403 where several virtual hosts share the address. */
  readonly strictSni: boolean;
}

/** Towards a worker. */
export interface WorkerTls extends Handshake {
  /** The worker's certificate must be signed by one of `ca`. */
  readonly verify: boolean;
  readonly verifyDepth: number;
  /** null: the authorities that Node comes with. */
  readonly ca: string | null;
  /** The certificate must be for the worker's host. */
  readonly checkName: boolean;
  readonly checkExpire: boolean;
  /** What is shown to workers that ask; empty: nothing. */
  readonly pairs: readonly KeyPair[];
}

/** httpd's default: a certificate, and the authority that has signed it. */
export const DEPTH = 1;
/** OpenSSL's own limit. */
export const ANY_DEPTH = 100;
export const usualVersions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** What holds for a server of which only the certificate is said. Other than httpd's it speaks HTTP/2. */
export function usualServerTls(pairs: readonly KeyPair[]): ServerTls {
  return {
    pairs,
    protocols: clientProtocols,
    versions: usualVersions,
    ciphers: null,
    honorCipherOrder: false,
    tickets: true,
    verifyClient: 'none',
    verifyDepth: DEPTH,
    clientCa: null,
    strictSni: false,
  };
}

/** Towards a worker of which nothing is said but https: unlike httpd, its certificate is checked. */
export const usualWorkerTls: WorkerTls = {
  verify: true,
  verifyDepth: ANY_DEPTH,
  ca: null,
  checkName: true,
  checkExpire: true,
  versions: usualVersions,
  ciphers: null,
  pairs: [],
};

/** `SSLVHostSNIPolicy`: how unlike the virtual host of a request may be to that of the handshake. */
export const sniPolicies = ['strict', 'secure', 'authonly', 'insecure'] as const;
export type SniPolicy = (typeof sniPolicies)[number];

/** What `%{NAME}s` can tell of a connection, by httpd's names. */
const tlsVariables = [
  'HTTPS',
  'SSL_PROTOCOL',
  'SSL_CIPHER',
  'SSL_SESSION_RESUMED',
  'SSL_TLS_SNI',
  'SSL_CLIENT_VERIFY',
  'SSL_CLIENT_S_DN',
  'SSL_CLIENT_S_DN_CN',
  'SSL_CLIENT_S_DN_O',
  'SSL_CLIENT_S_DN_OU',
  'SSL_CLIENT_S_DN_Email',
  'SSL_CLIENT_I_DN',
  'SSL_CLIENT_I_DN_CN',
  'SSL_CLIENT_M_SERIAL',
  'SSL_CLIENT_CERT',
] as const;
export type TlsVariable = (typeof tlsVariables)[number];

export function isTlsVariable(name: string): name is TlsVariable {
  return (tlsVariables as readonly string[]).includes(name);
}
