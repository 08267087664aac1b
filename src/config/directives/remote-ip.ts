/** mod_remoteip: a header or the PROXY protocol says who the client is, and whom we believe. */
import type { ProxyProtocolConf, RemoteIpConf, TrustedProxies } from '../config.ts';
import { isNetwork, noNetwork } from '../networks.ts';
import type { Word } from '../tree.ts';
import type { ServerDraft, WorkerDraft } from './drafts.ts';
import { networksIn } from './network-lists.ts';
import type { Reading } from './reading.ts';
import { onOff, type Rule, serverOnly } from './rule.ts';

function networks(
  name: string,
  take: (server: ServerDraft, found: readonly string[]) => void,
): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, Number.POSITIVE_INFINITY],
    read(_, { server }, line) {
      const wrong = line.words.find(({ text }) => !isNetwork(text));
      if (wrong !== undefined) return line.refuse(wrong, noNetwork(wrong.text));
      take(
        server,
        line.words.map(({ text }) => text),
      );
    },
  };
}

/** What holds for a server; absent without RemoteIPProxyProtocol On. */
export function proxyProtocolOf(
  reading: Reading,
  draft: ServerDraft,
  main: ServerDraft,
): { readonly proxyProtocol?: ProxyProtocolConf } {
  const said = draft.proxyProtocol ?? main.proxyProtocol;
  if (said === null || !said.on) return {};
  const from = trustedProxies(draft, main).flatMap(({ networks }) => networks);
  if (from.length === 0) {
    const message =
      'RemoteIPProxyProtocol On would let anybody say who he is; name the balancers in front with RemoteIPTrustedProxy (httpd believes all).';
    reading.error(said.place, 'RemoteIPProxyProtocol', message, 'MISSING');
  }
  const outer = draft === main ? [] : main.proxyExceptions;
  return { proxyProtocol: { from, exceptions: [...outer, ...draft.proxyExceptions] } };
}

/** What holds for a server; absent without RemoteIPHeader. */
export function remoteIpOf(
  reading: Reading,
  draft: ServerDraft,
  main: ServerDraft,
): { readonly remoteIp?: RemoteIpConf } {
  const header = draft.remoteIpHeader ?? main.remoteIpHeader;
  if (header === null) return {};
  const proxies = trustedProxies(draft, main);
  const said = draft === main || draft.remoteIpHeader !== null;
  if (proxies.length === 0 && said) {
    const message =
      'RemoteIPHeader without RemoteIPTrustedProxy or RemoteIPInternalProxy lets anybody say who he is; name the balancers in front.';
    reading.warn(header.place, 'RemoteIPHeader', message, 'MISSING');
  }
  const proxiesHeader = draft.remoteIpProxiesHeader ?? main.remoteIpProxiesHeader;
  return { remoteIp: { header: header.name, proxiesHeader, proxies } };
}

/** Workers that are told who the client is: a connection tells of one client alone, so that none is kept. */
export function withoutReuse(
  reading: Reading,
  { proxyProtocol, disablereuse, written, name }: WorkerDraft,
): { readonly disablereuse?: true } {
  if (proxyProtocol === undefined) return {};
  const place = written['enablereuse'] ?? written['disablereuse'];
  if (place !== undefined && !disablereuse) {
    const message = `connections to ${name} cannot be kept for others: proxyprotocol=${proxyProtocol} says on each who the client is; leave enablereuse or disablereuse out.`;
    reading.error(place, 'proxyprotocol', message);
  }
  return { disablereuse: true };
}

/** As in httpd, a virtual host's own ones stand in for those of the main server. */
function trustedProxies(draft: ServerDraft, main: ServerDraft): readonly TrustedProxies[] {
  return draft.trustedProxies.length > 0 ? draft.trustedProxies : main.trustedProxies;
}

function list(name: string, trust: TrustedProxies['trust']): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, 1],
    read(reading, { server }, line) {
      const networks = networksIn(reading, line);
      if (networks.length > 0) server.trustedProxies.push({ trust, networks });
    },
  };
}

function header(name: string, take: (server: ServerDraft, word: Word) => void): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, 1],
    read(_, { server }, line) {
      const word = line.words[0]!;
      if (/^[!#$%&'*+.^_`|~\w-]+$/.test(word.text)) take(server, word);
      else
        line.refuse(
          word,
          `${word.text} is no name of a header; expected for example X-Forwarded-For.`,
        );
    },
  };
}

export const remoteIpRules: readonly Rule[] = [
  onOff('RemoteIPProxyProtocol', serverOnly, ({ server }, on, _, line) => {
    server.proxyProtocol = { on, place: line.words[0]!.place };
  }),
  networks('RemoteIPProxyProtocolExceptions', (server, found) =>
    server.proxyExceptions.push(...found),
  ),
  networks('RemoteIPTrustedProxy', (server, networks) =>
    server.trustedProxies.push({ trust: 'trusted', networks }),
  ),
  networks('RemoteIPInternalProxy', (server, networks) =>
    server.trustedProxies.push({ trust: 'internal', networks }),
  ),
  list('RemoteIPTrustedProxyList', 'trusted'),
  list('RemoteIPInternalProxyList', 'internal'),
  header('RemoteIPHeader', (server, { text, place }) => {
    server.remoteIpHeader = { name: text, place };
  }),
  header('RemoteIPProxiesHeader', (server, { text }) => {
    server.remoteIpProxiesHeader = text;
  }),
];
