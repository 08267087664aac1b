import { z } from 'zod';
import {
  choice,
  duration,
  list,
  map,
  positive,
  positiveDuration,
  positiveSize,
  share,
  size,
  whole,
} from './schema-parts.ts';

const cv = 'a coefficient of variation above 0, such as 1.5';
const shapePhrase = 'a shape from 0.1 to 1000';
const shape = z.number(shapePhrase).min(0.1, shapePhrase).max(1000, shapePhrase);
const erlangK = 'a whole number of stages from 1 to 1000';

/**
 * The kinds of distribution over one quantity: `quantity` where a zero makes no sense, `any` where it does;
 * `form` is an example of the quantity for messages.
 */
function kinds<Q extends z.ZodType, A extends z.ZodType>(quantity: Q, any: A, form: string) {
  const two = `two values, smaller first, such as [${form}, ${form}]`;
  return {
    exponential: quantity.describe('The mean.'),
    uniform: z.tuple([any, any], two).describe('Smallest and largest value.'),
    erlang: map(`erlang parameters such as { k: 3, mean: ${form} }`, {
      k: whole(erlangK, 1, 1000).describe('Number of stages.'),
      mean: quantity,
    }).describe('The sum of k exponential stages.'),
    gamma: map(`gamma parameters such as { shape: 2, mean: ${form} }`, {
      shape: shape.describe('1 is exponential; larger is more regular.'),
      mean: quantity,
    }).describe('Erlang with any number of stages.'),
    weibull: map(`weibull parameters such as { shape: 0.7, mean: ${form} }`, {
      shape: shape.describe('1 is exponential; smaller has a heavier tail.'),
      mean: quantity,
    }).describe('A stretched exponential.'),
    lognormal: map(`lognormal parameters such as { mean: ${form}, cv: 1.5 }`, {
      mean: quantity,
      cv: z.number(cv).positive(cv).describe('Standard deviation over mean.'),
    }).describe('The exponential of a normal variate.'),
    pareto: map(`pareto parameters such as { shape: 1.3, min: ${form}, max: ${form} }`, {
      shape: positive.describe('Tail exponent; smaller is heavier.'),
      min: quantity,
      max: quantity,
    }).describe('A heavy tail, cut off at max.'),
    hyperexponential: list(
      `branches such as [ { share: 90%, mean: ${form} }, { share: 10%, mean: ${form} } ]`,
      map(`a branch such as { share: 90%, mean: ${form} }`, { share, mean: quantity }),
    ).describe('Exponential branches; their shares sum to 1.'),
    samples: samplesOf(any, form),
  };
}

function samplesOf<Q extends z.ZodType>(quantity: Q, form: string) {
  const expected = `a list of values such as [${form}, ${form}], or the name of a file with such values`;
  return z
    .union([list(expected, quantity), z.string(expected).min(1, expected)], expected)
    .describe('Values drawn with equal chances: a list, or a file with one value a line.');
}

function over<Q extends z.ZodType, A extends z.ZodType, P extends z.ZodType>(
  quantity: Q,
  any: A,
  plain: P,
  what: string,
  form: string,
) {
  const expected = `${what} such as ${form}, or a distribution such as { exponential: ${form} }`;
  return choice(expected, kinds(quantity, any, form), [], plain);
}

/** Times with a mean above zero: a service takes some time. */
export const serviceTime = over(
  positiveDuration,
  duration,
  positiveDuration,
  'a duration above 0 with a unit',
  '20ms',
);

/** Times, zero included. */
export const time = over(positiveDuration, duration, duration, 'a duration with a unit', '4s');

export const bytes = over(positiveSize, size, size, 'a size', '2KiB');

const countPhrase = 'a whole number of at least 1';
const count = whole(countPhrase, 1);
const meanCount = 'a mean of at least 1';
const poissonMean = 'a mean from 1 to 1000000';
const exponent = 'an exponent from 0 to 10, such as 1.1';
/** Chances over 1 … max. */
export const zipf = map('zipf parameters such as { exponent: 1.1, max: 1000 }', {
  exponent: z.number(exponent).min(0, exponent).max(10, exponent).describe('0: all are equal.'),
  max: whole('a whole number from 1 to 1000000', 1, 1e6),
});

/** Whole numbers from 1. */
export const counts = choice(
  'a whole number such as 12, or a distribution such as { geometric: 12 }',
  {
    geometric: z
      .number(meanCount)
      .min(1, meanCount)
      .max(1e6, meanCount)
      .describe('The mean; at least 1.'),
    poisson: z
      .number(poissonMean)
      .min(1, poissonMean)
      .max(1e6, poissonMean)
      .describe('One and a Poisson number more; the mean, at least 1.'),
    zipf: zipf.describe('Few are frequent: the chance of k falls as a power of k.'),
    samples: samplesOf(count, '3'),
  },
  [],
  count,
);

const sharedPhrase = 'a whole number from 1 to 1000000, or { zipf: { exponent: 1.1, max: 1000 } }';
/** So many of something, equally frequent or by Zipf's law. */
export const popularity = choice(
  sharedPhrase,
  { zipf: zipf.describe('A few are frequent.') },
  [],
  whole(sharedPhrase, 1, 1e6),
);

export type RawDistribution = z.infer<typeof bytes> | z.infer<typeof time> | z.infer<typeof counts>;
