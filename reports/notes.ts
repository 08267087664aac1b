/** The notes of all runs, as the terminal and the page show them. */
import type { Result } from '../sim/result.ts';

/** Each once; with the lbmethod before it, unless all runs have it. */
export function notesOf({ runs }: Result): string[] {
  const lines = runs.flatMap(({ lbmethod, notes }) =>
    notes.map((note) =>
      runs.every((run) => run.notes.includes(note)) ? note : `${lbmethod}: ${note}`,
    ),
  );
  return [...new Set(lines)];
}
