/** Where a test changes from true to false, between two loads that were looked at. */

export interface Threshold<L> {
  /** True at low loads, false at high ones. */
  readonly test: (look: L) => boolean;
  /** Below 0 where the test is true, and larger with the load; not finite where nothing is known. */
  readonly gap: (look: L) => number;
}

export interface Bracketing<L> {
  /** Adds a look to `looks`. */
  readonly at: (load: number) => Promise<void>;
  readonly looks: ReadonlyMap<number, L>;
  readonly lowest: number;
  readonly ceiling: number;
  /** Known without a look: the test is false at the ceiling. */
  readonly failsAtCeiling: boolean;
  /** Where the first look is, when there is none. */
  readonly start: number;
  /** Of gaps by the logarithm of the load, as known from elsewhere. */
  readonly slope: number | null;
}

export interface Bracket {
  /** The highest load looked at below all for which the test is false; null when there is none. */
  readonly below: number | null;
  /** The lowest load for which the test is false; null when it is true up to the ceiling. */
  readonly above: number | null;
}

/** The first step outwards where nothing says how far the change is. */
const STEP = Math.log(1.25);
/** Looks aim so much of the tolerance beside the guess, so that two of them are a bracket. */
const ASIDE = 0.45;

/**
 * Looks where the change should be by the two looks nearest to it, on its far side first, until the change lies
 * between two looks that are `tolerance` apart; halves when that does not get on.
 */
export async function bracket<L extends { readonly at: number }>(
  round: Bracketing<L>,
  threshold: Threshold<L>,
  tolerance: number,
): Promise<Bracket> {
  const { at, looks, lowest, ceiling, failsAtCeiling, start, slope } = round;
  if (looks.size === 0) await at(start);
  let step = STEP;
  let stalls = 0;
  let width = Infinity;
  for (;;) {
    const { below, above } = endsOf(looks, threshold);
    const top = above ?? (failsAtCeiling ? ceiling : null);
    if (below === null && above! <= lowest) return { below, above };
    if (below === ceiling) return { below, above };
    const guess = rootOf([...looks.values()], threshold.gap, slope);
    if (below === null) {
      const wanted = guess === null ? Infinity : Math.log(above!) - guess + ASIDE * tolerance;
      await at(Math.max(lowest, above! * Math.exp(-Math.min(step, Math.max(wanted, tolerance)))));
      step *= 2;
    } else if (above === null && isFar(below, top, step)) {
      const wanted = guess === null ? Infinity : guess - Math.log(below) + ASIDE * tolerance;
      const next = below * Math.exp(Math.min(step, Math.max(wanted, tolerance)));
      await at(Math.min(ceiling, next));
      step *= 2;
    } else {
      const now = Math.log(top! / below);
      if (now <= tolerance) return { below, above };
      stalls = now > width / 2 ? stalls + 1 : 0;
      width = Math.min(width, now);
      const halve = guess === null || stalls > 1;
      if (halve) stalls = 0;
      await at(halve ? Math.sqrt(below * top!) : aimed(below, top!, guess, tolerance));
    }
  }
}

/** Whether a step up from `below` stays under the load that is known to fail. */
function isFar(below: number, top: number | null, step: number): boolean {
  return top === null || below * Math.exp(step) < top;
}

/** A little beyond the guess, as seen from the nearer end; inside of the bracket. */
function aimed(below: number, above: number, guess: number, tolerance: number): number {
  const [from, to] = [Math.log(below), Math.log(above)];
  const aside = ASIDE * tolerance;
  const aim = guess - from < to - guess ? guess + aside : guess - aside;
  const margin = Math.min(aside, (to - from) / 4);
  return Math.exp(Math.min(to - margin, Math.max(from + margin, aim)));
}

function endsOf<L extends { readonly at: number }>(
  looks: ReadonlyMap<number, L>,
  { test }: Threshold<L>,
): Bracket {
  const all = [...looks.values()];
  const above = Math.min(...all.filter((look) => !test(look)).map((look) => look.at));
  const below = Math.max(...all.map((look) => look.at).filter((load) => load < above));
  return { below: below === -Infinity ? null : below, above: above === Infinity ? null : above };
}

/** The logarithm of the load at which a gap should be 0, by the two looks nearest to it; null when they do not say. */
export function rootOf<L extends { readonly at: number }>(
  looks: readonly L[],
  gap: (look: L) => number,
  slope: number | null,
): number | null {
  const [a, b] = looks
    .filter((look) => Number.isFinite(gap(look)))
    .sort((one, other) => Math.abs(gap(one)) - Math.abs(gap(other)));
  if (a === undefined) return null;
  const between = b === undefined ? null : (gap(a) - gap(b)) / Math.log(a.at / b.at);
  const steep = between !== null && between > 0 ? between : slope;
  return steep === null ? null : Math.log(a.at) - gap(a) / steep;
}
