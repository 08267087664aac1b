/** SSL* lines: TLS with clients, and towards workers. */
import { sniPolicies } from '../tls.ts';
import { anywhere, inside, oneOf, type Rule, serverOnly } from './rule.ts';
import type { ServerTlsDraft, WorkerTlsDraft } from './tls-drafts.ts';
import { flag, handshakeRules, oneWord, type Side } from './tls-handshake.ts';

const clients: Side<ServerTlsDraft> = {
  where: serverOnly,
  of: (reading, scope) => reading.serverTls(scope.server),
};

/** For a server, or for what a `<Proxy>` section holds. */
const workers: Side<WorkerTlsDraft> = {
  where: ['server', 'proxy'],
  of: (reading, scope) => reading.workerTls(scope.dir),
};

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

const revocation = 'nobody is asked whether certificates were revoked; write SSLCARevocationFile.';

const requireSsl: Rule = {
  name: 'SSLRequireSSL',
  where: inside,
  words: [0, 0],
  read(_, { dir }) {
    dir.requireSsl = true;
  },
};

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
  requireSsl,
  onlyWith('SSLOCSPEnable', serverOnly, ['off'], revocation),
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
