import { applyStatus, statusLetters as lettersOf } from '../core/status.ts';
import type { StatusLetters } from './scenario.ts';

/**
 * httpd's `status=` grammar (spec: httpd 1.3): `+` sets, `-` clears, and a sign stays in force for the
 * letters after it; letters count in either case, the last mention of a letter wins. Trusts the schema's
 * pattern.
 */
export function statusChanges(text: string): ReadonlyMap<string, boolean> {
  const changes = new Map<string, boolean>();
  let set = true;
  for (const character of text.toUpperCase()) {
    if (character === '+' || character === '-') set = character === '+';
    else changes.set(character, set);
  }
  return changes;
}

/** The letters set at the start, sorted. `O` (initialised) is set on every worker anyway and left out. */
export function statusLetters(text: string): StatusLetters {
  return lettersOf(applyStatus(0, text) ?? 0);
}
