/**
 * Mean of the fullest of `bins` when `balls` fall at random, each anywhere with equal chance: exact, from
 * P(max <= k), which goes through the bins one by one: of r balls left for b bins, j stay in the first with chance
 * Binomial(r, 1 / b), and no more than k may. O(balls bins max) for each k.
 */
export function fullestOfRandom(balls: number, bins: number): number {
  let mean = Math.ceil(balls / bins); // it never is less
  for (let k = mean; ; k++) {
    const above = 1 - chanceAllWithin(balls, bins, k);
    mean += above;
    if (above < 1e-12) return mean;
  }
}

function chanceAllWithin(balls: number, bins: number, k: number): number {
  const logFactorials = new Float64Array(balls + 1);
  for (let i = 1; i <= balls; i++) logFactorials[i] = logFactorials[i - 1] + Math.log(i);
  /** Chance that r balls fit into the bins so far; one bin holds up to k. */
  let fits = Float64Array.from({ length: balls + 1 }, (_, r) => (r <= k ? 1 : 0));
  for (let b = 2; b <= bins; b++) {
    const next = new Float64Array(balls + 1);
    for (let r = 0; r <= Math.min(balls, b * k); r++) {
      let sum = 0;
      for (let j = Math.max(0, r - (b - 1) * k); j <= Math.min(k, r); j++) {
        const ways = logFactorials[r] - logFactorials[j] - logFactorials[r - j];
        sum += fits[r - j] * Math.exp(ways - j * Math.log(b) + (r - j) * Math.log1p(-1 / b));
      }
      next[r] = sum;
    }
    fits = next;
  }
  return fits[balls];
}

/**
 * Mean of the fullest of `bins` when each of `balls` goes to the emptier of two different bins drawn at random: exact,
 * over all sorted contents. There are as many states as ways to write `balls` as a sum of `bins` numbers.
 */
export function fullestOfTwoChoices(balls: number, bins: number): number {
  const pairs = (bins * (bins - 1)) / 2;
  let states = new Map([[new Array(bins).fill(0).join(), 1]]);
  for (let ball = 0; ball < balls; ball++) {
    const next = new Map<string, number>();
    for (const [key, chance] of states) {
      const contents = key.split(',').map(Number); // rising: of a pair the earlier is the emptier
      contents.forEach((_, rank) => {
        const chosen = (bins - 1 - rank) / pairs;
        if (chosen === 0) return;
        const after = contents.map((content, i) => (i === rank ? content + 1 : content));
        const to = after.sort((a, b) => a - b).join();
        next.set(to, (next.get(to) ?? 0) + chance * chosen);
      });
    }
    states = next;
  }
  return [...states].reduce(
    (sum, [key, chance]) => sum + chance * Number(key.split(',').at(-1)),
    0,
  );
}

/**
 * Mean squared variation of how often `bins` are hit by `keys` random keys, each bin having `points` random places
 * on a ring and what lies before them. Spacings of the ring alone: (bins - 1) / (points bins + 1).
 */
export function ringVariation(keys: number, bins: number, points: number): number {
  return ((bins - 1) / (points * bins + 1)) * (1 - 1 / keys) + (bins - 1) / keys;
}

/** Mean squared variation of the shares of `bins` when `balls` fall at random: the noise floor of fairness. */
export function randomVariation(balls: number, bins: number): number {
  return (bins - 1) / balls;
}

/** The same of requests when sessions fall at random, each of a geometric number of requests of this mean. */
export function stickyVariation(sessions: number, bins: number, requests: number): number {
  return randomVariation(sessions, bins) * (2 - 1 / requests);
}
