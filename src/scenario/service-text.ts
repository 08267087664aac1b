/** A service time by itself, as the command line takes it. */
import { lbmethods } from '../core/lbmethods/index.ts';
import { LabError, type Problem } from '../problems/errors.ts';
import type { Context } from './context.ts';
import { readDocument } from './document.ts';
import { referredFiles } from './files.ts';
import { requirePositiveMean, resolveDistribution, timeQuantity } from './resolve-distribution.ts';
import type { DistributionSpec } from './scenario.ts';
import { serviceTime } from './schema-distributions.ts';
import { map } from './schema-parts.ts';
import { shapeOf } from './shape.ts';

const schema = map('a service time such as 20ms', { service: serviceTime });

/**
 * Reads `text` as `service` of a backend is read: `20ms`, `{ exponential: 20ms }`. Files are looked up in the current
 * folder. `label`: what messages call it. @throws LabError
 */
export function serviceFrom(text: string, label: string): DistributionSpec {
  const written = `service: ${text}`;
  const document = readDocument(written, label);
  const { raw, problems } = shapeOf(document, schema);
  const all: Problem[] = [...problems];
  const context: Context = {
    document,
    files: referredFiles(label, []),
    lbmethods: lbmethods.map(({ name }) => name),
    report: (code, path, message, at) => all.push(document.problem(code, path, message, at)),
    add: (found) => all.push(...found),
  };
  const spec = resolveDistribution(raw.service, ['service'], timeQuantity, 1, context);
  requirePositiveMean(spec, ['service'], context);
  if (all.length > 0) throw new LabError(all);
  return spec;
}
