/** Certificates for one test, made by openssl: an authority, and whoever it vouches for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tests that make certificates are skipped without it. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Paths of a certificate and its key. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export class Authority {
  readonly folder: string;
  readonly path: string;
  readonly #name: string;

  /** `above`: who vouches for it; null: it does so itself. */
  constructor(folder: string, name: string, above: Authority | null = null) {
    this.folder = folder;
    this.#name = join(folder, name);
    this.path = `${this.#name}.pem`;
    if (above !== null) {
      above.issue(name, { extensions: 'basicConstraints=critical,CA:true' });
      return;
    }
    const to = ['-keyout', `${this.#name}.key`, '-out', this.path];
    run(['req', '-x509', ...ec, ...to, '-subj', `/CN=${name}`, '-days', '30']);
  }

  get pem(): string {
    return readFileSync(this.path, 'utf8');
  }

  /** A certificate `NAME.pem` for these hosts, with its key `NAME.key`. */
  issue(name: string, wanted: Wanted = {}): Pair {
    const {
      subject = `/CN=${name}`,
      extensions = `subjectAltName=DNS:${name}`,
      days = '30',
    } = wanted;
    const path = join(this.folder, name);
    run(['req', '-utf8', ...ec, '-keyout', `${path}.key`, '-out', `${path}.csr`, '-subj', subject]);
    writeFileSync(`${path}.ext`, `${extensions}\n`);
    const by = ['-CA', this.path, '-CAkey', `${this.#name}.key`, '-CAcreateserial'];
    const to = ['-out', `${path}.pem`, '-extfile', `${path}.ext`];
    run(['x509', '-req', '-in', `${path}.csr`, ...by, ...to, '-days', days]);
    return { certificate: `${path}.pem`, key: `${path}.key` };
  }
}

interface Wanted {
  readonly subject?: string;
  readonly extensions?: string;
  /** Negative: expired. */
  readonly days?: string;
}

/** A folder for one test file; `end` removes it. */
export function certificateFolder(): { readonly path: string; end(): void } {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-certificates-'));
  return { path, end: () => rmSync(path, { recursive: true, force: true }) };
}

/** PEM texts, as node:tls takes them. */
export function read({ certificate, key }: Pair): { cert: string; key: string } {
  return { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

function run(words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
