/** When a client class's next arrival comes. */
import type { ArrivalSpec, TraceSpec } from '../../src/scenario/scenario.ts';
import type { Uniform } from '../streams.ts';
import { wholeNs } from '../whole-ns.ts';
import { mmpp } from './mmpp.ts';
import { Profile } from './profile.ts';

export interface Source {
  /** Instant of the next arrival in ns, not before the last one; Infinity after the last. */
  next(): number;
}

/** What a source may need beside the arrivals' own numbers. */
export interface SourceOptions {
  /** Streams of the class: of its arrivals, and of the states of a rate that jumps. */
  readonly uniform: Uniform;
  readonly phases: Uniform;
  /** End of the warm-up, where profiles begin. */
  readonly beginNs: number;
}

/** The arrivals of an open class; a closed class has none of its own. */
export function sourceOf(
  arrival: ArrivalSpec,
  { uniform, phases, beginNs }: SourceOptions,
): Source | null {
  if (arrival.kind === 'poisson') return new Poisson(1e9 / arrival.perSecond, uniform);
  if (arrival.kind === 'constant') return constant(1e9 / arrival.perSecond);
  if (arrival.kind === 'mmpp') return mmpp(arrival.states, uniform, phases);
  if (arrival.kind === 'profile') return new Profile(arrival, beginNs, uniform);
  if (arrival.kind === 'trace') return trace(arrival.trace, uniform);
  return null;
}

/** Gaps drawn at once: a logarithm costs less in a loop of its own than between other work. */
const BATCH = 64;

class Poisson implements Source {
  private readonly meanNs: number;
  private readonly uniform: Uniform;
  private readonly gaps = new Float64Array(BATCH);
  private drawn = BATCH;
  private atNs = Number.NaN; // a double from the start: V8 keeps fields as what they first held

  constructor(meanNs: number, uniform: Uniform) {
    this.meanNs = meanNs;
    this.uniform = uniform;
    this.atNs = 0;
  }

  next(): number {
    if (this.drawn === BATCH) this.#draw();
    this.atNs += this.gaps[this.drawn++];
    return this.atNs;
  }

  #draw(): void {
    const { gaps, meanNs, uniform } = this;
    for (let i = 0; i < BATCH; i++) gaps[i] = wholeNs(-meanNs * Math.log(1 - uniform()));
    this.drawn = 0;
  }
}

function constant(gapNs: number): Source {
  const count = new Float64Array(1);
  return {
    next() {
      count[0]++;
      return Math.round(gapNs * count[0]); // from the count, so that no rounding piles up
    },
  };
}

/**
 * The entries of a log, in order. Time stamps are cut to the log's resolution; entries with the same stamp are
 * spread over it at random, as they were in truth.
 */
function trace({ atNs, resolutionNs }: TraceSpec, uniform: Uniform): Source {
  const spread = Float64Array.from(atNs, (ns) => ns + Math.floor(uniform() * resolutionNs));
  for (let from = 0; from < atNs.length; ) {
    let to = from + 1;
    while (to < atNs.length && atNs[to] === atNs[from]) to++;
    spread.subarray(from, to).sort();
    from = to;
  }
  let index = 0;
  return { next: () => (index < spread.length ? spread[index++] : Number.POSITIVE_INFINITY) };
}
