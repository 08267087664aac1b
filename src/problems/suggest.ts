import { distance } from 'fastest-levenshtein';

/** What to say after an unknown `word`: the nearest of `known`, or all of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean ${near}?`;
  return known.length === 0 ? 'expected no key here.' : `known here: ${known.join(', ')}.`;
}

/** The one of `known` that `word` is a slip of: at most a third of the letters differ, case aside. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known
    .map((name) => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = scored[0];
  if (best === undefined) return undefined;
  const shorter = Math.min(word.length, best.name.length);
  const few = best.edits < shorter && best.edits <= Math.max(1, best.name.length / 3);
  return few ? best.name : undefined;
}
