/** ProxyPassReverse and its relatives for cookies: what in answers is turned back into public names. */
import type { DirDraft } from './drafts.ts';
import { anywhere, isAside, type Rule } from './rule.ts';

const passReverse: Rule = {
  name: 'ProxyPassReverse',
  where: anywhere,
  words: [1, 3],
  read(_, scope, line) {
    if (isAside(scope)) {
      return line.refuse(undefined, `cannot stand in <${scope.sectionName}>.`);
    }
    const [first, second] = line.words;
    const { place } = line;
    const interpolate = second?.text.toLowerCase() === 'interpolate';
    if (scope.where === 'server') {
      if (!second || interpolate) {
        return line.refuse(
          second,
          'needs a path and a URL; the path is left out only inside <Location>.',
          'MISSING',
        );
      }
      scope.dir.reverse.push({ place, fake: first!.text, real: second.text });
    } else if (second && !interpolate) {
      line.refuse(
        first,
        `takes no path inside <${scope.sectionName}>, which has one; leave ${first!.text} out.`,
      );
    } else {
      scope.dir.reverse.push({ place, fake: scope.argument, real: first!.text });
    }
  },
};

type CookieList = 'reverseCookieDomain' | 'reverseCookiePath';

function cookie(name: string, list: keyof DirDraft & CookieList): Rule {
  return {
    name,
    where: anywhere,
    words: [2, 3],
    read(_, { dir }, { place, words }) {
      dir[list].push({ place, real: words[0]!.text, fake: words[1]!.text });
    },
  };
}

export const reverseRules: readonly Rule[] = [
  passReverse,
  cookie('ProxyPassReverseCookieDomain', 'reverseCookieDomain'),
  cookie('ProxyPassReverseCookiePath', 'reverseCookiePath'),
];
