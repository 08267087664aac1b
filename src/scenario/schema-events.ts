/** The shape of what goes wrong and of what operators do, as written: events at a time, faults at random. */
import { z } from 'zod';
import { lbset, loadfactor, redirect } from './schema-balancer.ts';
import { time } from './schema-distributions.ts';
import { lbmethod } from './schema-lbmethod.ts';
import {
  duration,
  list,
  map,
  name,
  onOff,
  positive,
  positiveDuration,
  share,
  shortText,
  whole,
  wholeSeconds,
  workerName,
} from './schema-parts.ts';

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

const someWorkers = 'a worker or a list of workers';
const workers = z.union([name, list(someWorkers, name)], someWorkers);
const proxyPhrase = 'the number of a proxy, counted from 1, or a list of such numbers';
const proxyNumber = whole(proxyPhrase, 1);

/** Something that happens at a time. */
export const event = map('an event such as { at: 3m, worker: a, crash: 90s }', {
  at: duration.describe('When, from the start.'),
  worker: workers.describe('Whom it hits; a list fails together.').optional(),
  crash: positiveDuration.describe('Connections refused, requests in flight reset.').optional(),
  hang: positiveDuration.describe('Requests are taken and not answered.').optional(),
  pause: positiveDuration
    .describe('Work stops and goes on where it was, as in a garbage collection.')
    .optional(),
  blackhole: positiveDuration.describe('Packets to and from the worker are lost.').optional(),
  slow: positive.describe('Service takes this many times as long; needs `for`.').optional(),
  errors: share.describe('Share of answers that are 500; needs `for`.').optional(),
  reset: share.describe('Share of requests whose connection is reset; needs `for`.').optional(),
  for: positiveDuration
    .describe('How long `slow`, `errors`, `reset` or `partition` lasts.')
    .optional(),
  proxy: z
    .union([proxyNumber, list(proxyPhrase, proxyNumber)], proxyPhrase)
    .describe('Which of several proxies `partition` or `manager` is about, from 1.')
    .optional(),
  partition: workers
    .describe('Packets between the proxy and these workers are lost; needs `proxy` and `for`.')
    .optional(),
  manager: manager.describe('A change that balancer-manager can make.').optional(),
});

const up = time.describe('From the end of one to the begin of the next.');
const down = time.describe('How long each lasts.');
const spells = map('times such as { up: { exponential: 100s }, down: { exponential: 10s } }', {
  up,
  down,
});

/** Something that happens again and again, at random times. */
export const fault = map(
  'a fault such as { worker: a, crash: { up: { exponential: 100s }, down: 10s } }',
  {
    worker: workers.describe('Whom it hits; a list fails together.'),
    crash: spells.describe('As the event, at random.').optional(),
    hang: spells.describe('As the event, at random.').optional(),
    pause: spells.describe('As the event, at random.').optional(),
    blackhole: spells.describe('As the event, at random.').optional(),
    slow: map('slow spells such as { factor: 3, up: 60s, down: { exponential: 5s } }', {
      factor: positive.describe('Service takes this many times as long.'),
      up,
      down,
    })
      .describe('As the event, at random.')
      .optional(),
  },
);
