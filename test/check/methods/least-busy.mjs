/**
 * Least requests in flight, ties at random, and `careless` of the picks wholly at random. A neutral change is another
 * `skip`: as many draws thrown away beforehand, so that every later one is another.
 */
export function leastBusy({ careless = 0, skip = 0 } = {}) {
  const draws = new WeakMap();
  return {
    name: `least-busy-${careless}-${skip}`,
    summary: 'least requests in flight, ties at random',
    source: 'made up for tests',
    elect(state, { ids, count }) {
      const uniform = drawsOf(draws, state, skip);
      if (uniform() < careless) return ids[Math.floor(uniform() * count)];
      let best = ids[0];
      let ties = 1;
      for (let i = 1; i < count; i++) {
        const busy = state.busy[ids[i]];
        if (busy < state.busy[best]) {
          best = ids[i];
          ties = 1;
        } else if (busy === state.busy[best] && uniform() < 1 / ++ties) best = ids[i];
      }
      return best;
    },
  };
}

/** A stream a balancer, started from its own words. */
function drawsOf(draws, state, skip) {
  const known = draws.get(state);
  if (known !== undefined) return known;
  let word = state.rng[0];
  const uniform = () => {
    word = (word + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(word ^ (word >>> 15), word | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  for (let i = 0; i < skip; i++) uniform();
  draws.set(state, uniform);
  return uniform;
}
