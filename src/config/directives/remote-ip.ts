/** mod_remoteip's PROXY protocol: who says it, and whom we believe. */
import type { ProxyProtocolConf } from '../config.ts';
import { isNetwork } from '../networks.ts';
import type { Word } from '../tree.ts';
import type { ServerDraft } from './drafts.ts';
import type { Reading } from './reading.ts';
import { type Line, onOff, type Rule, serverOnly } from './rule.ts';

function networks(
  name: string,
  take: (server: ServerDraft, found: readonly string[], first: Word) => void,
): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, Number.POSITIVE_INFINITY],
    read(_, { server }, line) {
      const wrong = line.words.find(({ text }) => !isNetwork(text));
      if (wrong !== undefined) return refuse(line, wrong);
      take(
        server,
        line.words.map(({ text }) => text),
        line.words[0]!,
      );
    },
  };
}

function refuse(line: Line, word: Word): void {
  line.refuse(
    word,
    `${word.text} is no address or network (names are not looked up); expected for example 10.0.0.0/8 or ::1.`,
  );
}

/** What holds for a server; absent without RemoteIPProxyProtocol On. */
export function proxyProtocolOf(
  reading: Reading,
  draft: ServerDraft,
  main: ServerDraft,
): { readonly proxyProtocol?: ProxyProtocolConf } {
  const said = draft.proxyProtocol ?? main.proxyProtocol;
  if (said === null || !said.on) return {};
  const own = (key: 'trustedProxies' | 'proxyExceptions') =>
    draft === main ? draft[key] : [...main[key], ...draft[key]];
  const from = own('trustedProxies');
  if (from.length === 0) {
    const message =
      'RemoteIPProxyProtocol On would let anybody say who he is; name the balancers in front with RemoteIPTrustedProxy (httpd believes all).';
    reading.error(said.place, 'RemoteIPProxyProtocol', message, 'MISSING');
  }
  return { proxyProtocol: { from, exceptions: own('proxyExceptions') } };
}

export const remoteIpRules: readonly Rule[] = [
  onOff('RemoteIPProxyProtocol', serverOnly, ({ server }, on, _, line) => {
    server.proxyProtocol = { on, place: line.words[0]!.place };
  }),
  networks('RemoteIPProxyProtocolExceptions', (server, found) =>
    server.proxyExceptions.push(...found),
  ),
  networks('RemoteIPTrustedProxy', (server, found) => server.trustedProxies.push(...found)),
  networks('RemoteIPInternalProxy', (server, found) => server.trustedProxies.push(...found)),
];
