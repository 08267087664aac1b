/**
 * The largest load at which something holds, when each look at a load is a sample. All looks draw the same random
 * numbers, so that their averages go up smoothly with the load, and three thresholds can be found on its logarithm:
 *
 *   low     up to here the whole 95 % interval of the metric is on the good side
 *   point   up to here its mean is
 *   high    from here on the whole interval is on the bad side
 *
 * `low` to `high` is the set of loads that a 95 % test at that load would not reject as the capacity; the true one is
 * outside just when the metric's own interval misses at the true capacity. So it covers as that interval does
 * (test inversion). Ends are loads that were looked at, rounded outwards.
 *
 * Rounds with few replications only find out where the point is and how many it takes; the ends are found with those.
 */
import { type Bracketing, bracket, rootOf, type Threshold } from './bracket.ts';

/** What a look at a load says. */
export interface Look {
  /** Load in any unit. */
  readonly at: number;
  readonly surelyHolds: boolean;
  readonly holds: boolean;
  readonly surelyFails: boolean;
  /**
   * How far the metric is from its bound, below 0 where it holds: by its mean, and by the ends of its interval that
   * are nearer to holding and to failing. Only says where to look next; not finite where nothing is known.
   */
  readonly gap: { readonly best: number; readonly mean: number; readonly worst: number };
}

export interface SearchOptions<L extends Look> {
  readonly look: (at: number, replications: number) => Promise<L>;
  /** No look is below. */
  readonly lowest: number;
  /** No look is above. */
  readonly ceiling: number;
  /** Known without a look: nothing holds at the ceiling. */
  readonly failsAtCeiling: boolean;
  /** Made with `replicationsMin`: where to begin. */
  readonly first: L;
  /** Half of the interval's width, relative. */
  readonly precision: number;
  readonly replicationsMin: number;
  readonly replicationsMax: number;
  /** Before a round with more replications. */
  readonly onMore?: (more: More) => void;
}

export interface More {
  /** Half of the interval's width, relative, with the replications so far. */
  readonly half: number;
  readonly before: number;
  readonly replications: number;
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

/** Between two looks, as long as only the number of replications is sought. */
const COARSE = 0.08;
/** Ends are rounded outwards; the interval between the true ones has to be narrower by so much. */
const ROUNDING = 0.85;

const mean: Threshold<Look> = { test: ({ holds }) => holds, gap: ({ gap }) => gap.mean };
const low: Threshold<Look> = { test: (look) => look.surelyHolds, gap: ({ gap }) => gap.worst };
const high: Threshold<Look> = { test: (look) => !look.surelyFails, gap: ({ gap }) => gap.best };

/** Looks with more replications until the interval is narrow enough, or they are spent. */
export async function search<L extends Look>(options: SearchOptions<L>): Promise<Found<L>> {
  const { precision, replicationsMin, replicationsMax, first, onMore } = options;
  const { lowest, ceiling, failsAtCeiling } = options;
  let start = first.at;
  let slope: number | null = null;
  for (let replications = replicationsMin; ; ) {
    const looks = new Map(replications === replicationsMin ? [[first.at, first]] : []);
    const count = replications;
    const at = async (load: number) => {
      if (!looks.has(load)) looks.set(load, await options.look(load, count));
    };
    const round = { ...options, at, looks, start, slope };
    const ended = (state: Found<L>['state'], point: number, low: number, high: number) => {
      return { state, point, low, high, replications: count, looks: sorted(looks) };
    };
    let middle = await bracket(round, mean, COARSE);
    if (middle.below === null) return ended('never', 0, 0, lowest);
    if (middle.above === null && !failsAtCeiling) {
      return ended('always', ceiling, ceiling, Infinity);
    }
    slope = slopeOf(looks) ?? slope;
    let half = halfWidth(looks, slope);
    const last = replications >= replicationsMax;
    if (last || half === null || half <= precision) {
      middle = await bracket(round, mean, precision / 4);
      const found = await ends(round);
      const point = Math.sqrt(middle.below! * (middle.above ?? ceiling));
      half = found.low === 0 ? Infinity : Math.log(found.high / found.low) / 2;
      const state = half <= precision ? 'found' : 'wide';
      if (last || state === 'found') return ended(state, point, found.low, found.high);
    }
    const ratio = half / (precision * ROUNDING);
    const wanted = Math.max(Math.ceil(replications * ratio * ratio), replications + 5);
    replications = Math.min(replicationsMax, 4 * replications, wanted);
    onMore?.({ half, before: count, replications });
    start = Math.exp(rootOf([...looks.values()], mean.gap, slope) ?? Math.log(middle.below!));
    if (!(start > lowest && start < ceiling)) start = middle.below!;
  }
}

async function ends<L extends Look>(
  round: Bracketing<L> & SearchOptions<L>,
): Promise<{ low: number; high: number }> {
  const tolerance = round.precision / 4;
  const { below } = await bracket(round, low, tolerance);
  const { above } = await bracket(round, high, tolerance);
  return { low: below ?? 0, high: above ?? (round.failsAtCeiling ? round.ceiling : Infinity) };
}

const sorted = <L extends Look>(looks: ReadonlyMap<number, L>) =>
  [...looks.values()].sort((a, b) => a.at - b.at);

/** How fast the mean goes towards its bound with the logarithm of the load, between the two looks about it. */
function slopeOf(looks: ReadonlyMap<number, Look>): number | null {
  const near = sorted(looks)
    .filter(({ gap }) => Number.isFinite(gap.mean))
    .sort((a, b) => Math.abs(a.gap.mean) - Math.abs(b.gap.mean));
  const [a, b] = near;
  if (a === undefined || b === undefined) return null;
  const slope = (a.gap.mean - b.gap.mean) / Math.log(a.at / b.at);
  return slope > 0 ? slope : null;
}

/** What the interval's half width will be, from looks about the point alone; null when they do not say. */
function halfWidth(looks: ReadonlyMap<number, Look>, slope: number | null): number | null {
  const all = [...looks.values()];
  const [from, to] = [rootOf(all, low.gap, slope), rootOf(all, high.gap, slope)];
  return from === null || to === null || to <= from ? null : (to - from) / 2;
}
