/** What SSL and SSLProxy lines say alike of a handshake. */
import { atoi } from '../c-numbers.ts';
import { type TlsVersion, tlsVersions } from '../tls.ts';
import type { Word } from '../tree.ts';
import type { Reading, Scope } from './reading.ts';
import { type Line, onOff, type Rule } from './rule.ts';
import type { HandshakeDraft } from './tls-drafts.ts';

/** Where the lines about one side of the proxy stand, and what they write into. */
export interface Side<Draft> {
  readonly where: Rule['where'];
  of(reading: Reading, scope: Scope): Draft;
}

type Take<Draft> = (draft: Draft, word: Word, reading: Reading, line: Line) => void;

export function oneWord<Draft>(name: string, { where, of }: Side<Draft>, take: Take<Draft>): Rule {
  return {
    name,
    where,
    words: [1, 1],
    read: (reading, scope, line) => take(of(reading, scope), line.words[0]!, reading, line),
  };
}

export function flag<Draft>(
  name: string,
  { where, of }: Side<Draft>,
  set: (draft: Draft, on: boolean) => void,
): Rule {
  return onOff(name, where, (scope, on, reading) => set(of(reading, scope), on));
}

/** What is said of either side alike: `SSLProtocol` and `SSLProxyProtocol`, and so on. */
export function handshakeRules(
  prefix: 'SSL' | 'SSLProxy',
  side: Side<HandshakeDraft>,
): readonly Rule[] {
  return [
    versions(`${prefix}Protocol`, side),
    ciphers(`${prefix}CipherSuite`, side),
    oneWord(`${prefix}VerifyDepth`, side, (draft, word, _, line) => {
      const value = atoi(word.text);
      if (value < 0) line.refuse(word, `${word.text}: expected 0 or more certificates.`);
      else draft.verifyDepth = value;
    }),
    oneWord(`${prefix}CACertificateFile`, side, (draft, word) => draft.caFiles.push(word)),
    oneWord(`${prefix}CACertificatePath`, side, (draft, word) => {
      draft.caPath = word;
    }),
    oneWord(`${prefix}CARevocationFile`, side, (draft, word) => draft.crlFiles.push(word)),
    oneWord(`${prefix}CARevocationPath`, side, (draft, word) => {
      draft.crlPath = word;
    }),
    revocationCheck(`${prefix}CARevocationCheck`, side),
  ];
}

/** `chain` alone, as it is with Node. */
function revocationCheck(name: string, { where, of }: Side<HandshakeDraft>): Rule {
  return {
    name,
    where,
    words: [1, 2],
    read(reading, scope, line) {
      const [word, flag] = line.words;
      const mode = word!.text.toLowerCase();
      if (mode === 'leaf' || flag !== undefined) {
        const at = flag ?? word!;
        const why = `is not supported yet, as Node checks every certificate of a chain or none; write ${name} chain, with a list of every authority in the chain, an empty one where nothing is revoked.`;
        line.refuse(at, `${at.text} ${why}`, 'NOT_SUPPORTED');
      } else if (mode === 'chain' || mode === 'none') {
        of(reading, scope).crlCheck = { on: mode === 'chain', word: word! };
      } else line.refuse(word, `${word!.text}: expected chain or none.`);
    },
  };
}

/** Names with + and -, as httpd adds and takes them away. A name without a sign begins anew. */
function versions(name: string, { where, of }: Side<HandshakeDraft>): Rule {
  return {
    name,
    where,
    words: [1, Number.POSITIVE_INFINITY],
    read(reading, scope, line) {
      let said = new Set<TlsVersion>();
      for (const word of line.words) {
        const [, sign = '', version = ''] = /^([+-]?)(.*)$/.exec(word.text) ?? [];
        const meant = versionsNamed(version);
        if (meant === null) return line.refuse(word, `${word.text}: ${noVersion(version)}`);
        if (sign === '') said = new Set();
        for (const one of meant) {
          if (sign === '-') said.delete(one);
          else said.add(one);
        }
      }
      const left = tlsVersions.filter((version) => said.has(version));
      if (left.length === 0) return line.refuse(line.words[0], 'leaves no protocol to speak.');
      of(reading, scope).versions = left;
    },
  };
}

/** `all` leaves out what is broken: TLSv1 and TLSv1.1 have to be asked for by name. */
function versionsNamed(name: string): readonly TlsVersion[] | null {
  const lower = name.toLowerCase();
  if (lower === 'all') return ['TLSv1.2', 'TLSv1.3'];
  if (lower === 'sslv3') return [];
  const found = tlsVersions.find((version) => version.toLowerCase() === lower);
  return found === undefined ? null : [found];
}

function noVersion(name: string): string {
  const old = /^sslv2$/i.test(name) ? 'is not spoken any more; ' : '';
  return `${old}expected all, ${tlsVersions.join(', ')}, each perhaps with + or - before it.`;
}

/** `[SSL|TLSv1.3] ciphers`. */
function ciphers(name: string, { where, of }: Side<HandshakeDraft>): Rule {
  return {
    name,
    where,
    words: [1, 2],
    read(reading, scope, line) {
      const [first, second] = line.words;
      const draft = of(reading, scope);
      if (second === undefined || first!.text.toLowerCase() === 'ssl') {
        draft.ciphers.old = second ?? first!;
      } else if (first!.text.toLowerCase() === 'tlsv1.3') draft.ciphers.new = second;
      else line.refuse(first, `${first!.text}: expected SSL or TLSv1.3 before the ciphers.`);
    },
  };
}
