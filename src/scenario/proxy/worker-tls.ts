/** `sslproxy` of a balancer, as httpd's SSLProxy lines of its `<Proxy>` section. */
import { cipherList, ciphersIn, knowsCiphers, unknownCiphers } from '../../config/ciphers.ts';
import { readCertificates, readPair, readRevocations } from '../../config/pem.ts';
import { ANY_DEPTH, tlsVersions, usualWorkerTls, type WorkerTls } from '../../config/tls.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import type { RawBalancer } from '../resolve-balancer.ts';
import { isOn } from '../values.ts';

type Raw = NonNullable<RawBalancer['sslproxy']>;

/** `path`: where it stands. */
export function workerTlsOf(raw: Raw | undefined, path: Path, context: Context): WorkerTls {
  if (raw === undefined) return usualWorkerTls;
  const { protocol } = raw;
  const crls = fileOf(raw, 'carevocationfile', readRevocations, path, context);
  return {
    verify: raw.verify !== 'none',
    verifyDepth: raw.verifydepth ?? ANY_DEPTH,
    ca: fileOf(raw, 'cacertificatefile', readCertificates, path, context)?.join('\n') ?? null,
    checkName: isOn(raw.checkpeername, true),
    checkExpire: isOn(raw.checkpeerexpire, true),
    versions:
      protocol === undefined
        ? usualWorkerTls.versions
        : tlsVersions.filter((version) => protocol.includes(version)),
    ciphers: ciphers(raw, path, context),
    pairs: ownPair(raw, path, context),
    ...(crls !== null && { crls }),
  };
}

/** The files that it is read from. */
export function workerTlsFiles(raw: Raw | undefined): readonly string[] {
  const { cacertificatefile, carevocationfile, certificate, key } = raw ?? {};
  return [cacertificatefile, carevocationfile, certificate, key].flatMap((name) => name ?? []);
}

/** What the file that `key` names holds; null: none is named. */
function fileOf(
  raw: Raw,
  key: 'cacertificatefile' | 'carevocationfile',
  read: (path: string) => readonly string[],
  path: Path,
  context: Context,
): readonly string[] | null {
  const name = raw[key];
  if (name === undefined) return null;
  return told(
    () => read(context.files.absolute(name)),
    () => [...path, key],
    context,
  );
}

function ownPair({ certificate, key }: Raw, path: Path, context: Context): WorkerTls['pairs'] {
  if (certificate === undefined) {
    if (key === undefined) return [];
    const at = [...path, 'key'];
    const message = `${pathText(at)} is there without a certificate; expected certificate: with the path of a PEM file.`;
    context.report('MISSING', at, message, 'key');
    return [];
  }
  const pair = pairAt({ certificate, key }, path, context);
  return pair === null ? [] : [pair];
}

/** A certificate with its key, whose names stand at `path`; null with what is wrong reported. */
export function pairAt(
  { certificate, key }: { readonly certificate: string; readonly key: string | undefined },
  path: Path,
  context: Context,
) {
  const { absolute } = context.files;
  const read = () => {
    const pair = readPair(absolute(certificate), absolute(key ?? certificate), null);
    return { certificate: pair.certificate, key: pair.key };
  };
  const at = (error: RangeError) => {
    const ofKey = key !== undefined && !error.message.startsWith(absolute(certificate));
    return [...path, ofKey ? 'key' : 'certificate'];
  };
  return told(read, at, context);
}

/** What `read` gives, or null with its problem reported. */
function told<T>(read: () => T, at: (error: RangeError) => Path, context: Context): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const path = at(error);
    context.report('VALUE', path, `${pathText(path)}: ${error.message}`);
    return null;
  }
}

function ciphers({ ciphersuite }: Raw, path: Path, context: Context): string | null {
  if (ciphersuite === undefined) return null;
  const said = ciphersIn(ciphersuite);
  const known = (['old', 'new'] as const).every(
    (kind) => said[kind] === null || knowsCiphers(said[kind], kind),
  );
  if (!known) {
    const at = [...path, 'ciphersuite'];
    context.report('VALUE', at, `${pathText(at)} is "${ciphersuite}": ${unknownCiphers}`);
  }
  return cipherList(said);
}
