/**
 * When a gate may look at its data, and how sure it must be each time. Looking often and stopping at the first
 * alarm raises false alarms, so the chance of one is divided: over three looks, and at each of them over all
 * gates of the run by Holm's rule. By the union bound no gate at all fails wrongly in more than `FALSE_ALARMS`
 * of the runs, however gates and looks depend on each other, and whichever scenarios go on to the next look.
 */

/** Chance that a run fails although no gate's line is broken, at most. */
export const FALSE_ALARMS = 0.01;
/** Chance spent at each look. */
export const LEVEL = FALSE_ALARMS / 3;
/** Fewer replications than this say too little about their own spread. */
const FIRST_LEAST = 10;

/** Replications at each look: the scenario's own number, twice and four times as many; `limit` caps them. */
export function looks(replications: number, limit = Number.POSITIVE_INFINITY): number[] {
  const first = Math.max(FIRST_LEAST, replications);
  return [...new Set([first, 2 * first, 4 * first].map((count) => Math.min(count, limit)))];
}

/**
 * Which of the hypotheses with these p values are rejected at one look (Holm, 1979). `family`: hypotheses of the
 * whole run; `before`: those rejected at earlier looks, which are not among `p`.
 */
export function holm(p: readonly number[], family: number, before: number): boolean[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const rejected = p.map(() => false);
  for (const [rank, i] of order.entries()) {
    if (p[i]! > LEVEL / (family - before - rank)) break;
    rejected[i] = true;
  }
  return rejected;
}
