/** ProxyPass and ProxyPassMatch: which paths lead where. */
import { withoutSocket } from '../members.ts';
import { hasWildcards } from '../regex.ts';
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
import type { MappingDraft } from './drafts.ts';
import { patternOf } from './patterns.ts';
import type { Reading, Scope } from './reading.ts';
import { anywhere, type Line, type Rule } from './rule.ts';

interface Pass {
  path: Word | null;
  url: Word | null;
  regex: boolean;
  nocanon: boolean;
  noquery: boolean;
  readonly pairs: Pair[];
}

function proxyPass(name: 'ProxyPass' | 'ProxyPassMatch'): Rule {
  return {
    name,
    where: anywhere,
    words: [0, Number.POSITIVE_INFINITY],
    read(reading, scope, line) {
      if (scope.where === 'directory' || scope.where === 'files') {
        return line.refuse(undefined, `cannot stand in <${scope.sectionName}>.`);
      }
      if (scope.where === 'proxy') {
        return line.refuse(
          undefined,
          'in a <Proxy> section is not supported; write it outside.',
          'NOT_SUPPORTED',
        );
      }
      const pass = passOf(scope, line, name === 'ProxyPassMatch');
      if (!pass?.path) return;
      if (!pass.url) return line.refuse(undefined, missing(scope), 'MISSING');
      const mapping = mappingOf(reading, scope, pass, line);
      if (!mapping) return;
      warnOfLiteral(reading, scope, pass, line);
      warnOfGluing(reading, mapping, pass.url);
      if (scope.section) scope.section.mapping = mapping;
      else scope.server.mappings.push(mapping);
    },
  };
}

/** What follows the path is appended as text: without a slash it becomes part of the name. */
function warnOfGluing(reading: Reading, { path, regex, target }: MappingDraft, url: Word) {
  if (regex || !path.endsWith('/') || target.kind === 'none' || target.path !== '') return;
  if (target.kind === 'worker' && target.worker.url.path !== '') return;
  reading.warn(
    url.place,
    'ProxyPass',
    `ProxyPass ${path} ${url.text}: what follows ${path} is appended as text, so ${path}x asks for ${url.text}x and is answered 500, as in httpd; write ${url.text}/.`,
  );
}

/** A pattern without wildcards is compared as it stands: `^/app` matches no path. */
function warnOfLiteral(reading: Reading, { section, sectionName }: Scope, pass: Pass, line: Line) {
  if (!section?.regex || pass.regex) return;
  reading.warn(
    line.place,
    line.name,
    `${line.name} in <${sectionName}> compares the pattern letter by letter, as in httpd, and will not match; write ProxyPassMatch.`,
  );
}

function missing({ section }: Scope): string {
  return section
    ? 'needs a URL, or ! for not proxied.'
    : 'needs a path and a URL; the path is left out only inside <Location>.';
}

/** The words in their roles; null when one of them has none (reported). */
function passOf(scope: Scope, line: Line, match: boolean): Pass | null {
  const path = scope.section ? { text: scope.section.path, place: line.place } : null;
  const regex = match || (scope.section?.regex ?? false);
  const pass: Pass = { path, url: null, regex, nocanon: false, noquery: false, pairs: [] };
  if (scope.section && !match) pass.regex = hasWildcards(scope.argument);
  for (const word of line.words) {
    if (!takeWord(pass, word, match, scope, line)) return null;
  }
  if (!pass.path) line.refuse(undefined, missing(scope), 'MISSING');
  return pass.path && pass;
}

function takeWord(pass: Pass, word: Word, match: boolean, scope: Scope, line: Line): boolean {
  const option = word.text.toLowerCase();
  if (!pass.path) {
    if (word.text !== '~' || pass.regex) {
      if (word.text === '~' && match) {
        line.refuse(word, 'takes no ~; its path is a regular expression anyway.');
        return false;
      }
      pass.path = word;
    } else pass.regex = true;
  } else if (!pass.url) pass.url = word;
  else if (option === 'nocanon') pass.nocanon = true;
  else if (option === 'noquery') pass.noquery = true;
  else if (option !== 'interpolate') return takePair(pass, word, scope, line);
  return true;
}

function takePair(pass: Pass, word: Word, scope: Scope, line: Line): boolean {
  const pair = pairOf(word);
  if (!pair) {
    const path = scope.section && pass.url?.text.startsWith('/');
    line.refuse(
      path ? pass.url! : word,
      path
        ? `takes no path inside <${scope.sectionName}>, which has one; leave ${pass.url!.text} out.`
        : `${word.text}: expected key=value, nocanon, noquery or interpolate.`,
    );
    return false;
  }
  if (pair.key.toLowerCase() !== 'mapping') {
    pass.pairs.push(pair);
    return true;
  }
  const known = /^(encoded|servlet)$/i.test(pair.value);
  line.refuse(
    word,
    known
      ? `mapping=${pair.value} is not supported: paths are matched after decoding; leave it out.`
      : `mapping=${pair.value} is no mapping; httpd knows encoded and servlet.`,
    known ? 'NOT_SUPPORTED' : 'VALUE',
  );
  return false;
}

function mappingOf(reading: Reading, scope: Scope, pass: Pass, line: Line): MappingDraft | null {
  const path = pathOf(pass, scope, line);
  if (path === null) return null;
  const base = {
    place: line.place,
    path,
    regex: pass.regex,
    nocanon: pass.nocanon,
    noquery: pass.noquery,
    origin: '',
    substitution: null,
  };
  const url = pass.url!;
  if (url.text === '!') return { ...base, target: { kind: 'none' } };
  const split = pass.regex ? substitutionOf(url, line) : { url, substitution: null };
  if (!split) return null;
  const target = /^balancer:\/\//i.test(url.text)
    ? toBalancer(reading, scope, pass, split, line)
    : toWorker(reading, scope, pass, split, line);
  if (!target) return null;
  const origin = originOf(split.url.text, target.path);
  return { ...base, origin, substitution: split.substitution, target };
}

/** `url` without the path that is kept apart, and without a socket. */
function originOf(url: string, path: string): string {
  const http = withoutSocket(url);
  return http.slice(0, http.length - path.length);
}

function pathOf(pass: Pass, scope: Scope, line: Line): string | null {
  const path = pass.path!;
  if (!scope.section) return pass.regex ? patternOf(line, path) : path.text;
  if (!pass.regex) return scope.section.regex ? scope.argument : path.text;
  return scope.section.regex && !hasWildcards(scope.argument)
    ? path.text
    : patternOf(line, path, scope.argument);
}

interface Split {
  /** The URL without what is substituted, or all of it. */
  readonly url: Word;
  readonly substitution: string | null;
}

/** A URL with `$1` and the like: what stands after `scheme://authority` is substituted. */
function substitutionOf(url: Word, line: Line): Split | null {
  if (!/\$\d/.test(url.text)) return { url, substitution: null };
  const [, origin, rest] = /^([a-z]+:\/\/[^/?#$]+)((?:\$\d|[/?#])?.*)$/i.exec(url.text) ?? [];
  const joined = rest !== undefined && (/^[/?#]/.test(rest) || /^\$\d($|[/?#])/.test(rest));
  if (origin === undefined || rest === undefined || !joined) {
    line.refuse(
      url,
      `${url.text}: a $ in the host or port is not supported; name the host.`,
      'NOT_SUPPORTED',
    );
    return null;
  }
  return { url: { text: origin, place: url.place }, substitution: rest };
}

/** Where a URL leads. */
type Leading = Exclude<MappingDraft['target'], { kind: 'none' }>;

function toBalancer(
  reading: Reading,
  scope: Scope,
  pass: Pass,
  { url, substitution }: Split,
  line: Line,
): Leading | null {
  const named = balancerUrl(url.text);
  if (!named) {
    line.refuse(url, `${url.text}: expected balancer://name.`);
    return null;
  }
  const path = substitution === null ? named.path : '';
  const balancer = balancerNamed(scope.server, named.name, line.place, line);
  if (!balancer) return null;
  for (const pair of lastOfEach(pass.pairs)) setBalancer(reading, balancer, pair, line.name);
  return { kind: 'balancer', name: named.name, path };
}

function toWorker(
  reading: Reading,
  scope: Scope,
  pass: Pass,
  { url, substitution }: Split,
  line: Line,
): Leading | null {
  const parsed = readUrl(url, line);
  if (!parsed) return null;
  const { worker, shared } = workerFor(scope.server, parsed, url.place);
  const pairs = lastOfEach(pass.pairs);
  if (!shared) for (const pair of pairs) setMember(reading, worker, pair, line.name);
  else if (pairs.length > 0) {
    const lost = pairs.map(({ key, value }) => `${key}=${value}`).join(' ');
    reading.warn(
      url.place,
      line.name,
      `${line.name} ${url.text} shares the worker ${worker.name} (line ${worker.place.line}), because its URL begins with that one's; its parameters are ignored: ${lost}.`,
      'DUPLICATE',
    );
  }
  const path = substitution === null ? parsed.path.slice(worker.url.path.length) : '';
  return { kind: 'worker', worker, path };
}

export const passRules: readonly Rule[] = [proxyPass('ProxyPass'), proxyPass('ProxyPassMatch')];
