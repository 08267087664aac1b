/** Pieces of the page that several of its parts use. */
import { html, type Markup } from '../../src/markup.ts';

/** Sentences for the page: a number and its unit stay on one line. */
export function sentence(text: string): string {
  return text.replace(/(?<=\d) (?=(?:%|ms|s|pp)(?!\w))/g, '\u00A0');
}

/** A table that scrolls sideways by itself when it must, also by keyboard. `label` names it. */
export function scrolling(label: string, table: Markup): Markup {
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${table}</div>`;
}
