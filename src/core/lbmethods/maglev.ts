import { defineLbMethod } from '../lbmethod.ts';
import { mix } from './parts/mix.ts';
import { primeFrom } from './parts/prime.ts';

/** A lookup table that candidates fill in turn, each by a permutation of its own. O(1). */
export const maglev = defineLbMethod({
  name: 'maglev',
  summary: 'consistent hash of the request key by a table: even shares',
  source: 'Eisenbud et al., NSDI 2016; weights as in Envoy',
  variant: 'the table is filled by those who may be elected; lighter workers skip turns',
  ties: 'none: a key has one worker',
  cost: 'O(1); O(size) when the candidates or their load factors change',
  strays: 0.02,
  parameters: {
    key: { kind: 'choice', values: ['uri', 'source'], default: 'uri', says: 'what is hashed' },
    size: {
      kind: 'whole',
      min: 3,
      max: 5000011,
      default: 65537,
      says: 'places of the table, rounded up to a prime',
    },
  },
  columns: {
    /** The load factor a worker's places were taken with; 0: it has none. */
    placed: 'i32',
    /** While the table is filled: the next place it wants, its step, and when it is its turn. */
    wants: 'i32',
    step: 'i32',
    due: 'f64',
  },
  tables: (_, { size }) => ({ table: { columns: { worker: 'i32' }, rows: primeFrom(size) } }),
  prepare({ lbfactor, identity, placed, wants, step, due, table }, { ids, count }, rows) {
    let kept = 0;
    let had = 0;
    for (let i = 0; i < count; i++) kept += Number(placed[ids[i]] === lbfactor[ids[i]]);
    for (let worker = 0; worker < rows; worker++) had += Number(placed[worker] > 0);
    if (count === 0 || (kept === count && had === count)) return;
    placed.fill(0, 0, rows);
    let heaviest = 0;
    const size = table.worker.length;
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      placed[worker] = lbfactor[worker];
      heaviest = Math.max(heaviest, lbfactor[worker]);
      wants[worker] = mix(identity[worker], 1) % size;
      step[worker] = (mix(identity[worker], 2) % (size - 1)) + 1;
      due[worker] = 0;
    }
    table.worker.fill(-1);
    let taken = 0;
    for (let turn = 1; taken < size; turn++) {
      for (let i = 0; i < count && taken < size; i++) {
        const worker = ids[i];
        if (turn * lbfactor[worker] < due[worker]) continue;
        due[worker] += heaviest;
        let place = wants[worker];
        while (table.worker[place] >= 0) place = (place + step[worker]) % size;
        table.worker[place] = worker;
        wants[worker] = (place + step[worker]) % size;
        taken++;
      }
    }
  },
  elect: ({ table }, _among, _nowNs, key) => table.worker[mix(key, 0) % table.worker.length],
});
