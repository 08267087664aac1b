/** Goes through the tree: each directive to its rule, or to what is said about those without one. */
import { suggestion } from '../../problems/suggest.ts';
import type { Directive, Node, Section } from '../tree.ts';
import { accessRules } from './access.ts';
import { authRules } from './auth.ts';
import { balancerMember, proxySet } from './balancer-member.ts';
import { balancingRules } from './balancing.ts';
import { clientRules } from './clients.ts';
import { embellishmentRules } from './embellishments.ts';
import { envRules } from './env.ts';
import { headerRules } from './headers.ts';
import { ignored } from './ignored.ts';
import { laterDirectives } from './later.ts';
import { logRules } from './logs.ts';
import { oldAccessRules } from './old-access.ts';
import { passRules } from './proxy-pass.ts';
import type { Reading, Scope, Where } from './reading.ts';
import { remoteIpRules } from './remote-ip.ts';
import { reverseRules } from './reverse.ts';
import { isAside, lineOf, type Rule } from './rule.ts';
import { sectionRules } from './sections.ts';
import { serverRules } from './server.ts';
import { switchRules } from './switches.ts';
import { tlsRules } from './tls.ts';

const rules = byName<Rule>([
  balancerMember,
  proxySet,
  ...passRules,
  ...reverseRules,
  ...headerRules,
  ...envRules,
  ...accessRules,
  ...authRules,
  ...oldAccessRules,
  ...serverRules,
  ...clientRules,
  ...balancingRules,
  ...switchRules,
  ...tlsRules,
  ...remoteIpRules,
  ...embellishmentRules,
  ...logRules,
]);
const sections = byName(sectionRules);

function byName<Named extends { readonly name: string }>(
  list: readonly Named[],
): ReadonlyMap<string, Named> {
  return new Map(list.map((one) => [one.name.toLowerCase(), one]));
}

/** Everything that can be written, for the nearest one to an unknown word. */
const knownNames = [
  ...[...rules.values()].map(({ name }) => name),
  ...ignored.values(),
  ...[...laterDirectives.values()].map(({ name }) => name),
];

/** The same in lower case, sections with `<` in front: what `<IfDirective>` and `<IfSection>` find. */
export const directiveNames: ReadonlySet<string> = new Set([
  ...knownNames.map((name) => name.toLowerCase()),
  ...[...sections.keys()].map((name) => `<${name}`),
]);

export function walk(reading: Reading, nodes: readonly Node[], scope: Scope): void {
  for (const node of nodes) {
    reading.server = scope.server;
    if (node.kind === 'section') readSection(reading, node, scope);
    else readDirective(reading, node, scope);
  }
}

function readDirective(reading: Reading, directive: Directive, scope: Scope): void {
  const key = directive.name.toLowerCase();
  const rule = rules.get(key);
  if (rule) {
    apply(reading, rule, directive, scope);
    return;
  }
  const later = laterDirectives.get(key);
  if (later) {
    if (isAside(scope)) return;
    const message = `${later.name} is not supported: ${later.does}`;
    reading.error(directive.place, later.name, message, 'NOT_SUPPORTED');
    return;
  }
  const name = ignored.get(key);
  if (name !== undefined) {
    reading.ignore(name, directive.place);
    return;
  }
  const message = `${directive.name} is no directive that is known here; ${near(directive.name, knownNames)}`;
  reading.error(directive.place, directive.name, message, 'UNKNOWN_KEY');
}

function near(name: string, known: readonly string[]): string {
  const said = suggestion(name, known);
  return said.startsWith('did you') ? said : 'check its spelling, or leave it out.';
}

function apply(reading: Reading, rule: Rule, directive: Directive, scope: Scope): void {
  const line = lineOf(reading, rule.name, directive, scope);
  if (!rule.where.includes(scope.where)) {
    line.refuse(undefined, misplaced(rule.where, scope));
    return;
  }
  const [least, most] = rule.words;
  const { length } = directive.words;
  if (length < least) {
    line.refuse(
      undefined,
      `needs ${least === most ? '' : 'at least '}${words(least)}; it has ${length}.`,
      'MISSING',
    );
    return;
  }
  if (length > most) {
    line.refuse(
      directive.words[most],
      `takes ${least === most ? '' : 'at most '}${words(most)}; ${directive.words[most]!.text} is one too many.`,
    );
    return;
  }
  rule.read(reading, scope, line);
}

function words(count: number): string {
  return count === 1 ? 'one word' : `${count} words`;
}

function misplaced(where: readonly Where[], scope: Scope): string {
  if (scope.where === 'server') return 'stands only in a section such as <Location>.';
  if (where.includes('server')) return `cannot stand in <${scope.sectionName}>; write it outside.`;
  return `cannot stand in <${scope.sectionName}>.`;
}

function readSection(reading: Reading, section: Section, scope: Scope): void {
  const rule = sections.get(section.name.toLowerCase());
  if (!rule) {
    const known = [...sections.values()].map(({ name }) => name);
    const message = `<${section.name}> is no section that is known here; ${near(section.name, known)}`;
    reading.error(section.place, `<${section.name}>`, message, 'UNKNOWN_KEY');
    return;
  }
  const line = lineOf(reading, `<${rule.name}>`, section, scope);
  if (rule.where.includes(scope.where)) rule.read(reading, scope, section, line, walk);
  else line.refuse(undefined, misplaced(rule.where, scope));
}
