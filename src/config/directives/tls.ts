/** SSL* lines: TLS with clients, and towards workers. */
import { atoi } from '../c-numbers.ts';
import { sniPolicies, type TlsVersion, tlsVersions } from '../tls.ts';
import type { Word } from '../tree.ts';
import type { Reading, Scope } from './reading.ts';
import { anywhere, type Line, oneOf, onOff, type Rule, serverOnly } from './rule.ts';
import type { HandshakeDraft, ServerTlsDraft, WorkerTlsDraft } from './tls-drafts.ts';

/** Where the lines about one side of the proxy stand, and what they write into. */
interface Side<Draft> {
  readonly where: Rule['where'];
  of(reading: Reading, scope: Scope): Draft;
}

const clients: Side<ServerTlsDraft> = {
  where: serverOnly,
  of: (reading, scope) => reading.serverTls(scope.server),
};

/** For a server, or for what a `<Proxy>` section holds. */
const workers: Side<WorkerTlsDraft> = {
  where: ['server', 'proxy'],
  of: (reading, scope) => reading.workerTls(scope.dir),
};

type Take<Draft> = (draft: Draft, word: Word, reading: Reading, line: Line) => void;

function oneWord<Draft>(name: string, { where, of }: Side<Draft>, take: Take<Draft>): Rule {
  return {
    name,
    where,
    words: [1, 1],
    read: (reading, scope, line) => take(of(reading, scope), line.words[0]!, reading, line),
  };
}

function flag<Draft>(
  name: string,
  { where, of }: Side<Draft>,
  set: (draft: Draft, on: boolean) => void,
): Rule {
  return onOff(name, where, (scope, on, reading) => set(of(reading, scope), on));
}

/** What is said of either side alike: `SSLProtocol` and `SSLProxyProtocol`, and so on. */
function handshakeRules(prefix: 'SSL' | 'SSLProxy', side: Side<HandshakeDraft>): readonly Rule[] {
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
  ];
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

const engine: Rule = {
  name: 'SSLEngine',
  where: serverOnly,
  words: [1, 1],
  read(reading, scope, line) {
    const word = line.words[0]!;
    const said = word.text.toLowerCase();
    if (said === 'on' || said === 'off') {
      clients.of(reading, scope).engine = { on: said === 'on', word };
    } else if (said === 'optional') {
      line.refuse(word, 'optional is not supported yet; write On or Off.', 'NOT_SUPPORTED');
    } else line.refuse(word, `${word.text}: expected On or Off.`);
  },
};

const verifyClient: Rule = {
  name: 'SSLVerifyClient',
  where: ['server', 'location', 'proxy'],
  words: [1, 1],
  read(reading, scope, line) {
    const word = line.words[0]!;
    const mode = word.text.toLowerCase();
    if (scope.where !== 'server') {
      const why = 'in a section is not supported yet; write it for the virtual host.';
      return line.refuse(undefined, why, 'NOT_SUPPORTED');
    }
    if (mode === 'none' || mode === 'optional' || mode === 'require') {
      clients.of(reading, scope).verifyClient = { mode, word };
    } else if (mode === 'optional_no_ca') {
      const why = 'is not supported yet: nobody would check the certificate; write optional.';
      line.refuse(word, `${word.text} ${why}`, 'NOT_SUPPORTED');
    } else line.refuse(word, `${word.text}: expected none, optional or require.`);
  },
};

const proxyVerify: Rule = oneWord('SSLProxyVerify', workers, (draft, word, _, line) => {
  const mode = word.text.toLowerCase();
  if (mode === 'none') draft.verify = false;
  // A server always shows a certificate, so there is nothing optional about it.
  else if (mode === 'require' || mode === 'optional') draft.verify = true;
  else if (mode === 'optional_no_ca') {
    const why = 'is not supported yet; write require or none.';
    line.refuse(word, `${word.text} ${why}`, 'NOT_SUPPORTED');
  } else line.refuse(word, `${word.text}: expected none or require.`);
});

/** Fine with the word that means nothing is done; else not supported. */
function onlyWith(
  name: string,
  where: Rule['where'],
  harmless: readonly string[],
  does: string,
): Rule {
  return {
    name,
    where,
    words: [1, Number.POSITIVE_INFINITY],
    read(_, __, line) {
      const word = line.words[0]!;
      if (harmless.includes(word.text.toLowerCase())) return;
      line.refuse(word, `${word.text} is not supported yet: ${does}`, 'NOT_SUPPORTED');
    },
  };
}

const revocation = 'nobody looks whether certificates were revoked; leave it out.';

const options: Rule = {
  name: 'SSLOptions',
  where: anywhere,
  words: [1, Number.POSITIVE_INFINITY],
  read(reading, _, line) {
    const word = line.words.find(({ text }) => /^\+?FakeBasicAuth$/i.test(text));
    if (word !== undefined) {
      const why = 'is not supported yet: workers get no made-up Authorization; leave it out.';
      line.refuse(word, `${word.text} ${why}`, 'NOT_SUPPORTED');
    } else reading.ignore(line.name, line.place);
  },
};

export const tlsRules: readonly Rule[] = [
  ...handshakeRules('SSL', clients),
  engine,
  oneWord('SSLCertificateFile', clients, (draft, word) => draft.certificates.push(word)),
  oneWord('SSLCertificateKeyFile', clients, (draft, word) => draft.keys.push(word)),
  oneWord('SSLCertificateChainFile', clients, (draft, word) => {
    draft.chain = word;
  }),
  flag('SSLHonorCipherOrder', clients, (draft, on) => {
    draft.honorCipherOrder = on;
  }),
  flag('SSLSessionTickets', clients, (draft, on) => {
    draft.tickets = on;
  }),
  verifyClient,
  flag('SSLStrictSNIVHostCheck', clients, (draft, on) => {
    draft.strictSni = on;
  }),
  oneOf('SSLVHostSNIPolicy', serverOnly, sniPolicies, (scope, policy, reading, line) => {
    if (scope.inVirtualHost) line.refuse(undefined, 'cannot stand in <VirtualHost>.');
    else reading.sniPolicy = policy;
  }),
  onlyWith('SSLCARevocationCheck', serverOnly, ['none'], revocation),
  onlyWith('SSLOCSPEnable', serverOnly, ['off'], revocation),
  onlyWith('SSLProxyCARevocationCheck', workers.where, ['none'], revocation),
  onlyWith('SSLFIPS', serverOnly, ['off'], 'Node decides that (node --force-fips); leave it out.'),
  onlyWith('SSLSRPVerifierFile', serverOnly, [], 'no passwords are known; leave it out.'),
  onlyWith('SSLOpenSSLConfCmd', serverOnly, [], 'write SSLProtocol and SSLCipherSuite instead.'),
  onlyWith('SSLPolicy', serverOnly, [], 'write SSLProtocol and SSLCipherSuite instead.'),
  options,
  ...handshakeRules('SSLProxy', workers),
  flag('SSLProxyEngine', workers, (draft, on) => {
    draft.engine = on;
  }),
  proxyVerify,
  flag('SSLProxyCheckPeerName', workers, (draft, on) => {
    draft.checkName = on;
  }),
  flag('SSLProxyCheckPeerCN', workers, (draft, on) => {
    draft.checkCn = on;
  }),
  flag('SSLProxyCheckPeerExpire', workers, (draft, on) => {
    draft.checkExpire = on;
  }),
  oneWord('SSLProxyMachineCertificateFile', workers, (draft, word) => {
    draft.machine = word;
  }),
  oneWord('SSLProxyMachineCertificateChainFile', workers, (draft, word) => {
    draft.machineChain = word;
  }),
  onlyWith(
    'SSLProxyMachineCertificatePath',
    workers.where,
    [],
    'name one file with SSLProxyMachineCertificateFile.',
  ),
];
