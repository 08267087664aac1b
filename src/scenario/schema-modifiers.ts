/** The shape of what is laid over an lbmethod, as written. What each rule does: src/core/modifiers/README.md. */
import { z } from 'zod';
import { map, millisecondOrMore, positive, share, whole } from './schema-parts.ts';

const slowstartPhrase =
  'a duration of at least 1ms, such as 30s, or { window: 30s, aggression: 1, min: 10% }';
const slowstartMap = map(slowstartPhrase, {
  window: millisecondOrMore.describe('Until a worker that came back has its load factor.'),
  aggression: positive
    .describe('1 grows along a line; more grows faster at first. 1 when missing.')
    .optional(),
  min: share.describe('Part of its load factor at first; 10% when missing.').optional(),
});
const slowstart = z
  .union([millisecondOrMore, slowstartMap], slowstartPhrase)
  .describe(
    "A worker that comes back gets a growing part of its load factor. A duration: HAProxy's line; a map: Envoy's curve.",
  );

/** On, Off, or a map; flat, so that what fits none of them is told all three. */
function onOffOr<T extends z.ZodType>(phrase: string, one: T) {
  const word = z.string(phrase).regex(/^[Oo](?:[Nn]|[Ff][Ff])$/, phrase);
  return z.union([z.boolean(phrase), word, one], phrase);
}

const hosts = whole('a whole number of at least 1', 1)
  .describe('Workers that must have had enough requests; 5 when missing.')
  .optional();
const requests = (missing: number) =>
  whole('a whole number of at least 1', 1)
    .describe(`Requests in an interval that make a worker count; ${missing} when missing.`)
    .optional();

const successRatePhrase = 'On, Off, or { stdevs: 1.9, hosts: 5, requests: 100 }';
const successRate = map(successRatePhrase, {
  stdevs: positive
    .describe('Standard deviations below the mean that eject; 1.9 when missing.')
    .optional(),
  hosts,
  requests: requests(100),
});

const failurePercentagePhrase = 'On, Off, or { threshold: 85%, hosts: 5, requests: 50 }';
const failurePercentage = map(failurePercentagePhrase, {
  threshold: share.describe('Share of failures that ejects; 85% when missing.').optional(),
  hosts,
  requests: requests(50),
});

const outlier = map('outlier ejection such as { consecutive5xx: 5, maxEjected: 10% }', {
  consecutive5xx: whole('a whole number of at least 0', 0)
    .describe('Failures in a row that eject; 5 when missing, 0 is never.')
    .optional(),
  interval: millisecondOrMore
    .describe('How often rates are compared; 10s when missing.')
    .optional(),
  baseEjection: millisecondOrMore
    .describe('The first ejection; the nth in a row lasts n times as long. 30s when missing.')
    .optional(),
  maxEjection: millisecondOrMore
    .describe('The longest ejection; 300s, or baseEjection, when missing.')
    .optional(),
  maxEjected: share
    .describe('Share of the workers that may be ejected, and always one; 10% when missing.')
    .optional(),
  successRate: onOffOr(successRatePhrase, successRate)
    .describe('Ejects whose rate of success is far below the mean; On when missing.')
    .optional(),
  failurePercentage: onOffOr(failurePercentagePhrase, failurePercentage)
    .describe('Ejects whose share of failures is large; Off when missing.')
    .optional(),
}).describe('A worker whose answers fail is left out, each time for longer.');

const retrybudget = map(
  'a retry budget such as { ratio: 20%, min: 3 } or { tokens: 10, perSuccess: 0.1 }',
  {
    ratio: share
      .describe('Requests on a failover try, of those under way; 20% when missing.')
      .optional(),
    min: whole('a whole number of at least 0', 0)
      .describe('Requests on a failover try that are always allowed; 3 when missing.')
      .optional(),
    tokens: positive
      .describe('Tokens there can be; a failure costs one, and half of them are kept back.')
      .optional(),
    perSuccess: positive.describe('Tokens that a success earns; 0.1 when missing.').optional(),
  },
).describe('How many failover tries the balancer may make.');

export const modifiers = map(
  'modifiers such as { slowstart: 30s, outlier: { consecutive5xx: 5 }, panic: 50%, retrybudget: { ratio: 20% } }',
  {
    slowstart: slowstart.optional(),
    outlier: outlier.optional(),
    panic: share
      .describe('With a smaller share of usable workers in a set, all of it serve.')
      .optional(),
    retrybudget: retrybudget.optional(),
  },
);

export type RawModifiers = z.infer<typeof modifiers>;

/** The maps behind the modifiers that have one, for their keys and what these are. */
export const modifierMaps = { slowstart: slowstartMap, outlier, retrybudget };
