/** Files mangled at random: whatever is in them, the answer is a scenario or a list of plain problems. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseScenario } from '../../src/scenario/parse.ts';
import { problemsOf, yamlFiles } from './problems.ts';

const folder = new URL('good/', import.meta.url);
const good = yamlFiles(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
const file = new URL('x.yaml', folder).pathname;

/** Words of zod's own messages, which a reader must never meet. */
const jargon = /Invalid|Too (small|big)|Unrecognized|received|undefined|NaN|\[object/;
const odd = fc.constantFrom<unknown>(
  ...[null, 0, -1, 1e300, 0.5, true, '', ' ', '5', '0s', '-3ms', '101%', '+', 'a', [], {}],
  ...[[null], [[]], { a: 1 }, { exponential: null }, { samples: [] }, { name: 'a' }, ['a', 'a']],
);

/** Every place of a document, as a function that puts a value there. */
function places(node: unknown): ((value: unknown) => void)[] {
  if (typeof node !== 'object' || node === null) return [];
  const parent = node as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [
    (value: unknown) => {
      parent[key] = value;
    },
    ...places(parent[key]),
  ]);
}

test('values replaced by odd ones', () => {
  const spots = fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.constantFrom(...good), spots, (text, changes) => {
      const data: unknown = parse(text);
      for (const [spot, value] of changes) {
        const all = places(data);
        all[spot % all.length]?.(structuredClone(value));
      }
      for (const { message } of problemsOf(() => parseScenario(stringify(data), file))) {
        expect(message).not.toMatch(jargon);
      }
    }),
    { seed: 1, numRuns: 600 },
  );
}, 60_000);

test('characters cut out or doubled', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.nat(),
      fc.nat(20),
      fc.boolean(),
      (text, at, length, cut) => {
        const start = at % text.length;
        const end = start + length;
        const mangled = cut
          ? text.slice(0, start) + text.slice(end)
          : text.slice(0, end) + text.slice(start);
        problemsOf(() => parseScenario(mangled, file));
      },
    ),
    { seed: 2, numRuns: 400 },
  );
}, 60_000);
