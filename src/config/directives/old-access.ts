/**
 * Order, Allow and Deny, as before httpd 2.4. They are said as Require lines, which is possible while they stand
 * alone: httpd asks both kinds, and each has its own way through the sections.
 */
import type { Place, Require } from '../config.ts';
import { isNetwork } from '../networks.ts';
import type { Word } from '../tree.ts';
import type { DirDraft } from './drafts.ts';
import type { Reading, Scope } from './reading.ts';
import { inside, isAside, type Line, oneOf, type Rule } from './rule.ts';

/** What Order, Allow and Deny of one section said. */
export interface OldAccess {
  readonly place: Place;
  order: 'allow,deny' | 'deny,allow';
  readonly allow: Require[];
  readonly deny: Require[];
}

function saidIn(reading: Reading, scope: Scope, place: Place): OldAccess {
  const known = reading.oldAccess.get(scope.dir);
  if (known) return known;
  const fresh: OldAccess = { place, order: 'deny,allow', allow: [], deny: [] };
  if (!isAside(scope)) reading.oldAccess.set(scope.dir, fresh);
  return fresh;
}

const order: Rule = {
  name: 'Order',
  where: inside,
  words: [1, 1],
  read(reading, scope, line) {
    const word = line.words[0]!;
    const said = word.text.toLowerCase();
    if (said === 'mutual-failure') {
      return line.refuse(word, 'mutual-failure is not supported; use Require.', 'NOT_SUPPORTED');
    }
    if (said !== 'allow,deny' && said !== 'deny,allow') {
      return line.refuse(word, `${word.text}: expected allow,deny or deny,allow.`);
    }
    saidIn(reading, scope, line.place).order = said;
  },
};

function allowOrDeny(name: 'Allow' | 'Deny'): Rule {
  return {
    name,
    where: inside,
    words: [2, Number.POSITIVE_INFINITY],
    read(reading, scope, line) {
      const [from, ...who] = line.words;
      if (from!.text.toLowerCase() !== 'from') {
        return line.refuse(from, `${from!.text}: expected from.`);
      }
      const said = saidIn(reading, scope, line.place);
      for (const word of who) {
        const read = fromOf(line, word);
        if (read) (name === 'Allow' ? said.allow : said.deny).push(read);
      }
    },
  };
}

function fromOf(line: Line, word: Word): Require | null {
  const { text } = word;
  if (text.toLowerCase() === 'all') return { kind: 'all', granted: true, negated: false };
  if (/^env=/i.test(text)) {
    line.refuse(word, `${text} is not supported; use Require ip.`, 'NOT_SUPPORTED');
    return null;
  }
  if (isNetwork(text)) return { kind: 'ip', networks: [text], negated: false };
  if (text.includes('/')) {
    line.refuse(word, `${text} is no network.`);
    return null;
  }
  return { kind: 'host', names: [text], negated: false };
}

/** After all is read: says Order, Allow and Deny as Require lines, or reports that it cannot be said. */
export function settleOldAccess(reading: Reading): void {
  for (const [dir, said] of reading.oldAccess) settle(reading, dir, said);
}

function settle(reading: Reading, dir: DirDraft, said: OldAccess): void {
  const allowed = whoMay(said);
  if (allowed === null) {
    report(reading, said, 'Deny for some is not supported: name who is allowed, with Require.');
  } else if (reading.requires === null) {
    dir.require = allowed;
  } else if (!allowed.some((one) => one.kind === 'all' && one.granted)) {
    const where = `line ${reading.requires.line}`;
    report(
      reading,
      said,
      `Order, Allow and Deny beside Require (${where}) are not supported; use Require alone.`,
    );
  }
}

function report(reading: Reading, { place }: OldAccess, message: string): void {
  reading.error(place, 'Order', message, 'NOT_SUPPORTED');
}

/** null: some of those who are allowed are denied. */
function whoMay({ order: said, allow, deny }: OldAccess): Require[] | null {
  const none: Require[] = [{ kind: 'all', granted: false, negated: false }];
  const denied = deny.some(({ kind }) => kind === 'all');
  if (deny.length > 0 && !denied) return null;
  if (said === 'allow,deny') return denied || allow.length === 0 ? none : allow;
  if (!denied) return [{ kind: 'all', granted: true, negated: false }];
  return allow.length === 0 ? none : allow;
}

export const oldAccessRules: readonly Rule[] = [
  order,
  allowOrDeny('Allow'),
  allowOrDeny('Deny'),
  oneOf('Satisfy', inside, ['all', 'any'], (_, value, __, line) => {
    if (value === 'any')
      line.refuse(line.words[0], 'any is not supported; use Require.', 'NOT_SUPPORTED');
  }),
];
