/** HTML by tagged template: every value is escaped unless it is markup already, so that no name can become a tag. */

export interface Markup {
  readonly markup: string;
}

type Part = string | number | null | undefined | Markup | readonly Markup[];

/** Text that is markup already, such as a drawn chart. */
export function raw(markup: string): Markup {
  return { markup };
}

/** `html`<td>${name}</td>``; arrays are joined, null and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const filled = parts.map((part, i) => `${toMarkup(part)}${strings[i + 1]}`);
  return { markup: strings[0] + filled.join('') };
}

function toMarkup(part: Part): string {
  if (part === null || part === undefined) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return `${part}`;
  return 'markup' in part ? part.markup : part.map((p) => p.markup).join('');
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and quoted attributes. Control characters, which HTML forbids, become U+FFFD. */
function escapeText(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
