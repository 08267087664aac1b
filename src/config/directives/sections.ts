/** Sections: `<VirtualHost>`, `<Location>`, `<Proxy>` and those around them. */
import { isIP } from 'node:net';
import type { Place, Require, ServerConf } from '../config.ts';
import { hasWildcards, wildcardRegex } from '../regex.ts';
import type { Section, Word } from '../tree.ts';
import { addRequire } from './access.ts';
import { applyAll, setTarget } from './balancer-member.ts';
import { newDir, newSection, newServer } from './drafts.ts';
import { patternOf } from './patterns.ts';
import type { Reading, Scope, Where } from './reading.ts';
import type { Line } from './rule.ts';

const within: readonly Where[] = ['location', 'proxy', 'directory', 'files'];

export type Walk = (reading: Reading, section: Section['children'], scope: Scope) => void;

export interface SectionRule {
  readonly name: string;
  readonly where: readonly Where[];
  read(reading: Reading, scope: Scope, section: Section, line: Line, walk: Walk): void;
}

const virtualHost: SectionRule = {
  name: 'VirtualHost',
  where: ['server'],
  read(reading, scope, section, line, walk) {
    if (scope.inVirtualHost) return line.refuse(undefined, 'cannot stand in <VirtualHost>.');
    if (section.words.length === 0) return line.refuse(undefined, 'needs an address.', 'MISSING');
    const addresses = section.words.flatMap((word) => addressOf(word, line) ?? []);
    const server = newServer(section.place, addresses);
    reading.servers.push(server);
    walk(reading, section.children, serverScope(server, true));
  },
};

export function serverScope(server: ReturnType<typeof newServer>, inVirtualHost: boolean): Scope {
  return {
    where: 'server',
    server,
    dir: server,
    section: null,
    sectionName: inVirtualHost ? 'VirtualHost' : '',
    argument: '',
    inVirtualHost,
  };
}

function addressOf(word: Word, line: Line): ServerConf['addresses'][number] | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\*|\d+))?$/.exec(word.text);
  const port = match?.[3] === undefined || match[3] === '*' ? 0 : Number(match[3]);
  const host = match?.[1] ?? match?.[2] ?? '';
  const wild = host === '*' || host.toLowerCase() === '_default_';
  if (!match || port > 65_535 || (match[1] !== undefined && isIP(host) !== 6)) {
    line.refuse(
      word,
      `${word.text}: expected address:port, where * matches every address or port.`,
    );
    return null;
  }
  if (!wild && isIP(host) === 0) {
    line.refuse(
      word,
      `${word.text}: names are not looked up; expected an IP address or *.`,
      'NOT_SUPPORTED',
    );
    return null;
  }
  return { host: wild ? '*' : host.toLowerCase(), port };
}

function location(name: 'Location' | 'LocationMatch'): SectionRule {
  return {
    name,
    where: ['server'],
    read(reading, scope, section, line, walk) {
      const tilde = name === 'Location' && section.words[0]?.text === '~';
      const [word, extra] = tilde ? section.words.slice(1) : section.words;
      if (!word) return line.refuse(section.words[0], 'needs a path.', 'MISSING');
      if (extra) return line.refuse(extra, `takes one path; ${extra.text} is one too many.`);
      const read = pathOf(word, tilde || name === 'LocationMatch', line);
      if (!read) return;
      const draft = newSection(section.place, 'location', read.path, read.regex);
      scope.server.sections.push(draft);
      walk(reading, section.children, {
        ...scope,
        where: 'location',
        dir: draft,
        section: draft,
        sectionName: name,
        argument: word.text,
      });
    },
  };
}

function pathOf(word: Word, regex: boolean, line: Line): { path: string; regex: boolean } | null {
  if (!regex && !hasWildcards(word.text)) return { path: word.text, regex: false };
  const path = patternOf(line, word, regex ? word.text : wildcardRegex(word.text));
  return path === null ? null : { path, regex: true };
}

function proxy(name: 'Proxy' | 'ProxyMatch'): SectionRule {
  return {
    name,
    where: ['server'],
    read(reading, scope, section, line, walk) {
      const [word, ...parameters] = section.words;
      const draft = proxySection(name, section.place, word, line);
      if (!draft) return;
      scope.server.sections.push(draft);
      const argument = (word?.text ?? '').replace(/^proxy:/i, '');
      const inner: Scope = {
        ...scope,
        where: 'proxy',
        dir: draft,
        section: draft,
        sectionName: name,
        argument,
      };
      walk(reading, section.children, inner);
      if (parameters.length > 0) sectionParameters(reading, inner, parameters, line);
    },
  };
}

/** A plain `<Proxy>` argument is a prefix of what ProxyPass says; with wildcards all of it has to match. */
function proxySection(name: string, place: Place, word: Word | undefined, line: Line) {
  const text = (word?.text ?? '').replace(/^proxy:/i, '');
  if (name === 'Proxy') {
    const wild = hasWildcards(text);
    const any = wild
      ? `^${text
          .replace(/[.+^${}()|\\]/g, '\\$&')
          .replace(/\*/g, '.*')
          .replace(/\?/g, '.')}$`
      : text;
    return newSection(place, 'proxy', any, wild);
  }
  const regex = patternOf(line, word ?? { text, place }, text);
  return regex === null ? null : newSection(place, 'proxy', regex, true);
}

/** `<Proxy balancer://name key=value …>`: read after what stands in the section, as httpd does. */
function sectionParameters(
  reading: Reading,
  scope: Scope,
  words: readonly Word[],
  line: Line,
): void {
  const { argument, sectionName } = scope;
  const why = noParameters(argument, sectionName);
  if (why !== null) {
    line.refuse(words[0], `${words[0]!.text}: ${why}`);
    return;
  }
  const target = setTarget(scope, argument, true, line);
  if (target) applyAll(reading, target, words, line);
}

function noParameters(argument: string, sectionName: string): string | null {
  if (sectionName === 'ProxyMatch') return 'takes nothing behind its pattern.';
  if (hasWildcards(argument)) return `takes no parameters with wildcards in ${argument}.`;
  return argument.includes(':') ? null : 'takes parameters only for a balancer or a URL.';
}

/** `<Directory>` and `<Files>`: they never apply to what is proxied, but httpd reads them all the same. */
function aside(name: string, where: 'directory' | 'files', allowed: readonly Where[]): SectionRule {
  return {
    name,
    where: allowed,
    read(reading, scope, section, line, walk) {
      if (section.words.length === 0) return line.refuse(undefined, 'needs a path.', 'MISSING');
      reading.ignore(`<${name}>`, section.place);
      const argument = section.words[0]!.text;
      walk(reading, section.children, {
        ...scope,
        where,
        dir: newDir(),
        section: null,
        sectionName: name,
        argument,
      });
    },
  };
}

/** Require lines that hold together as one. */
function requires(name: 'RequireAll' | 'RequireAny' | 'RequireNone'): SectionRule {
  return {
    name,
    where: within,
    read(reading, scope, section, line, walk) {
      if (section.children.length === 0)
        return line.refuse(undefined, 'is empty; expected Require lines.', 'MISSING');
      const negated = name === 'RequireNone';
      if (negated && scope.require?.kind !== 'every') {
        return line.refuse(undefined, 'has no effect outside <RequireAll>.');
      }
      const kind = name === 'RequireAll' ? 'every' : 'any';
      const group = { kind, of: [] as Require[], negated } as const;
      walk(reading, section.children, { ...scope, require: group });
      if (kind === 'every' && group.of.length > 0 && group.of.every((one) => one.negated)) {
        return line.refuse(
          undefined,
          'holds only negated lines, which let nobody in; add who may ask, such as Require all granted.',
        );
      }
      addRequire(reading, scope, group, section.place);
    },
  };
}

function later(name: string, where: readonly Where[], does: string): SectionRule {
  return {
    name,
    where,
    read(_, __, ___, line) {
      line.refuse(undefined, `is not supported: ${does}`, 'NOT_SUPPORTED');
    },
  };
}

const everywhere: readonly Where[] = ['server', 'location', 'proxy', 'directory', 'files'];
const conditions = 'its condition would have to be decided for each request; use <Location>.';

export const sectionRules: readonly SectionRule[] = [
  virtualHost,
  location('Location'),
  location('LocationMatch'),
  proxy('Proxy'),
  proxy('ProxyMatch'),
  aside('Directory', 'directory', ['server']),
  aside('DirectoryMatch', 'directory', ['server']),
  aside('Files', 'files', ['server', 'directory']),
  aside('FilesMatch', 'files', ['server', 'directory']),
  requires('RequireAll'),
  requires('RequireAny'),
  requires('RequireNone'),
  later('If', everywhere, conditions),
  later('ElseIf', everywhere, conditions),
  later('Else', everywhere, conditions),
  later('Limit', within, 'access cannot depend on the method; write Require in <Location>.'),
  later('LimitExcept', within, 'access cannot depend on the method; write Require in <Location>.'),
  later('MDomainSet', ['server'], 'this version manages no certificates.'),
  later('AuthnProviderAlias', ['server'], 'this version knows no users.'),
  later('AuthzProviderAlias', ['server'], 'this version knows no users.'),
];
