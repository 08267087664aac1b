/**
 * The shape of a scenario file, as written: units still text, names still names. Nothing is converted here,
 * so that the JSON Schema for editors can be made from it; resolve.ts does the rest.
 */
import { z } from 'zod';
import { balancer, lbset, loadfactor, redirect } from './schema-balancer.ts';
import { bytes, counts, serviceTime, time } from './schema-distributions.ts';
import { lbmethod } from './schema-lbmethod.ts';
import {
  choice,
  duration,
  durationOf,
  list,
  map,
  name,
  onOff,
  positive,
  positiveDuration,
  rate,
  rateOrNone,
  share,
  shortText,
  whole,
  wholeSeconds,
  workerName,
} from './schema-parts.ts';
import { balancers, listen, managerPage, routes } from './schema-proxy.ts';

const fullPhrase = '503 or refuse';
const places = whole('a whole number of waiting places', 0);
/** The server behind a worker. */
export const backend = map('a backend such as { slots: 8, service: 20ms }', {
  slots: whole('a whole number of at least 1', 1)
    .describe('Requests served at once; 1 when missing.')
    .optional(),
  discipline: z
    .enum(['fifo', 'ps'], 'fifo or ps')
    .describe('fifo: in turn; ps: processor sharing. fifo when missing.')
    .optional(),
  queue: z
    .union(
      [
        places,
        map('a queue such as 200 or { places: 200, full: refuse }', {
          places: places,
          full: z
            .union([z.literal(503, fullPhrase), z.literal('refuse', fullPhrase)], fullPhrase)
            .describe('What a request meets when every place is taken.')
            .optional(),
        }),
      ],
      'a whole number of waiting places such as 200, or { places: 200, full: refuse }',
    )
    .describe('Waiting places; unlimited when missing.')
    .optional(),
  service: serviceTime.describe('Time to serve one request in one slot.'),
  response: map('a response such as { bytes: 2KiB, errors: 0.1% }', {
    bytes: bytes.describe('Size of an answer; 1 KiB when missing.').optional(),
    errors: share.describe('Share of answers that are 500, given at once.').optional(),
  })
    .describe('What the backend answers.')
    .optional(),
  rtt: duration.describe('Balancer to backend and back; 0s when missing.').optional(),
  sessions: z
    .enum(['memory', 'replicated'], 'memory or replicated')
    .describe('memory: a session that moves is broken; replicated: it is not.')
    .optional(),
});

const usersPhrase = 'a whole number of users, at least 1';
const arrival = choice(
  'an arrival such as { poisson: 40/s } or { closed: { users: 500, think: 9s } }',
  {
    poisson: rate.describe('New sessions per second at random times.'),
    constant: rate.describe('New sessions per second, evenly spaced.'),
    closed: map('a closed population such as { users: 500, think: { exponential: 9s } }', {
      users: whole(usersPhrase, 1).describe('People who wait for each answer.'),
      think: time.describe('From an answer to the next request.').optional(),
    }).describe('A fixed number of users: request, answer, think, next.'),
    trace: z
      .string('the name of an access log')
      .min(1, 'the name of an access log')
      .describe('An access log in common or combined format, plain or .gz.'),
    mmpp: list(
      'states such as [ { rate: 10/s, mean: 30s }, { rate: 100/s, mean: 3s } ]',
      map('a state such as { rate: 10/s, mean: 30s }', {
        rate: rateOrNone.describe('New sessions per second while it lasts.'),
        mean: positiveDuration,
      }),
    ).describe('Random times at a rate that jumps: states in turn, held for exponential times.'),
    profile: list(
      'points such as [ [0s, 10/s], [60s, 100/s] ]',
      z.tuple([duration, rateOrNone], 'a point such as [60s, 100/s]'),
    ).describe('Random times at a rate that follows straight lines, from the end of the warm-up.'),
  },
  [],
  undefined,
  {
    profile: {
      repeat: z.boolean('true or false').describe('From the last point back to the first.'),
    },
    trace: { speed: positive.describe('2 plays the log in half the time; 1 when missing.') },
  },
);

/** Someone who sends requests. */
export const client = map('a client such as { name: shoppers, arrival: { poisson: 40/s } }', {
  name: name.describe('Name of the client, unique in the file.'),
  arrival: arrival.describe('When sessions (or single requests) begin.'),
  session: map('a session such as { requests: { geometric: 12 }, think: 4s }', {
    requests: counts.describe('Requests in a session; 1 when missing.').optional(),
    think: time.describe('From an answer to the next request; 0s when missing.').optional(),
    sticky: z
      .enum(['cookie', 'path', 'none'], 'cookie, path or none')
      .describe('How the session comes back to its worker.')
      .optional(),
  })
    .describe('A run of requests by one client; leave it out for single requests.')
    .optional(),
  timeout: positiveDuration.describe('The client gives up after this long.').optional(),
  retry: map('a retry such as { attempts: 1, backoff: 200ms }', {
    attempts: whole('a whole number of at least 0', 0).describe('Further attempts.'),
    backoff: duration.describe('Wait before each further attempt; 0s when missing.').optional(),
  })
    .describe('What the client does after an error or a timeout.')
    .optional(),
});

const managerStatusPhrase = 'letters I N D H R S C with + or -, such as +D or -D+N';
const managerSticky = 'NAME or COOKIE|path, or "-" (in quotes) to remove it';
const manager = map('a change such as { worker: b, status: +N } or { lbmethod: bybusyness }', {
  worker: workerName.describe('The worker to change; without it, the balancer changes.').optional(),
  status: z
    .string(managerStatusPhrase)
    .regex(/^(?:[+-]?[INDHRSCindhrsc])+$/, managerStatusPhrase)
    .describe('Flags to set (+) and to clear (-).')
    .optional(),
  loadfactor: loadfactor.optional(),
  lbset: lbset.optional(),
  route: shortText.describe('New route; empty removes it.').optional(),
  redirect: redirect.optional(),
  lbmethod: lbmethod.describe('New lbmethod.').optional(),
  timeout: wholeSeconds('a duration in whole seconds from 0s to 7200s', 0, 7200)
    .describe('How long a request waits for a usable worker.')
    .optional(),
  maxattempts: whole('a whole number from 0 to 99', 0, 99)
    .describe('Tries after the first.')
    .optional(),
  nofailover: onOff.describe('A session whose worker is lost is answered 503.').optional(),
  stickysession: z
    .string(managerSticky)
    .regex(/^(?:[^|].{0,61})?$/, managerSticky)
    .describe('NAME, COOKIE|path, or "-" to remove stickiness.')
    .optional(),
});

/** Something that happens at a time. */
export const event = map(
  'an event such as { at: 3m, worker: a, crash: 90s }',
  {
    at: duration.describe('When, from the start.'),
    worker: z
      .union([name, list('a worker or a list of workers', name)], 'a worker or a list of workers')
      .describe('Whom it hits; a list fails together.')
      .optional(),
    crash: positiveDuration.describe('Connections refused, requests in flight reset.').optional(),
    hang: positiveDuration.describe('Requests are taken and not answered.').optional(),
    slow: positive.describe('Service takes this many times as long; needs `for`.').optional(),
    errors: share.describe('Share of answers that are 500; needs `for`.').optional(),
    for: positiveDuration.describe('How long `slow` or `errors` lasts.').optional(),
    manager: manager.describe('A change that balancer-manager can make.').optional(),
  },
  ['blackhole', 'reset', 'proxy', 'partition'],
);

const warmupPhrase = 'auto or a duration with a unit, such as 30s';
const replications = 'a whole number from 1 to 100000';
const precisionMetric = 'a metric such as sojourn.p99';
const precisionMax = 'a whole number from 10 to 100000';
const run = map('a run such as { duration: 10m, replications: 10 }', {
  duration: positiveDuration.describe('Length of each replication after the warm-up.').optional(),
  requests: whole('a whole number of at least 1', 1)
    .describe('Requests of each replication after the warm-up.')
    .optional(),
  warmup: z
    .union([z.literal('auto', warmupPhrase), durationOf(warmupPhrase)], warmupPhrase)
    .describe('What is left out at the start; auto finds it.')
    .optional(),
  replications: whole(replications, 1, 1e5)
    .describe('Independent repetitions; 10 when missing.')
    .optional(),
  precision: map('a precision such as { metric: sojourn.p99, relative: 2%, max: 200 }', {
    metric: z.string(precisionMetric).min(1, precisionMetric).describe('Whose interval it is.'),
    relative: share.describe('Half of the 95 % interval, as a share of the mean.'),
    max: whole(precisionMax, 10, 1e5).describe('Most replications; 200 when missing.').optional(),
  })
    .describe('Repeat until the interval is so narrow, instead of `replications`.')
    .optional(),
});

const expectPhrase = 'a line METRIC OP BOUND, such as sojourn.p99 <= 400ms';

/** What a file may hold, whether it is simulated or proxied. */
const fields = {
  name: z.string('text').min(1, 'text').describe('Name of the scenario.').optional(),
  description: z.string('text').describe('What the scenario shows.').optional(),
  seed: z
    .union(
      [z.string().min(1, 'a number or text'), z.number('a number or text')],
      'a number or text',
    )
    .describe('Where randomness starts; "1" when missing.')
    .optional(),
  run: run.describe('How long, how often.').optional(),
  slo: positiveDuration.describe('Response time for the metric slo.attained.').optional(),
  balancer: balancer.describe('What is tried: the balancer and its workers.').optional(),
  balancers: balancers.optional(),
  listen: listen.optional(),
  routes: routes.optional(),
  manager: managerPage.optional(),
  events: z
    .array(event, 'a list of events')
    .describe('What goes wrong, and what operators do.')
    .optional(),
  expect: z
    .array(
      z
        .string(expectPhrase)
        .regex(/^\s*[^\s<>=]+\s*(?:<=|>=|==|<|>)\s*[^\s<>=]+\s*$/, expectPhrase)
        .describe('METRIC OP BOUND, such as sojourn.p99 <= 400ms.'),
      'a list of lines such as sojourn.p99 <= 400ms',
    )
    .describe('What `fairlead check` holds the scenario to.')
    .optional(),
};
const backends = z
  .record(name, backend, 'backends by name, such as app: { slots: 8, service: 20ms }')
  .describe('Servers by name.');
const clients = list('a list of clients', client).describe('Who sends requests.');
const later = ['faults'];

/** A file that is simulated. `listen`, `routes` and `manager` are checked and not used. */
export const scenario = map(
  'a scenario: a map with run, balancer, backends and clients',
  { ...fields, backends, clients },
  later,
);

/** A file that is proxied. What only the simulator needs may be missing. */
export const proxied = map(
  'a proxy: a map with listen, routes and balancers',
  { ...fields, listen, backends: backends.optional(), clients: clients.optional() },
  later,
);

/** Either, for editors. */
export const either = z
  .strictObject({ ...fields, backends: backends.optional(), clients: clients.optional() })
  .meta({
    anyOf: [{ required: ['backends', 'clients'] }, { required: ['listen'] }],
    oneOf: [{ required: ['balancer'] }, { required: ['balancers'] }],
  });

export type RawScenario = z.infer<typeof scenario>;
export type RawProxied = z.infer<typeof proxied>;
