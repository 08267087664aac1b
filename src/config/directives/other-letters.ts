/** `<Proxy>` sections that miss a ProxyPass by the case of a letter: httpd compares URLs as they are written. */
import { nothingSaid } from '../defaults.ts';
import type { MappingDraft, SectionDraft, ServerDraft } from './drafts.ts';
import type { Reading } from './reading.ts';

export function reportOtherLetters(reading: Reading, server: ServerDraft): void {
  const [main, ...virtual] = reading.servers;
  const seenBy = server === main ? [main, ...virtual] : [main, server];
  const mappings = seenBy.flatMap(mappingsOf);
  for (const section of server.sections) {
    if (section.kind !== 'proxy' || !saysSomething(section)) continue;
    const missed = mappings.find((mapping) => isMissed(section, urlOf(mapping)));
    if (missed === undefined) continue;
    const name = section.regex ? 'ProxyMatch' : 'Proxy';
    const message = `<${name} ${section.path}> does not hold for ${urlOf(missed)} of line ${missed.place.line}: as in httpd, capitals count here, though both name the same balancer or host; write both alike.`;
    reading.warn(section.place, name, message);
  }
}

function mappingsOf({ mappings, sections }: ServerDraft): MappingDraft[] {
  const all = [...mappings, ...sections.flatMap(({ mapping }) => mapping ?? [])];
  return all.filter(({ target }) => target.kind !== 'none');
}

/** Members and parameters that stand in a section are the balancer's, however its name is written. */
function saysSomething(section: SectionDraft): boolean {
  const keys = Object.keys(nothingSaid) as (keyof typeof nothingSaid)[];
  return keys.some((key) => JSON.stringify(section[key]) !== JSON.stringify(nothingSaid[key]));
}

function urlOf({ origin, substitution, target }: MappingDraft): string {
  return origin + (substitution ?? (target.kind === 'none' ? '' : target.path));
}

function isMissed({ path, regex }: SectionDraft, url: string): boolean {
  if (regex) return !new RegExp(path, 's').test(url) && new RegExp(path, 'is').test(url);
  return !url.startsWith(path) && url.toLowerCase().startsWith(path.toLowerCase());
}
