/**
 * The shape of a scenario file, as written: units still text, names still names. Nothing is converted here,
 * so that the JSON Schema for editors can be made from it; resolve.ts does the rest.
 */
import { z } from 'zod';
import { balancer } from './schema-balancer.ts';
import { bytes, counts, popularity, serviceTime, time } from './schema-distributions.ts';
import { event, fault } from './schema-events.ts';
import {
  choice,
  duration,
  durationOf,
  list,
  map,
  name,
  positive,
  positiveDuration,
  rate,
  rateOrNone,
  share,
  whole,
  wholeFile,
} from './schema-parts.ts';
import {
  adminListener,
  balancers,
  limits,
  listen,
  logs,
  managerPage,
  remoteIp,
  routes,
  runtimeDir,
  shutdownTimeout,
} from './schema-proxy.ts';

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
  connect: duration
    .describe('Opening a connection takes this and one rtt; 0s when missing.')
    .optional(),
  keepalive: positiveDuration
    .describe('The backend closes a connection that was idle for this long.')
    .optional(),
  check: duration.describe('Service of a health check over HTTP; 0s when missing.').optional(),
  cold: map('a cold start such as { slow: 3, for: 60s } or { slow: 3, ramp: 60s }', {
    slow: positive.describe('Service takes this many times as long after a restart.'),
    for: positiveDuration.describe('So long; then it is at full speed.').optional(),
    ramp: positiveDuration.describe('Ever less so, down to full speed after this long.').optional(),
  })
    .describe('How the backend comes back from a crash or a hang; at full speed when missing.')
    .optional(),
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
      .describe(
        'An access log in common, combined or vhost_combined format, plain or .gz. Its first request comes at the start; of several logs, each one does.',
      ),
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

const factorPhrase = 'a number of at least 1';
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
  addresses: popularity
    .describe('Source addresses that the clients share; each has its own when missing.')
    .optional(),
  paths: popularity.describe('Paths that they ask for; all for the same when missing.').optional(),
  timeout: positiveDuration.describe('The client gives up an attempt after this long.').optional(),
  retry: map('a retry such as { attempts: 1, backoff: 200ms }', {
    attempts: whole('a whole number of at least 0', 0).describe('Further attempts.'),
    backoff: duration.describe('Wait before each further attempt; 0s when missing.').optional(),
    factor: z
      .number(factorPhrase)
      .min(1, factorPhrase)
      .describe('Each wait is this many times the one before; 1 when missing.')
      .optional(),
    max: duration.describe('No wait is longer; unlimited when missing.').optional(),
    jitter: share
      .describe('Each wait is shortened by up to this share of itself, at random; 0 when missing.')
      .optional(),
    budget: map('a budget such as { ratio: 10%, burst: 10 }', {
      ratio: share.describe('Retries that each request pays for.'),
      burst: whole('a whole number of at least 1', 1)
        .describe(
          'Retries that can be saved up, and how many there are at the start; 10 when missing.',
        )
        .optional(),
    })
      .describe('All clients of this kind together retry no more than they can pay for.')
      .optional(),
  })
    .describe('What the client does after an error or a timeout.')
    .optional(),
  spread: z
    .enum(['session', 'request', 'address'], 'session, request or address')
    .describe(
      'With several proxies: each session takes one at random, or each request does, or all that come from one address take the same.',
    )
    .optional(),
  connection: map('a connection such as { requests: { geometric: 10 } }', {
    requests: counts.describe('Requests until the client opens another one.'),
  })
    .describe('With mode: tcp, how long clients keep a connection; for a session when missing.')
    .optional(),
});

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
  admin: adminListener.optional(),
  remoteip: remoteIp.optional(),
  log: logs.optional(),
  gracefulshutdowntimeout: shutdownTimeout.optional(),
  defaultruntimedir: runtimeDir.optional(),
  limits: limits.optional(),
  events: z
    .array(event, 'a list of events')
    .describe('What goes wrong, and what operators do.')
    .optional(),
  faults: z
    .array(fault, 'a list of faults')
    .describe('What goes wrong again and again, at random times.')
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

/** A file that is simulated. `listen`, `routes` and `manager` are checked and not used. */
export const scenario = map(wholeFile, {
  ...fields,
  backends,
  clients,
});

/** A file that is proxied. What only the simulator needs may be missing. */
export const proxied = map('a proxy: a map with listen, routes and balancers', {
  ...fields,
  listen,
  backends: backends.optional(),
  clients: clients.optional(),
});

/** Either, for editors. */
export const either = z
  .strictObject({ ...fields, backends: backends.optional(), clients: clients.optional() })
  .meta({
    anyOf: [{ required: ['backends', 'clients'] }, { required: ['listen'] }],
    oneOf: [{ required: ['balancer'] }, { required: ['balancers'] }],
  });

export type RawScenario = z.infer<typeof scenario>;
export type RawProxied = z.infer<typeof proxied>;
