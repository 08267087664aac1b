/** Where the state of sessions lives, and what becomes of it: counted once a session, inside the window. */
import { NONE } from '../src/core/index.ts';
import type { Flight } from './flights.ts';
import type { Link } from './link.ts';
import type { Observations } from './observations.ts';
import type { Sessions } from './sessions.ts';

type Rows = Sessions['slab']['rows'];

/** A request of `session` inside the window has ended. */
export function countSession(observations: Observations, { counted }: Rows, session: number): void {
  if (counted[session] === 1) return;
  counted[session] = 1;
  observations.sessions++;
}

/** A session's request was served over `link`: is its state there? */
export function serveSession(
  observations: Observations,
  rows: Rows,
  flight: Flight,
  { worker, restarts, backend, counts }: Link,
): void {
  const { session } = flight;
  const measured = flight.measured === 1;
  const home = rows.home[session];
  if (measured && rows.placed[session] === 0) {
    rows.placed[session] = 1;
    counts.sessions++;
  }
  const moved = home !== NONE && home !== worker;
  const lost = moved || (home === worker && rows.homeRestarts[session] !== restarts);
  rows.home[session] = worker;
  rows.homeRestarts[session] = restarts;
  if (!measured) return;
  if (moved && rows.moved[session] === 0) {
    rows.moved[session] = 1;
    observations.moved++;
  }
  if (lost && backend.sessions === 'memory' && rows.broken[session] === 0) {
    rows.broken[session] = 1;
    observations.broken++;
  }
}
