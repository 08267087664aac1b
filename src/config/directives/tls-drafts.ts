/** What SSL* and SSLProxy* lines write into until every line is read. null: not said here. */
import type { ServerTls, TlsVersion } from '../tls.ts';
import type { Word } from '../tree.ts';

/** What both sides of the proxy can say of a handshake. */
export interface HandshakeDraft {
  versions: readonly TlsVersion[] | null;
  /** `old`: up to TLS 1.2. */
  readonly ciphers: { old: Word | null; new: Word | null };
  verifyDepth: number | null;
  readonly caFiles: Word[];
  caPath: Word | null;
  readonly crlFiles: Word[];
  crlPath: Word | null;
  crlCheck: { readonly on: boolean; readonly word: Word } | null;
}

export interface ServerTlsDraft extends HandshakeDraft {
  engine: { readonly on: boolean; readonly word: Word } | null;
  readonly certificates: Word[];
  readonly keys: Word[];
  chain: Word | null;
  honorCipherOrder: boolean | null;
  tickets: boolean | null;
  verifyClient: { readonly mode: ServerTls['verifyClient']; readonly word: Word } | null;
  strictSni: boolean | null;
}

export interface WorkerTlsDraft extends HandshakeDraft {
  engine: boolean | null;
  verify: boolean | null;
  checkName: boolean | null;
  checkCn: boolean | null;
  checkExpire: boolean | null;
  machine: Word | null;
  machineChain: Word | null;
}

function newHandshake(): HandshakeDraft {
  return {
    versions: null,
    ciphers: { old: null, new: null },
    verifyDepth: null,
    caFiles: [],
    caPath: null,
    crlFiles: [],
    crlPath: null,
    crlCheck: null,
  };
}

export function newServerTls(): ServerTlsDraft {
  return {
    ...newHandshake(),
    engine: null,
    certificates: [],
    keys: [],
    chain: null,
    honorCipherOrder: null,
    tickets: null,
    verifyClient: null,
    strictSni: null,
  };
}

export function newWorkerTls(): WorkerTlsDraft {
  return {
    ...newHandshake(),
    engine: null,
    verify: null,
    checkName: null,
    checkCn: null,
    checkExpire: null,
    machine: null,
    machineChain: null,
  };
}

/** Lists of files add up, as httpd's do. */
const lists: ReadonlySet<string> = new Set(['certificates', 'keys', 'caFiles', 'crlFiles']);

/** What an inner place says, and the outer one where it says nothing. */
export function merged<Draft extends HandshakeDraft>(outer: Draft, inner: Draft): Draft {
  const entries = Object.entries(inner).map(([key, own]) => {
    const from = outer[key as keyof Draft];
    if (lists.has(key)) return [key, [...(from as Word[]), ...own]];
    return [key, own ?? from];
  });
  const ciphers = {
    old: inner.ciphers.old ?? outer.ciphers.old,
    new: inner.ciphers.new ?? outer.ciphers.new,
  };
  return { ...Object.fromEntries(entries), ciphers };
}
