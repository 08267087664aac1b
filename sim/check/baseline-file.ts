/** Baseline files: YAML that people read, compare and edit the margins of. Numbers survive to the last bit. */
import { z } from 'zod';
import { LabError, type Problem } from '../../src/problems/errors.ts';
import { suggestion } from '../../src/problems/suggest.ts';
import {
  type Path,
  pathText,
  readDocument,
  type ScenarioDocument,
} from '../../src/scenario/document.ts';
import { metricNames, metricOf } from '../../src/scenario/metrics.ts';
import { bounds } from '../../src/scenario/resolve-expect.ts';
import { choice, map, share } from '../../src/scenario/schema-parts.ts';
import { shapeOf } from '../../src/scenario/shape.ts';
import { shareOf } from '../../src/scenario/units.ts';
import type { Margin } from './margins.ts';
import type { Baseline } from './reference.ts';

export const BASELINE_FORMAT = 'fairlead/baseline@1';

const text = z.string('a text').min(1, 'a text');
const value = z.union([z.number(), z.null(), z.string()], 'a fingerprint, a number, or null');
const margin = choice('a margin such as { relative: 2% } or { absolute: 0.1% }', {
  relative: share,
  absolute: z.union([z.string(), z.number()], 'an amount such as 0.1%, 5ms or 0.01'),
});
const entry = map('an entry as `fairlead check --update` writes it', {
  version: text,
  lbmethod: text,
  seed: text,
  sha256: text,
  workload: text,
  warmup: z.number('nanoseconds').min(0, 'nanoseconds'),
  margins: z.record(z.string(), margin, 'a map of metrics to margins'),
  metrics: z.array(z.string(), 'a list of metrics'),
  replications: z
    .array(z.array(value, 'a list: a fingerprint, then a number for each of the metrics'), 'a list')
    .min(1, 'at least one replication'),
});
const schema = map('a baseline as `fairlead check --update` writes it', {
  format: z.literal(BASELINE_FORMAT, BASELINE_FORMAT),
  scenarios: z.record(z.string(), entry, 'a map of scenarios by name'),
});

/**
 * The entries of a baseline file by scenario name. `file` is what messages call it.
 * @throws LabError with everything wrong with it
 */
export function parseBaselines(content: string, file: string): Map<string, Baseline> {
  const document = readDocument(content, file);
  const { raw, problems } = shapeOf(document, schema);
  if (problems.length > 0) throw new LabError(problems.map(advised));
  const found: Problem[] = [];
  const read = Object.entries((raw as z.infer<typeof schema>).scenarios).map(
    ([name, one]): [string, Baseline] => [name, baselineOf(one, name, document, file, found)],
  );
  if (found.length > 0) throw new LabError(found);
  return new Map(read);
}

function baselineOf(
  { margins, metrics, replications, warmup, ...same }: z.infer<typeof entry>,
  name: string,
  document: ScenarioDocument,
  file: string,
  found: Problem[],
): Baseline {
  const at = (...path: Path) => ['scenarios', name, ...path];
  const report = (path: Path, message: string, where: 'key' | 'value' = 'key') =>
    found.push(document.problem('VALUE', path, `${pathText(path)} ${message}`, where));
  replications.forEach(([fingerprint, ...row], r) => {
    const isRow = typeof fingerprint === 'string' && row.every((x) => typeof x !== 'string');
    if (isRow && row.length === metrics.length) return;
    report(at('replications', r), `is not a fingerprint and ${metrics.length} numbers.`, 'value');
  });
  for (const metric of Object.keys(margins)) {
    const path = at('margins', metric);
    const known = metricOf(metric);
    if (known === undefined) report(path, `is no metric; ${suggestion(metric, metricNames)}`);
    else if (known.direction === 'none')
      report(path, 'describes and does not judge, so it cannot get worse; remove the line.');
  }
  const marginAt = (metric: string): Margin => {
    const { relative, absolute } = margins[metric] as {
      relative?: string | number;
      absolute?: string | number;
    };
    if (relative !== undefined) return { relative: shareOf(relative) };
    const { form, read } = bounds[metricOf(metric)?.unit ?? '1'];
    const amount = read(String(absolute));
    if (amount === null)
      report(at('margins', metric), `is { absolute: ${absolute} }; expected ${form}.`, 'value');
    return { absolute: amount ?? 0 };
  };
  return {
    ...same,
    label: file,
    warmupNs: warmup,
    margins: Object.fromEntries(Object.keys(margins).map((metric) => [metric, marginAt(metric)])),
    values: Object.fromEntries(
      metrics.map((metric, i) => [
        metric,
        Float64Array.from(replications, (row) => (row[i + 1] ?? Number.NaN) as number),
      ]),
    ),
    fingerprints: replications.map(([fingerprint]) => String(fingerprint)),
  };
}

/** A file that nobody should edit beyond its margins is most easily mended by taking it away. */
function advised(problem: Problem): Problem {
  const path = problem.path.includes('margins')
    ? ''
    : ' If this is a baseline and damaged, delete it and run fairlead check --update.';
  return { ...problem, message: problem.message + path };
}
