/** BalancerMember and ProxySet: members of balancers, and parameters of both. */
import { sameMember } from '../members.ts';
import type { Word } from '../tree.ts';
import {
  balancerNamed,
  balancerUrl,
  lastOfEach,
  type Pair,
  pairOf,
  readUrl,
  setBalancer,
  setMember,
  workerFor,
} from './balancers.ts';
import { type BalancerDraft, newWorker, type ServerDraft, type WorkerDraft } from './drafts.ts';
import type { Reading, Scope } from './reading.ts';
import { anywhere, type Line, type Rule } from './rule.ts';

export const balancerMember: Rule = {
  name: 'BalancerMember',
  where: anywhere,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, scope, line) {
    const bare = line.words.filter((word) => !word.text.includes('='));
    const pairs = line.words.flatMap((word) => pairOf(word) ?? []);
    const named = scope.where === 'server' ? bare[0] : null;
    const [urlWord, extra] = named === null ? bare : bare.slice(1);
    if (extra) return superfluous(bare, extra, named === null, line);
    if (named === undefined || (named && !urlWord && !balancerUrl(named.text))) {
      return line.refuse(
        undefined,
        'needs a balancer outside <Proxy>; expected BalancerMember balancer://name URL.',
        'MISSING',
      );
    }
    if (!urlWord) return line.refuse(line.words[0], missingUrl(line.words), 'MISSING');
    const balancer = ofMember(scope, named, line);
    if (balancer) addMember(reading, scope.server, balancer, urlWord, lastOfEach(pairs), line);
  },
};

function superfluous(bare: readonly Word[], extra: Word, inSection: boolean, line: Line): void {
  const [first] = bare;
  if (/^ProxySet$/i.test(extra.text)) {
    line.refuse(extra, 'has the word ProxySet in its line; write ProxySet on a line of its own.');
  } else if (inSection && /^balancer:/i.test(first!.text)) {
    const message = `takes no balancer inside a section, which names it; leave ${first!.text} out.`;
    line.refuse(first, message);
  } else {
    line.refuse(extra, `${extra.text}: expected key=value.`);
  }
}

function missingUrl(words: readonly Word[]): string {
  const query = words.find(({ text }) => /^[a-z]+:.*=/i.test(text));
  const why = query ? `; ${query.text} counts as a parameter because it has a "="` : '';
  return `needs the URL of a member${why}.`;
}

/** `named`: the word for the balancer, outside a section. */
function ofMember(scope: Scope, named: Word | null, line: Line): BalancerDraft | null {
  const written = named?.text ?? scope.argument;
  const url = balancerUrl(written);
  if (url) return balancerNamed(scope.server, url.name, line.place, line);
  const where = named ? `${written} is` : `stands in <${scope.sectionName} ${written}>, which is`;
  line.refuse(named ?? undefined, `${where} no balancer; expected balancer://name.`);
  return null;
}

function addMember(
  reading: Reading,
  server: ServerDraft,
  balancer: BalancerDraft,
  urlWord: Word,
  pairs: readonly Pair[],
  line: Line,
): void {
  const url = readUrl(urlWord, line);
  if (!url) return;
  const known = sameMember(balancer.workers, url.name);
  if (known) {
    const lost = pairs.map(({ key, value }) => `${key}=${value}`).join(' ');
    const tail = lost && ` Its parameters are ignored: ${lost}.`;
    reading.warn(
      urlWord.place,
      line.name,
      `BalancerMember ${urlWord.text} is the same member as ${known.name} (line ${known.place.line}), because its URL begins with that one's; no member is added.${tail}`,
      'DUPLICATE',
    );
    return;
  }
  const member = newWorker(url, urlWord.place, server.proxyTimeoutSeconds);
  balancer.workers.push(member);
  for (const pair of pairs) setMember(reading, member, pair, line.name);
}

export const proxySet: Rule = {
  name: 'ProxySet',
  where: anywhere,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, scope, line) {
    const inProxy = scope.where === 'proxy';
    const name = inProxy ? scope.argument : (line.words[0]?.text ?? '');
    const rest = inProxy ? line.words : line.words.slice(1);
    const target = setTarget(scope, name, inProxy, line);
    if (!target) return;
    applyAll(reading, target, rest, line);
  },
};

export type SetTarget = { readonly balancer: BalancerDraft } | { readonly worker: WorkerDraft };

/** What a ProxySet line or the words of a `<Proxy>` line are about; `create`: make it when it is new. */
export function setTarget(
  { server }: Scope,
  name: string,
  create: boolean,
  line: Line,
): SetTarget | null {
  const word = line.words[0];
  const url = balancerUrl(name);
  if (url) {
    const known = server.balancers.find((balancer) => balancer.name === url.name);
    if (!known && !create) {
      line.refuse(
        word,
        `${name}: no balancer of this name is defined before this line.`,
        'REFERENCE',
      );
      return null;
    }
    const balancer = known ?? balancerNamed(server, url.name, line.place, line);
    return balancer && { balancer };
  }
  if (!create && (name === '' || pairOf({ text: name, place: line.place }))) {
    line.refuse(
      word,
      'needs the balancer or worker outside <Proxy>; expected ProxySet balancer://name key=value.',
      'MISSING',
    );
    return null;
  }
  const parsed = readUrl({ text: name, place: word?.place ?? line.place }, line);
  if (!parsed) return null;
  const known = sameMember(server.workers, parsed.name);
  if (!known && !create) {
    line.refuse(
      word,
      `${name}: no worker of this URL is defined before this line; members of balancers cannot be set this way.`,
      'REFERENCE',
    );
    return null;
  }
  return { worker: known ?? workerFor(server, parsed, line.place).worker };
}

/** Every `key=value` in turn: unlike in BalancerMember, each is read even when a later one repeats it. */
export function applyAll(
  reading: Reading,
  target: SetTarget,
  words: readonly Word[],
  line: Line,
): void {
  for (const word of words) {
    const pair = pairOf(word);
    if (!pair) line.refuse(word, `${word.text}: expected key=value.`);
    else if ('worker' in target) setMember(reading, target.worker, pair, line.name);
    else setBalancer(reading, target.balancer, pair, line.name);
  }
}
