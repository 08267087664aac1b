/** The shape of an lbmethod as written; what parameters there are comes from the registry. */
import { z } from 'zod';
import { lbmethods, type Parameter } from '../core/index.ts';
import { expectedOf, writtenValue } from './parameter-text.ts';
import { choice, durationOf, map, share, whole } from './schema-parts.ts';
import { shareOf } from './units.ts';

/** Anything with a slash or ending in .js or .mjs is the path of a module. */
export const modulePath = /\/|\.m?js$/;

const phrase =
  'the name of an lbmethod, a path to your own such as ./mine.js, or { NAME: { parameters } }';

const plain = z.string(phrase).min(1, phrase);
const ownValues = 'parameters of your own lbmethod, such as { window: 10s }';
const own = z.record(
  z.string().regex(modulePath, phrase),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'a value'), ownValues),
  phrase,
);

/** How a worker is chosen. */
export const lbmethod = choice(
  phrase,
  Object.fromEntries(lbmethods.map((method) => [method.name, parametersOf(method)])),
  [],
  z.union([plain, own], phrase),
);

export type RawLbMethod = z.infer<typeof lbmethod>;

function parametersOf({ name, summary, parameters = {} }: (typeof lbmethods)[number]) {
  const shape = Object.fromEntries(
    Object.entries(parameters).map(([parameter, of]) => [
      parameter,
      schemaOf(of)
        .describe(`${of.says}; ${writtenValue(of, of.default)} when missing.`)
        .optional(),
    ]),
  );
  return map(`parameters of ${name}`, shape).describe(summary);
}

function schemaOf(parameter: Parameter): z.ZodType {
  const expected = expectedOf(parameter);
  if (parameter.kind === 'flag') return z.boolean(expected);
  if (parameter.kind === 'choice')
    return z.enum(parameter.values as [string, ...string[]], expected);
  const { kind, min, max } = parameter;
  const fits = (value: number) => value >= min && value <= max;
  if (kind === 'whole') return whole(expected, min, max);
  if (kind === 'number') return z.number(expected).min(min, expected).max(max, expected);
  if (kind === 'duration') return durationOf(expected, fits);
  return share.refine((text) => fits(shareOf(text)), expected);
}
