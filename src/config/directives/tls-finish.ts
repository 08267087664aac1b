/** From SSL* lines to what TLS needs: files are read, and everything that is wrong with them is told. */
import { dirname, resolve } from 'node:path';
import { cipherList, knowsCiphers, unknownCiphers } from '../ciphers.ts';
import { isSecure } from '../members.ts';
import {
  type CheckedPair,
  hashedCertificates,
  hashedRevocations,
  readCertificates,
  readPair,
  readRevocations,
  untimely,
} from '../pem.ts';
import { ANY_DEPTH, DEPTH, type ServerTls, usualVersions, type WorkerTls } from '../tls.ts';
import type { Word } from '../tree.ts';
import { urlNamed } from './balancers.ts';
import type { SectionDraft, ServerDraft, WorkerDraft } from './drafts.ts';
import type { Reading } from './reading.ts';
import {
  type HandshakeDraft,
  merged,
  newWorkerTls,
  type ServerTlsDraft,
  type WorkerTlsDraft,
} from './tls-drafts.ts';

/** What a server shows its clients; absent without SSLEngine On. */
export function serverTls(
  reading: Reading,
  draft: ServerDraft,
  main: ServerDraft,
): { readonly tls?: ServerTls } {
  const own = reading.serverTls(draft);
  const said = draft === main ? own : merged(reading.serverTls(main), own);
  if (said.engine === null || !said.engine.on) return {};
  const { engine, verifyClient } = said;
  const pairs = pairsOf(reading, said);
  if (said.certificates.length === 0) {
    const message =
      'SSLEngine On needs a certificate; add SSLCertificateFile and SSLCertificateKeyFile.';
    reading.error(engine.word.place, 'SSLEngine', message, 'MISSING');
  }
  warnOfName(reading, pairs, said, draft);
  const mode = verifyClient?.mode ?? 'none';
  const ca = mode === 'none' ? null : authorities(reading, 'SSLCACertificate', said);
  if (mode !== 'none' && said.caFiles.length === 0 && said.caPath === null) {
    const message = `SSLVerifyClient ${mode} needs to know whom to believe; add SSLCACertificateFile.`;
    reading.error(verifyClient!.word.place, 'SSLVerifyClient', message, 'MISSING');
  }
  return {
    tls: {
      pairs: pairs.map(({ certificate, key }) => ({ certificate, key })),
      versions: said.versions ?? usualVersions,
      ciphers: ciphersOf(reading, 'SSLCipherSuite', said),
      protocols: draft.protocols ?? main.protocols ?? ['http/1.1'],
      honorCipherOrder: said.honorCipherOrder ?? false,
      // What was checked of a client's certificate is not in a ticket.
      tickets: mode === 'none' && (said.tickets ?? true),
      verifyClient: mode,
      verifyDepth: said.verifyDepth ?? DEPTH,
      clientCa: ca,
      strictSni: said.strictSni ?? false,
      ...revocations(reading, 'SSLCARevocation', said),
    },
  };
}

/** Each certificate with its key; of several with the same kind of key the last one counts. */
function pairsOf(reading: Reading, said: ServerTlsDraft): readonly CheckedPair[] {
  const kinds = new Map<string, CheckedPair>();
  said.certificates.forEach((word, i) => {
    const key = said.keys[i] ?? word;
    const chain = said.chain === null ? null : pathOf(reading, said.chain);
    try {
      const pair = readPair(pathOf(reading, word), pathOf(reading, key), chain);
      const late = untimely(pair.leaf);
      if (late !== null) reading.warn(word.place, 'SSLCertificateFile', `${word.text} ${late}`);
      kinds.set(pair.kind, pair);
    } catch (error) {
      tell(reading, word, 'SSLCertificateFile', error);
    }
  });
  return [...kinds.values()];
}

function warnOfName(
  reading: Reading,
  pairs: readonly CheckedPair[],
  said: ServerTlsDraft,
  { serverName }: ServerDraft,
): void {
  if (serverName === null) return;
  const { host } = serverName;
  if (pairs.every(({ leaf }) => leaf.checkHost(host) !== undefined)) return;
  const word = said.certificates.at(-1)!;
  const message = `${word.text} is not for ${host}, the ServerName: browsers will not believe it.`;
  reading.warn(word.place, 'SSLCertificateFile', message);
}

/**
 * How a worker is spoken to over TLS; absent for other schemes. `servers` may proxy to it, the first is where it is
 * written; `names`: its own and that of its balancer.
 */
export function workerTls(
  reading: Reading,
  { url, place, name }: WorkerDraft,
  servers: readonly ServerDraft[],
  names: readonly string[],
): { readonly tls?: WorkerTls } {
  if (!isSecure(url)) return {};
  const [main] = reading.servers;
  const said = servers.map((server) => {
    const outer = server === main ? [main] : [main, server];
    const sections = outer.flatMap((one) =>
      one.sections.filter((section) => holds(section, names)),
    );
    return [...outer, ...sections]
      .map((dir) => reading.workerTls(dir))
      .reduce(merged, newWorkerTls());
  });
  const spoken = said.filter(({ engine }) => engine === true);
  if (spoken.length === 0) {
    const message = `${name} is spoken to over TLS only with SSLProxyEngine On, in its server or its <Proxy>.`;
    reading.error(place, 'SSLProxyEngine', message, 'MISSING');
    return {};
  }
  if (spoken.every(({ verify }) => verify === null)) {
    const message =
      'unlike in httpd, certificates of https members are verified; SSLProxyCACertificateFile names whom to believe, SSLProxyVerify none switches it off.';
    reading.warnOnce('SSLProxyVerify', place, 'SSLProxyVerify', message);
  }
  const [tls, ...others] = spoken.map((draft) => workerTlsOf(reading, draft));
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(tls))) {
    const message = `${name} is proxied to by several servers whose SSLProxy lines differ, which is not supported yet; write them in its <Proxy> section.`;
    reading.error(place, 'SSLProxyEngine', message, 'NOT_SUPPORTED');
  }
  return { tls: tls! };
}

/** Whether a section is that of a balancer or worker of these names, in which capitals play no part. */
function holds({ kind, path, regex }: SectionDraft, names: readonly string[]): boolean {
  if (kind !== 'proxy') return false;
  const matches = regex ? new RegExp(path, 'is') : null;
  return names.some((name) => matches?.test(name) ?? name.startsWith(urlNamed(path)));
}

function workerTlsOf(reading: Reading, said: WorkerTlsDraft): WorkerTls {
  return {
    verify: said.verify ?? true,
    verifyDepth: said.verifyDepth ?? (said.verify === true ? DEPTH : ANY_DEPTH),
    ca:
      said.caFiles.length > 0 || said.caPath !== null
        ? authorities(reading, 'SSLProxyCACertificate', said)
        : null,
    // SSLProxyCheckPeerCN is the older name of it; the newer one counts.
    checkName: said.checkName ?? said.checkCn ?? true,
    checkExpire: said.checkExpire ?? true,
    versions: said.versions ?? usualVersions,
    ciphers: ciphersOf(reading, 'SSLProxyCipherSuite', said),
    pairs: machinePair(reading, said),
    ...revocations(reading, 'SSLProxyCARevocation', said),
  };
}

function machinePair(reading: Reading, { machine, machineChain }: WorkerTlsDraft) {
  if (machine === null) return [];
  try {
    const path = pathOf(reading, machine);
    const chain = machineChain === null ? null : pathOf(reading, machineChain);
    const { certificate, key } = readPair(path, path, chain);
    return [{ certificate, key }];
  } catch (error) {
    tell(reading, machine, 'SSLProxyMachineCertificateFile', error);
    return [];
  }
}

/** Whose signatures are believed. */
function authorities(
  reading: Reading,
  name: string,
  { caFiles, caPath }: Pick<HandshakeDraft, 'caFiles' | 'caPath'>,
): string {
  const files = readAll(reading, `${name}File`, caFiles, readCertificates);
  const hashed = caPath === null ? [] : [caPath];
  const found = readAll(reading, `${name}Path`, hashed, (folder) =>
    noted(reading, hashedCertificates(folder)).flatMap(readCertificates),
  );
  return [...files, ...found].join('\n');
}

/** Who is believed no more; absent: nobody looks. */
function revocations(
  reading: Reading,
  name: string,
  { crlFiles, crlPath, crlCheck }: Pick<HandshakeDraft, 'crlFiles' | 'crlPath' | 'crlCheck'>,
): { readonly crls?: readonly string[] } {
  const hashed = crlPath === null ? [] : [crlPath];
  const [first] = [...crlFiles, ...hashed];
  if (crlCheck?.on !== true) {
    const message = `${name}File and ${name}Path do nothing without ${name}Check chain, as in httpd.`;
    if (first !== undefined) reading.warn(first.place, `${name}Check`, message);
    return {};
  }
  if (first === undefined) {
    const message = `${name}Check chain needs lists to look at; add ${name}File.`;
    reading.error(crlCheck.word.place, `${name}Check`, message, 'MISSING');
  }
  const files = readAll(reading, `${name}File`, crlFiles, readRevocations);
  const found = readAll(reading, `${name}Path`, hashed, (folder) =>
    noted(reading, hashedRevocations(folder)).flatMap(readRevocations),
  );
  return { crls: [...files, ...found] };
}

/** Files that the configuration was read from. */
function noted(reading: Reading, paths: readonly string[]): readonly string[] {
  for (const path of paths) reading.pemFiles.add(path);
  return paths;
}

/** What `read` finds in them; what is wrong with one is told. */
function readAll(
  reading: Reading,
  name: string,
  words: readonly Word[],
  read: (path: string) => readonly string[],
): readonly string[] {
  return words.flatMap((word) => {
    try {
      return read(pathOf(reading, word));
    } catch (error) {
      tell(reading, word, name, error);
      return [];
    }
  });
}

/** Node's defaults for what is not said. */
function ciphersOf(
  reading: Reading,
  name: string,
  { ciphers }: Pick<ServerTlsDraft, 'ciphers'>,
): string | null {
  const said = { old: ciphers.old?.text ?? null, new: ciphers.new?.text ?? null };
  for (const kind of ['old', 'new'] as const) {
    const word = ciphers[kind];
    if (word === null || knowsCiphers(word.text, kind)) continue;
    reading.error(word.place, name, `${name} ${word.text}: ${unknownCiphers}`);
  }
  return cipherList(said);
}

/** From ServerRoot. The file is one that the configuration was read from. */
export function pathOf(reading: Reading, { text }: Word): string {
  const path = resolve(dirname(reading.file), reading.heartbeat.serverRoot ?? '', text);
  reading.pemFiles.add(path);
  return path;
}

function tell(reading: Reading, word: Word, name: string, error: unknown): void {
  if (!(error instanceof RangeError)) throw error;
  reading.error(word.place, name, `${name}: ${error.message}`);
}
