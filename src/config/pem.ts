/** Files with certificates and keys. What is wrong with one is told before anything listens. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { KeyPair } from './tls.ts';

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g;
const CRL = /-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g;
const KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/;

/** @throws RangeError saying what is wrong with the file. */
function readPem(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new RangeError(`${path} does not exist; expected a PEM file.`);
    if (code === 'EACCES')
      throw new RangeError(`${path} may not be read by this user; change its owner or mode.`);
    throw new RangeError(`${path} cannot be read (${code}); expected a PEM file.`);
  }
}

/**
 * The certificates of a PEM file, each by itself; there is at least one.
 * @throws RangeError saying what is wrong with the file.
 */
export function readCertificates(path: string): readonly string[] {
  const found = readPem(path).match(CERTIFICATE);
  if (found === null) {
    throw new RangeError(
      `${path} holds no certificate; expected -----BEGIN CERTIFICATE-----. Of a DER file make one with openssl x509 -inform der -in FILE.`,
    );
  }
  for (const [i, text] of found.entries()) certificateOf(text, `${path}, certificate ${i + 1},`);
  return found;
}

/**
 * The files of a folder in which OpenSSL finds certificates: those under the names that `openssl rehash` gives them.
 * @throws RangeError saying what is wrong with the folder.
 */
export function hashedCertificates(folder: string): readonly string[] {
  return hashedFiles(folder, /^[0-9a-f]{8}\.\d+$/, 'certificates');
}

/**
 * The lists of revoked certificates of a PEM file, each by itself; there is at least one.
 * @throws RangeError saying what is wrong with the file.
 */
export function readRevocations(path: string): readonly string[] {
  const found = readPem(path).match(CRL);
  if (found === null) {
    throw new RangeError(
      `${path} holds no list of revoked certificates; expected -----BEGIN X509 CRL-----. Of a DER file make one with openssl crl -inform der -in FILE.`,
    );
  }
  for (const [i, crl] of found.entries()) {
    try {
      createSecureContext({ crl });
    } catch (error) {
      throw new RangeError(`${path}, list ${i + 1}, is damaged: ${(error as Error).message}.`);
    }
  }
  return found;
}

/**
 * Those in which it finds lists of revoked certificates.
 * @throws RangeError saying what is wrong with the folder.
 */
export function hashedRevocations(folder: string): readonly string[] {
  return hashedFiles(folder, /^[0-9a-f]{8}\.r\d+$/, 'lists of revoked certificates');
}

function hashedFiles(folder: string, names: RegExp, what: string): readonly string[] {
  let all: string[];
  try {
    all = readdirSync(folder);
  } catch {
    throw new RangeError(`${folder} is no folder that can be read; expected one of PEM files.`);
  }
  const hashed = all.filter((name) => names.test(name)).sort();
  if (hashed.length === 0) {
    throw new RangeError(
      `${folder} holds no ${what} under hashed names; run openssl rehash ${folder}.`,
    );
  }
  return hashed.map((name) => join(folder, name));
}

/** A certificate with its key, and what there is to warn about. */
export interface CheckedPair extends KeyPair {
  /** `rsa`, `ec`, …: OpenSSL holds one pair of each kind. */
  readonly kind: string;
  readonly leaf: X509Certificate;
}

/**
 * Reads a certificate with its chain, and its key, which may stand in the same file. `chain`: a file with more of it.
 * @throws RangeError saying what is wrong with which file.
 */
export function readPair(certificate: string, key: string, chain: string | null): CheckedPair {
  const chained = [...readCertificates(certificate), ...(chain ? readCertificates(chain) : [])];
  const leaf = certificateOf(chained[0]!, certificate);
  const text = readPem(key).match(KEY)?.[0];
  if (text === undefined) {
    throw new RangeError(`${key} holds no private key; expected -----BEGIN PRIVATE KEY-----.`);
  }
  const privateKey = keyOf(text, key);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new RangeError(
      `${key} is not the key of ${certificate} (${subjectOf(leaf)}); expected the two to belong together.`,
    );
  }
  const kind = privateKey.asymmetricKeyType ?? '';
  return { certificate: chained.join('\n'), key: text, kind, leaf };
}

/** Whether today is one of the days for which a certificate holds; null: it does, else the warning. */
export function untimely({ validFrom, validTo }: X509Certificate): string | null {
  const now = Date.now();
  if (now > Date.parse(validTo)) return `has expired (${validTo}): whoever checks it refuses it.`;
  if (now < Date.parse(validFrom)) return `is not valid before ${validFrom}.`;
  return null;
}

export function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? 'without a subject').split('\n').join(', ');
}

function certificateOf(text: string, where: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new RangeError(`${where} is damaged: ${(error as Error).message}.`);
  }
}

function keyOf(text: string, path: string): KeyObject {
  if (text.includes('ENCRYPTED')) {
    throw new RangeError(
      `${path} is encrypted, which is not supported yet; write the key without a passphrase: openssl pkey -in ${path} -out FILE.`,
    );
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new RangeError(`${path} holds a damaged key: ${(error as Error).message}.`);
  }
}
