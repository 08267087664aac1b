import { defineLbMethod } from '../lbmethod.ts';
import { shortestWait, takeWait, waitColumns } from './parts/reported.ts';

/** Shortest expected delay, by what backends really hold: a bound to compare others with. O(candidates). */
export const sed = defineLbMethod({
  name: 'sed',
  summary: 'shortest true expected delay: full information, a bound',
  source: 'textbook (Shenker and Weinrib 1989)',
  variant:
    'requests at the backend and the one to come, over its rate; those on their way are not seen',
  ties: 'by chance',
  cost: 'O(candidates)',
  factors: 'ignored',
  needs: 'load',
  columns: waitColumns,
  load: (state, worker, load) => takeWait(state, worker, load, 1),
  elect: shortestWait,
});
