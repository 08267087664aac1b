/** Trajectories that agree request by request (V29, V30, V59, V60). */
import type { Case, IdentityCase } from '../case.ts';
import { compared, leastWorkLeft, sojourns } from '../identities.ts';
import { namesOf } from '../station.ts';

const REQUESTS = 20_000;

const queue = (workers: number, slots: number, service: string, load: number) => `
run: { requests: ${REQUESTS} }
balancer: { workers: [ ${namesOf(workers)} ] }
backends: { app: { slots: ${slots}, service: ${service} } }
clients: [ { name: c, arrival: { poisson: ${load * workers * slots * 1000}/s } } ]`;

const dealt = [2, 5, 16].map(
  (workers): IdentityCase => ({
    kind: 'identity',
    id: 'V29',
    title: `byrequests over ${workers} workers, constant service: each request as in the central queue M/D/${workers}`,
    allowed: 0,
    compare(seed) {
      const run = { seed, requests: REQUESTS };
      return compared(
        sojourns({ ...run, text: queue(workers, 1, '1ms', 0.9) }),
        sojourns({ ...run, text: queue(1, workers, '1ms', 0.9) }),
      );
    },
  }),
);

const leastWork = [
  {
    workers: 2,
    law: 'exponential',
    spec: { kind: 'exponential', mean: 1e6 } as const,
    service: '{ exponential: 1ms }',
  },
  {
    workers: 5,
    law: 'lognormal',
    spec: { kind: 'lognormal', mean: 1e6, cv: 2 } as const,
    service: '{ lognormal: { mean: 1ms, cv: 2 } }',
  },
].map(
  ({ workers, law, spec, service }): IdentityCase => ({
    kind: 'identity',
    id: 'V30',
    title: `least work left over ${workers} workers, ${law}: each request as in one central queue`,
    allowed: 1e-9,
    compare(seed) {
      const run = { seed, requests: REQUESTS };
      return compared(
        sojourns({
          ...run,
          text: queue(workers, 1, service, 0.9),
          ...leastWorkLeft(workers, spec),
        }),
        sojourns({ ...run, text: queue(1, workers, service, 0.9) }),
      );
    },
  }),
);

const turns = [
  { lbmethod: 'swrr', factors: [3, 2, 1] },
  { lbmethod: 'edf', factors: [1, 1, 1, 1] },
].map(
  ({ lbmethod, factors }): IdentityCase => ({
    kind: 'identity',
    id: lbmethod,
    title: `${lbmethod} over load factors ${factors.join(', ')}: each request as under byrequests`,
    allowed: 0,
    compare(seed) {
      const text = (method: string) =>
        queue(factors.length, 1, '{ exponential: 1ms }', 0.5).replace(
          /workers: \[.*?\]/,
          `lbmethod: ${method}, workers: [ ${namesOf(factors.length, factors)} ]`,
        );
      const run = { seed, requests: REQUESTS };
      return compared(
        sojourns({ ...run, text: text(lbmethod) }),
        sojourns({ ...run, text: text('byrequests') }),
      );
    },
  }),
);

/** A shop in which everything happens. Whole nanoseconds throughout, so that doubling all times is exact. */
const shop = (f: number, more = '') => `
run: { requests: ${REQUESTS} }
balancer:
  stickysession: S
  lbmethod: bybusyness
  workers:
    - { name: a, route: a, backend: x, retry: ${f}s, timeout: ${400 * f}ms }
    - { name: b, route: b, backend: y, max: 5, acquire: ${80 * f}ms, retry: ${3 * f}s }
backends:
  x: { slots: 3, service: { samples: [ ${5 * f}ms, ${11 * f}ms, ${70 * f}ms, ${130 * f}ms ] }, rtt: ${2 * f}ms }
  y: { slots: 4, queue: 9, service: { samples: [ ${7 * f}ms, ${13 * f}ms, ${101 * f}ms ] }, response: { errors: 1% } }
  ${more}
clients:
  - name: people
    arrival: { constant: ${8 / f}/s }
    session: { requests: { geometric: 5 }, think: { samples: [ ${90 * f}ms, ${330 * f}ms ] } }
  - { name: robots, arrival: { constant: ${16 / f}/s } }
events:
  - { at: ${20 * f}s, worker: a, crash: ${2 * f}s }
  - { at: ${40 * f}s, worker: b, hang: ${f}s }`;

/** Requests that failed have no sojourn in either run. */
function answered(a: Float64Array, b: Float64Array, factor: number) {
  const both = [...a.keys()].filter((i) => !(Number.isNaN(a[i]) && Number.isNaN(b[i])));
  const of = (all: Float64Array) => Float64Array.from(both, (i) => all[i]);
  return compared(of(a), of(b), factor);
}

const again: IdentityCase = {
  kind: 'identity',
  id: 'V59',
  title: 'the same seed, and a backend more that nobody uses: the same bits',
  allowed: 0,
  compare(seed) {
    const run = { seed, requests: REQUESTS };
    const more = 'unused: { slots: 1, service: { exponential: 9ms } }';
    return answered(
      sojourns({ ...run, text: shop(1) }),
      sojourns({ ...run, text: shop(1, more) }),
      1,
    );
  },
};

const doubled: IdentityCase = {
  kind: 'identity',
  id: 'V60',
  title: 'all times doubled: every sojourn doubles',
  allowed: 1e-12, // milliseconds are quotients of whole nanoseconds
  compare(seed) {
    const run = { seed, requests: REQUESTS };
    return answered(sojourns({ ...run, text: shop(1) }), sojourns({ ...run, text: shop(2) }), 2);
  },
};

export const identities: readonly Case[] = [...dealt, ...leastWork, ...turns, again, doubled];
