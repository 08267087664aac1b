/** A worked example or more for each lbmethod, by its name; `test/core/worked-examples` plays them on the real core. */
import type { WorkedExample } from './example.ts';
import * as hashes from './hashes.ts';
import * as measured from './measured.ts';
import * as statics from './static.ts';

export type { WorkedExample, WorkedStep } from './example.ts';

const { heartbeatProportional, ...others } = measured;

export const workedExamples: Readonly<Record<string, readonly WorkedExample[]>> = {
  ...statics,
  ...hashes,
  ...others,
  'heartbeat-proportional': heartbeatProportional,
};
