import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';
import { NONE } from '../state.ts';
import { drawDistinct } from './parts/draw.ts';

/** The power of choices: a few workers at random, and of them the least loaded. O(choices), however many workers. */
export const p2c = defineLbMethod({
  name: 'p2c',
  summary: 'of two workers at random the one with fewer requests per factor',
  source: 'Mitzenmacher 2001; distinct draws as in YARP, Finagle and nginx, others as in Envoy',
  variant:
    'every candidate is drawn with the same probability; factors scale the load that is compared',
  ties: 'the worker drawn first',
  cost: 'O(choices)',
  parameters: {
    choices: { kind: 'whole', min: 1, max: 16, default: 2, says: 'workers drawn for each request' },
    distinct: { kind: 'flag', default: true, says: 'never draw a worker twice for one request' },
  },
  tables: (_, { choices }) => ({ drawn: { columns: { place: 'i32' }, rows: choices } }),
  elect({ lbfactor, busy, rng, drawn, parameters }, { ids, count }) {
    const { choices, distinct } = parameters;
    const { place } = drawn;
    const draws = distinct ? Math.min(choices, count) : choices;
    let best = NONE;
    for (let i = 0; i < draws; i++) {
      const worker = ids[distinct ? drawDistinct(rng, place, i, count) : nextBelow(rng, count)];
      if (best === NONE || busy[worker] * lbfactor[best] < busy[best] * lbfactor[worker]) {
        best = worker;
      }
    }
    return best;
  },
});
