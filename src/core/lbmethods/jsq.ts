import { defineLbMethod } from '../lbmethod.ts';
import { shortestWait, takeWait, waitColumns } from './parts/reported.ts';

/** Join the shortest queue, by what backends really hold: a bound to compare others with. O(candidates). */
export const jsq = defineLbMethod({
  name: 'jsq',
  summary: 'shortest true queue: full information, a bound',
  source: 'textbook (Winston 1977)',
  variant:
    'requests at the backend, served and waiting, over its rate; those on their way are not seen',
  ties: 'by chance',
  cost: 'O(candidates)',
  factors: 'ignored',
  needs: 'load',
  columns: waitColumns,
  load: (state, worker, load) => takeWait(state, worker, load, 0),
  elect: shortestWait,
});
