/** Cells that [0, 1) is cut into; 64 KiB a table. */
const CELLS = 2048;
/** Largest error of a cell in shares of the value; a cell that would be worse is never used. */
const TOLERANCE = 1e-10;
const EMPTY = -1;

/**
 * The same non-negative quantile function about ten times faster where it is smooth: a cubic per cell with
 * the function's own values and slopes (1 / density) at both ends. A cell is made when it is first met and
 * checked in its middle, where such a cubic is worst; where it fails (the tails, kinks) `exact` is asked.
 */
export function tabulated(
  exact: (u: number) => number,
  density: (x: number) => number,
): (u: number) => number {
  const cubics = new Float64Array(4 * CELLS).fill(EMPTY);

  function make(at: number, cell: number): void {
    const from = exact(cell / CELLS);
    const to = exact((cell + 1) / CELLS);
    const slopeFrom = 1 / (density(from) * CELLS);
    const slopeTo = 1 / (density(to) * CELLS);
    const rise = to - from;
    cubics[at] = from;
    cubics[at + 1] = slopeFrom;
    cubics[at + 2] = 3 * rise - 2 * slopeFrom - slopeTo;
    cubics[at + 3] = slopeFrom + slopeTo - 2 * rise;
    const middle = exact((cell + 0.5) / CELLS);
    const good = Math.abs(cubic(cubics, at, 0.5) - middle) <= TOLERANCE * middle;
    if (!good) cubics[at] = Number.NaN;
  }

  return (u) => {
    const scaled = u * CELLS;
    const cell = Math.floor(scaled);
    const at = 4 * cell;
    if (cubics[at] === EMPTY) make(at, cell);
    return Number.isNaN(cubics[at]) ? exact(u) : cubic(cubics, at, scaled - cell);
  };
}

function cubic(c: Float64Array, at: number, t: number): number {
  return c[at] + t * (c[at + 1] + t * (c[at + 2] + t * c[at + 3]));
}
