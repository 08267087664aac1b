/**
 * The largest load at which something holds, when each look at a load is a sample. All looks draw the same random
 * numbers, so that their averages go up smoothly with the load, and three thresholds can be bisected on its logarithm:
 *
 *   low     up to here the whole 95 % interval of the metric is on the good side
 *   point   up to here its mean is
 *   high    from here on the whole interval is on the bad side
 *
 * `low` to `high` is the set of loads that a 95 % test at that load would not reject as the capacity; the true one is
 * outside just when the metric's own interval misses at the true capacity. So it covers as that interval does
 * (test inversion). Ends are loads that were looked at, rounded outwards.
 */

/** What a look at a load says. */
export interface Look {
  /** Load in any unit. */
  readonly at: number;
  readonly surelyHolds: boolean;
  readonly holds: boolean;
  readonly surelyFails: boolean;
}

export interface SearchOptions<L extends Look> {
  readonly look: (at: number, replications: number) => Promise<L>;
  /** No look is below. */
  readonly lowest: number;
  /** No look is above. */
  readonly ceiling: number;
  /** Known without a look: nothing holds at the ceiling. */
  readonly failsAtCeiling: boolean;
  /** Where to begin. */
  readonly start: number;
  /** Half of the interval's width, relative. */
  readonly precision: number;
  readonly replicationsMin: number;
  readonly replicationsMax: number;
}

export interface Found<L extends Look> {
  /** `never`: it fails at the lowest load. `always`: it holds at the ceiling. `wide`: all replications spent. */
  readonly state: 'found' | 'never' | 'always' | 'wide';
  readonly point: number;
  /** 0 when it surely holds nowhere. */
  readonly low: number;
  readonly high: number;
  readonly replications: number;
  /** Of the last round, by load. */
  readonly looks: readonly L[];
}

/** Looks with more replications until the interval is narrow enough, or they are spent. */
export async function search<L extends Look>(options: SearchOptions<L>): Promise<Found<L>> {
  const { precision, replicationsMin, replicationsMax } = options;
  let { start } = options;
  let step = Math.log(1.25);
  for (let replications = replicationsMin; ; ) {
    const round = await oneRound(options, replications, start, step);
    if (round.state === 'never' || round.state === 'always') return round;
    const half = round.low === 0 ? Infinity : Math.log(round.high / round.low) / 2;
    if (half <= precision) return round;
    if (replications >= replicationsMax) return { ...round, state: 'wide' };
    const wanted = Math.ceil(replications * (half / precision) * (half / precision));
    replications = Math.min(replicationsMax, 4 * replications, Math.max(wanted, replications + 5));
    start = round.point;
    step = Math.min(step, half);
  }
}

async function oneRound<L extends Look>(
  options: SearchOptions<L>,
  replications: number,
  start: number,
  firstStep: number,
): Promise<Found<L>> {
  const { lowest, ceiling, failsAtCeiling } = options;
  const looks = new Map<number, L>();
  const at = async (load: number) => {
    const known = looks.get(load) ?? (await options.look(load, replications));
    looks.set(load, known);
    return known;
  };
  const boundary = (test: (look: L) => boolean, from: number) =>
    bracket({ ...options, at, looks, test }, from, firstStep);
  const mean = await boundary(({ holds }) => holds, start);
  const sorted = () => [...looks.values()].sort((a, b) => a.at - b.at);
  const ended = (state: Found<L>['state'], point: number, low: number, high: number): Found<L> => {
    return { state, point, low, high, replications, looks: sorted() };
  };
  if (mean.below === null) return ended('never', 0, 0, lowest);
  if (mean.above === null && !failsAtCeiling) return ended('always', ceiling, ceiling, Infinity);
  const point = Math.sqrt(mean.below * (mean.above ?? ceiling));
  const low = await boundary(({ surelyHolds }) => surelyHolds, mean.below);
  const high = await boundary(({ surelyFails }) => !surelyFails, mean.above ?? ceiling);
  return ended('found', point, low.below ?? 0, high.above ?? (failsAtCeiling ? ceiling : Infinity));
}

interface Bracketing<L extends Look> extends SearchOptions<L> {
  readonly at: (load: number) => Promise<L>;
  readonly looks: ReadonlyMap<number, L>;
  /** True at low loads, false at high ones. */
  readonly test: (look: L) => boolean;
}

interface Bracket {
  /** The highest load looked at below all for which the test is false; null when there is none. */
  readonly below: number | null;
  /** The lowest load for which the test is false; null when it is true up to the ceiling. */
  readonly above: number | null;
}

/** Steps outwards from `from`, doubling them, until the change lies between two looks; then halves. */
async function bracket<L extends Look>(
  { at, looks, test, lowest, ceiling, failsAtCeiling, precision }: Bracketing<L>,
  from: number,
  firstStep: number,
): Promise<Bracket> {
  const ends = (): Bracket => {
    const all = [...looks.values()];
    const above = Math.min(...all.filter((look) => !test(look)).map((look) => look.at));
    const below = Math.max(...all.map((look) => look.at).filter((load) => load < above));
    return {
      below: below === -Infinity ? null : below,
      above: above === Infinity ? null : above,
    };
  };
  if (from < ceiling || !failsAtCeiling) await at(from);
  let { below, above } = ends();
  for (let step = firstStep; below === null && above! > lowest; step *= 2) {
    await at(Math.max(lowest, above! * Math.exp(-step)));
    ({ below, above } = ends());
  }
  if (below === null) return { below, above };
  for (let step = firstStep; above === null; step *= 2) {
    const next = below! * Math.exp(step);
    if (next >= ceiling && failsAtCeiling) break;
    if (below === ceiling) return { below, above };
    await at(Math.min(ceiling, next));
    ({ below, above } = ends());
  }
  const tolerance = precision / 4;
  let high = above ?? ceiling;
  while (below !== null && Math.log(high / below) > tolerance) {
    await at(Math.sqrt(below * high));
    ({ below, above } = ends());
    high = above ?? ceiling;
  }
  return { below, above };
}
